/**
 * v6.16: nothing changed for base pages.
 */
import type { KernelFile } from "./kernel.ts";

export const v6_16: KernelFile = {
  name: "v6.16",
  extends: "v6.12",
  mainline: true,
  summary: "Large folios are reused by mm ids.",
  decisions: {
    "advice.dontneedFreesTable": {
      value: true,
      why: "MADV_DONTNEED of all that a page table maps frees the table (CONFIG_PT_RECLAIM).",
      evidence: {
        kind: "read",
        where: "6.18.2 mm/madvise.c, absent in 6.12; Debian 7.2 maps a huge page there",
      },
    },
    "advice.sharedFolio": {
      value: "mm-ids",
      why: "A folio is shared if it is marked as mapped by more than one mm.",
      evidence: {
        kind: "derived",
        where: "with thp.largeReuse; read in 7.2.13 include/linux/mm.h:folio_maybe_mapped_shared()",
      },
    },
    "advice.freeShared": {
      value: "mm-ids",
      why: "As for MADV_PAGEOUT: by the mark.",
      evidence: {
        kind: "derived",
        where: "read in Debian 7.2.13 mm/madvise.c:madvise_free_pte_range()",
      },
    },
    "reclaim.lazyfreePmd": {
      value: "drop-or-keep",
      why: "A PMD that cannot be cleared stays: a dirty folio counts as written again, a held one as before.",
      evidence: { kind: "read", where: "6.18.2 mm/rmap.c:try_to_unmap_one(), absent in 6.14" },
    },
    "reclaim.heldLazyfree": {
      value: "lazyfree",
      why: "Only a dirty page counts as written again; one that somebody holds is left as it is.",
      evidence: {
        kind: "derived",
        where: "recalled for v6.15; read in Debian 7.2.13 mm/rmap.c:try_to_unmap_one()",
      },
    },
    "reclaim.dropsLazyfree": {
      value: "all-or-none",
      why: "All entries of a folio given up by MADV_FREE are unmapped in one batch, and come back so.",
      evidence: {
        kind: "derived",
        where: "recalled for v6.15; read in Debian 7.2.13 mm/rmap.c:folio_unmap_pte_batch()",
      },
    },
    "fork.copiesHugetlbWritable": {
      value: false,
      why: "make_huge_pte() asks the mapping for VM_WRITE.",
      evidence: {
        kind: "derived",
        where: "v6.13 recalled; read in Debian 7.2.13 mm/hugetlb.c:make_huge_pte()",
      },
    },
    "mremap.keepsUffdWp": {
      value: false,
      why: "A moved entry loses the mark, unless the watcher asked to be told of moves.",
      commit: "0cef0bb836e3",
      evidence: {
        kind: "derived",
        where: "v6.13 recalled; read in Debian 6.1.192 mm/mremap.c:move_ptes()",
      },
    },
    "gup.forcesHugetlb": {
      value: true,
      why: "hugetlb memory is no exception to a forced write any more.",
      evidence: {
        kind: "derived",
        where: "recalled for v6.15; read in Debian 7.2.13 mm/gup.c:check_vma_flags()",
      },
    },
    "gup.forcedHugetlbProtected": {
      value: true,
      why: "A write fault of hugetlb makes an entry writable only where the mapping allows it.",
      evidence: {
        kind: "derived",
        where: "with gup.forcesHugetlb; read in 7.2.13 mm/hugetlb.c:set_huge_ptep_maybe_writable()",
      },
    },
    "fault.mapsDirty": {
      value: true,
      why: "A read fault maps a page that is dirty anyway dirty, to save the first write's trouble.",
      evidence: { kind: "read", where: "6.18.2 mm/memory.c:set_pte_range(), absent in 6.14" },
    },
    "thp.hugeZeroWrite": {
      value: "allocate",
      why: "A write to the huge zero page gets a whole huge page, if there is one.",
      evidence: {
        kind: "derived",
        where: "v6.13; read in Debian 7.2.13 mm/huge_memory.c:do_huge_zero_wp_pmd()",
      },
    },
    "thp.largeReuse": {
      value: "mm-ids",
      why: "A large folio is reused when one mm alone maps it and every reference is a mapping.",
      commit: "1da190f4d0a6",
      evidence: { kind: "read", where: "6.18.2 mm/memory.c:wp_can_reuse_anon_folio()" },
    },
  },
};
