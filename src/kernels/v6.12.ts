/**
 * v6.12: a page that comes back from swap is mapped writable at once when it is exclusive.
 */
import type { KernelFile } from "./kernel.ts";

export const v6_12: KernelFile = {
  name: "v6.12",
  extends: "v6.6",
  mainline: true,
  summary: "fork treats a large folio in batches.",
  decisions: {
    "softDirty.migrationKeeps": {
      value: true,
      why: "An entry that comes back dirty has the soft-dirty bit that it had.",
      evidence: { kind: "read", where: "6.12 mm/migrate.c:remove_migration_pte(), absent in 6.8" },
    },
    "thp.splitMapsZero": {
      value: true,
      why: "Parts that hold only zeroes come back as the zero page, read-only.",
      commit: "b1f202060afe",
      evidence: {
        kind: "read",
        where:
          "Debian 6.12.117 mm/migrate.c:remove_migration_pte(); MADV_COLLAPSE finds none writable",
      },
    },
    "thp.largeReuse": {
      value: "never",
      why: "A large folio that is not exclusive is always copied.",
      evidence: { kind: "read", where: "Debian 6.12.117 mm/memory.c:wp_can_reuse_anon_folio()" },
    },
    "fault.vmaLock": {
      value: "all",
      why: "Faults in files, too, take the VMA's lock.",
      evidence: { kind: "read", where: "Debian 6.12.117 mm/memory.c:lock_vma_under_rcu()" },
    },
    "fork.readsPinsFirst": {
      value: true,
      why: "Whether the page may be pinned is asked first, for any page; then whether it is exclusive.",
      evidence: {
        kind: "read",
        where: "Debian 6.12.117 include/linux/rmap.h:__folio_try_dup_anon_rmap(), not in 6.6",
      },
    },
    "advice.populate": {
      value: "up-to-a-hole",
      why: "The range is walked by its pages, not by its VMAs: the first hole ends the walk.",
      commit: "631426ba1d45",
      evidence: { kind: "read", where: "Debian 6.12.118 mm/madvise.c:madvise_populate()" },
    },
    "advice.sharedFolio": {
      value: "folio",
      why: "A folio is shared if a PMD and anybody else, or more entries than it has parts, map it.",
      commit: "ebb34f78d72c",
      evidence: { kind: "read", where: "Debian 6.12.117 mm.h:folio_likely_mapped_shared()" },
    },
    "advice.freeShared": {
      value: "folio",
      why: "As for MADV_PAGEOUT: by all mappings of the folio.",
      commit: "ebb34f78d72c",
      evidence: { kind: "read", where: "Debian 6.12.117 mm/madvise.c:madvise_free_pte_range()" },
    },
    "advice.restoresReserve": {
      value: true,
      why: "The last mapping of an anonymous huge page gives its owner the promise of another.",
      commit: "df7a6d1f6405",
      evidence: { kind: "read", where: "Debian 6.12.118 mm/hugetlb.c:__unmap_hugepage_range()" },
    },
    "advice.freesWhole": {
      value: true,
      why: "MADV_FREE of all parts of a compound page gives it up as one.",
      commit: "dce7d10be4bb",
      evidence: { kind: "read", where: "Debian 6.12.117 mm/madvise.c:madvise_free_pte_range()" },
    },
    "swap.reuse": {
      value: "exclusive-writable",
      why: "As with the marker, and a read fault, too, maps an exclusive page writable.",
      evidence: { kind: "read", where: "Debian 6.12.117 mm/memory.c:do_swap_page()" },
    },
    "reclaim.lazyfreePmd": {
      value: "drop-or-split",
      why: "The PMD of a clean folio of MADV_FREE is cleared as a whole, if nobody else holds it.",
      commit: "735ecdfaf4e8",
      evidence: { kind: "read", where: "6.12 and 6.14 mm/huge_memory.c:unmap_huge_pmd_locked()" },
    },
    "uffd.moves": {
      value: true,
      why: "A page that is the mm's alone and not pinned moves to another address without a copy.",
      commit: "adef440691ba",
      evidence: { kind: "read", where: "6.8.1 and Debian 6.12.117 mm/userfaultfd.c:move_pages()" },
    },
    "uffd.movesHeld": {
      value: "retries",
      why: "A large folio that cannot be split, for others hold it, is tried again until it can.",
      evidence: { kind: "read", where: "6.14 and 6.18.2 mm/userfaultfd.c:move_pages_pte()" },
    },
    "numa.skips": {
      value: "shared-or-pinned",
      why: "A page of a COW mapping that others map or that may be pinned gets no hint.",
      evidence: { kind: "read", where: "6.12 mm/mprotect.c:change_pte_range()" },
    },
    "interface.fixedBuffer": {
      value: "pin-fast",
      why: "Registered buffers are pinned by GUP-fast, for writing, long-term.",
      commit: "1943f96b3816",
      evidence: {
        kind: "read",
        where: "Debian 6.12.118 io_uring/memmap.c:io_pin_pages(); 6.8 io_uring/rsrc.c has it slow",
      },
    },
  },
};
