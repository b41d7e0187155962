/**
 * v5.18: the first part of the copy-on-write fixes. Read at 53a05ad9f21d; later parts are
 * interpolated between 5.17 and 5.19.
 */
import type { KernelFile } from "./kernel.ts";

export const v5_18: KernelFile = {
  name: "v5.18",
  extends: "v5.17",
  mainline: true,
  summary: "Reuse tells references of the swap cache and LRU batches from others.",
  decisions: {
    "pin.exactForOrder1": {
      value: true,
      why: "Every compound page counts its pins exactly.",
      commit: "94202f126f69",
      evidence: { kind: "derived", where: "absent in 5.17, present in 5.19 mm/gup.c" },
    },
    "wp.reuse": {
      value: "refcount-drained",
      why: "One reference besides the swap cache's, after draining the LRU batches (d4c470970d45).",
      commit: "53a05ad9f21d",
      evidence: { kind: "read", where: "mm/memory.c at 53a05ad9f21d:do_wp_page()" },
    },
    "pin.countsLargeFirst": {
      value: false,
      why: "A pin of a huge page takes its reference first on every path.",
      commit: "8ea2979c1444",
      evidence: {
        kind: "derived",
        where: "count first in 5.17, reference first in Debian 6.1.192 mm/gup.c:try_grab_page()",
      },
    },
    "thp.reuse": {
      value: "refcount",
      why: "A huge page with one reference besides the swap cache's is reused.",
      commit: "3bff7e3f1f16",
      evidence: {
        kind: "derived",
        where: "between 5.17 and 5.19 mm/huge_memory.c:do_huge_pmd_wp_page()",
      },
    },
    "thp.splitLocksPage": {
      value: false,
      why: "No reuse test reads mapcounts any more, so no page lock is needed.",
      commit: "7f7609175ff2",
      evidence: { kind: "derived", where: "part 1 of the copy-on-write fixes" },
    },
    "swap.reuse": {
      value: "refcount",
      why: "A write fault takes the page over when, the slot given up, the reference is the only one.",
      commit: "c145e0b47c77",
      evidence: { kind: "derived", where: "between 5.17 and 5.19 mm/memory.c:do_swap_page()" },
    },
    "advice.dontneedHugetlb": {
      value: "rounds-up",
      why: "MADV_DONTNEED drops hugetlb pages; the end of a range is rounded up to a whole one.",
      commit: "90e7e7f5ef3f",
      evidence: { kind: "derived", where: "the patch's madvise_dontneed_free_valid_vma()" },
    },
    "reclaim.splitsLazyfree": {
      value: false,
      why: "A huge page that was given up is unmapped as it is, which notices that somebody holds it.",
      commit: "820c4e2e6f51",
      evidence: {
        kind: "derived",
        where: "read in Debian 6.1.192 mm/vmscan.c:shrink_folio_list()",
      },
    },
    "reclaim.lazyfree": {
      value: "unreferenced",
      why: "A page of MADV_FREE with more references than mappings is kept.",
      commit: "6c8e2a256915",
      evidence: { kind: "read", where: "5.19 mm/rmap.c:try_to_unmap_one(), absent in 5.17" },
    },
  },
};
