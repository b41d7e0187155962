/**
 * v6.6 (from 6.5): direct I/O takes pins, so that fork honours reads in flight.
 */
import type { KernelFile } from "./kernel.ts";

export const v6_6: KernelFile = {
  name: "v6.6",
  extends: "v6.2",
  mainline: true,
  summary: "Direct I/O pins.",
  decisions: {
    "interface.directIo": {
      value: "pin",
      why: "Direct I/O pins by GUP-fast.",
      commit: "1ccf164ec866",
      evidence: { kind: "read", where: "6.6.9 block/bio.c, lib/iov_iter.c" },
    },
    "fault.vmaLock": {
      value: "anon",
      why: "A fault in anonymous memory takes the VMA's lock, and mmap_lock only if that cannot be had.",
      commit: "0bff0aaea03e",
      evidence: { kind: "derived", where: "v6.4 recalled; other memory not before v6.7" },
    },
    "thp.splitKeepsDirty": {
      value: true,
      why: "The entries of a split PMD are dirty if it was.",
      evidence: {
        kind: "read",
        where:
          "6.5 mm/huge_memory.c:__split_huge_pmd_locked(), absent in Debian 6.1.192; recalled for v6.4",
      },
    },
    "fork.locksVmas": {
      value: true,
      why: "Each source VMA is write-locked before its entries are copied.",
      commit: "fb49c455323f",
      evidence: { kind: "read", where: "Debian 6.12.117 kernel/fork.c:dup_mmap(), from v6.4.3" },
    },
    "gup.followsHinted": {
      value: "all",
      why: "The slow path follows an entry that only a NUMA hint made inaccessible; KVM alone faults.",
      commit: "d74943a2f3cd",
      evidence: {
        kind: "derived",
        where: "in Debian 6.12.117 include/linux/mm.h:gup_can_follow_protnone(); v6.6 recalled",
      },
    },
    "fork.keepsHugetlbUffdWp": {
      value: false,
      why: "The child's entry loses the mark where nobody watches.",
      commit: "5a2f8d22ace4",
      evidence: {
        kind: "derived",
        where: "v6.4 recalled; read in Debian 6.12.118 mm/hugetlb.c:copy_hugetlb_page_range()",
      },
    },
    "wp.leavesHugetlbUffdWp": {
      value: true,
      why: "A marked entry is left alone, so that the write that fills a marked hole faults again.",
      commit: "60d5b473d61b",
      evidence: {
        kind: "derived",
        where: "v6.3 recalled; read in Debian 6.12.118 mm/hugetlb.c:hugetlb_wp()",
      },
    },
    "uffd.protectsSeveral": {
      value: true,
      commit: "a1b92a3f14d7",
      why: "Each VMA of the range is protected, and a hole is no error.",
      evidence: {
        kind: "derived",
        where: "v6.3 recalled; read in Debian 6.12.118 mm/userfaultfd.c:mwriteprotect_range()",
      },
    },
    "gup.longtermUnlocks": {
      value: true,
      why: "GUP-fast's slow rest always sets FOLL_UNLOCKABLE: a long-term pin waits for who watches the memory.",
      evidence: {
        kind: "derived",
        where: "v6.3 recalled; read in Debian 6.12.118 mm/gup.c:gup_fast_fallback()",
      },
    },
    "gup.refusesFileLongterm": {
      value: true,
      why: "A long-term writable pin of a file that needs dirty tracking is refused.",
      commit: "8ac268436e6d",
      evidence: { kind: "read", where: "6.6.9 mm/gup.c:writable_file_mapping_allowed()" },
    },
    "advice.sharedFolio": {
      value: "head",
      why: "The mapcount of the folio's first part says whether it is shared: folio_estimated_sharers().",
      commit: "2f406263e3e9",
      evidence: { kind: "derived", where: "v6.5 recalled; the function is in Debian 6.1.192" },
    },
    "advice.freeShared": {
      value: "head",
      why: "MADV_FREE, too, asks the first part.",
      commit: "0e0e9bd5f7b9",
      evidence: {
        kind: "derived",
        where: "v6.5 recalled; read in Debian 6.1.192 mm/madvise.c:madvise_free_pte_range()",
      },
    },
    "interface.fixedBufferRefuses": {
      value: "nothing",
      why: "io_uring leaves the refusal of files to GUP.",
      evidence: { kind: "derived", where: "absent in 6.12" },
    },
  },
};
