/**
 * v5.19: one bit says that a page belongs to one mm alone. Reuse, fork and R/O pins ask it.
 */
import type { KernelFile } from "./kernel.ts";

export const v5_19: KernelFile = {
  name: "v5.19",
  extends: "v5.18",
  mainline: true,
  summary: "PageAnonExclusive: an exclusive page is reused, only an exclusive page is pinned.",
  decisions: {
    "wp.reuse": {
      value: "exclusive",
      why: "An exclusive page is reused whatever its counts; else as before.",
      commit: "6c287605fd56",
      evidence: { kind: "read", where: "5.19 mm/memory.c:do_wp_page()" },
    },
    "gup.unshare": {
      value: "anon",
      why: "A R/O pin of a shared anonymous page unshares it first.",
      commit: "a7f226604170",
      evidence: { kind: "read", where: "5.19 mm/gup.c:follow_page_pte()" },
    },
    "fork.presentPte": {
      value: "exclusive",
      why: "An exclusive page that may be pinned is copied; any other is shared, its bit cleared.",
      commit: "fb3d824d1a46",
      evidence: { kind: "read", where: "5.19 mm/memory.c:copy_present_pte()" },
    },
    "fork.copiesAnonOnly": {
      value: true,
      why: "Only anonymous pages are copied early.",
      commit: "fb3d824d1a46",
      evidence: { kind: "read", where: "5.19 include/linux/rmap.h:page_try_dup_anon_rmap()" },
    },
    "thp.reuse": {
      value: "exclusive",
      why: "An exclusive huge page is reused at once; else as v5.18, and success makes it exclusive.",
      commit: "6c287605fd56",
      evidence: { kind: "read", where: "5.19 mm/huge_memory.c:do_huge_pmd_wp_page()" },
    },
    "fork.hugePmd": {
      value: "exclusive",
      why: "Only an exclusive huge page can be pinned: it is split if it may be, else loses the mark and is shared.",
      commit: "fb3d824d1a46",
      evidence: { kind: "read", where: "5.19 mm/huge_memory.c:copy_huge_pmd()" },
    },
    "fork.hugetlb": {
      value: "exclusive",
      why: "An exclusive hugetlb page that may be pinned is copied; any other is shared, its bit cleared.",
      commit: "fb3d824d1a46",
      evidence: { kind: "read", where: "5.19 mm/hugetlb.c:copy_hugetlb_page_range()" },
    },
    "fork.keepsHugetlbUffdWp": {
      value: true,
      why: "The child's entry of a shared page is the parent's; only migration entries lose the mark.",
      commit: "bc70fbf269fd",
      evidence: {
        kind: "derived",
        where: "v5.19 recalled; read in Debian 6.1.192 mm/hugetlb.c:copy_hugetlb_page_range()",
      },
    },
    "fork.hugetlbSeq": {
      value: true,
      why: "The sequence count covers the hugetlb walk, too.",
      commit: "623a1ddfeb23",
      evidence: { kind: "read", where: "5.19 mm/hugetlb.c:copy_hugetlb_page_range()" },
    },
    "uffd.writeProtect": {
      value: "memory",
      why: "userfaultfd can write-protect shmem and hugetlb, too.",
      commit: "b1f9e876862d",
      evidence: {
        kind: "read",
        where: "Debian 6.1.192 include/linux/userfaultfd_k.h:vma_can_userfault()",
      },
    },
    "reclaim.flushes": {
      value: "exclusive-at-once",
      why: "An entry whose page is exclusive is flushed at once, before the mark is taken away.",
      commit: "6c287605fd56",
      evidence: {
        kind: "mail",
        where: "the patch that became 6c287605fd56, mm/rmap.c:try_to_unmap_one()",
      },
    },
    "swap.reuse": {
      value: "exclusive",
      why: "As by reference count, and the marker in the swap entry says that the page was exclusive.",
      commit: "1493a1913e34",
      evidence: { kind: "read", where: "5.19 mm/memory.c:do_swap_page()" },
    },
    "reclaim.skipsPinned": {
      value: "exact",
      why: "Unmapping an exclusive page that may be pinned fails under the page-table lock, after the entry is gone.",
      commit: "6c287605fd56",
      evidence: { kind: "read", where: "5.19 mm/rmap.c:try_to_unmap_one()" },
    },
  },
};
