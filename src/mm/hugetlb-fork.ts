/**
 * One huge page of a hugetlb mapping at fork: shared, or copied for the child when it may be pinned.
 * The copy comes from outside the reserve, without locks, and is thrown away when the entry changed
 * meanwhile. Compare mm/hugetlb.c:copy_hugetlb_page_range().
 */
import type { Path } from "../step/index.ts";
import { hugetlb_add_new_anon_rmap, make_huge_pte } from "./hugetlb.ts";
import { alloc_hugetlb_page } from "./hugetlb-pool.ts";
import { pte_lock, pte_unlock } from "./locks.ts";
import { page_anon, page_needs_cow_for_dma, put_refs } from "./page.ts";
import { HPAGE_PMD_NR, pmd_slot } from "./pmd.ts";
import { PTE_UFFD_WP, PTE_YOUNG, pte_frame, pte_present, pte_wrprotect } from "./pte.ts";
import { ENOMEM, kernel, page, pmd } from "./state.ts";
import { leave_stale_pmd } from "./tlb.ts";
import { is_cow_mapping, VM_WRITE } from "./vma.ts";

/** Returns 0 or ENOMEM. Precondition: the parent's mmap_lock for writing. */
export function* copy_hugetlb_page_range(
  m: number,
  c: number,
  at: number,
  vm: number,
): Path<number> {
  for (;;) {
    yield* pte_lock(m);
    yield "read the source huge PTE";
    const entry = pmd.word[pmd_slot(m, at)];
    if (!pte_present(entry)) {
      yield* pte_unlock(m);
      return 0;
    }
    const head = pte_frame(entry);
    yield "get_page: ref + 1";
    page.ref[head]++;
    const pinned = yield* hugetlb_page_is_pinned(m, vm, head);
    if (!pinned) {
      yield* share_hugetlb_page(m, c, at, vm, entry);
      return 0;
    }
    yield* pte_unlock(m);
    const copy = yield* alloc_hugetlb_page(c, at, 1);
    if (copy !== 0) {
      yield "copy_user_huge_page";
      for (let i = 0; i < HPAGE_PMD_NR; i++) page.data[copy + i] = page.data[head + i];
    }
    yield "put_page: ref - 1";
    put_refs(head, 1);
    if (copy === 0) return ENOMEM;
    yield* pte_lock(m);
    yield "compare the source huge PTE";
    const same = pmd.word[pmd_slot(m, at)] === entry;
    if (same) {
      yield "hugetlb_install_page";
      hugetlb_add_new_anon_rmap(copy);
      const writable = kernel.fork.copiesHugetlbWritable ? VM_WRITE : vm & VM_WRITE;
      pmd.word[pmd_slot(c, at)] = make_huge_pte(copy, writable);
    }
    yield* pte_unlock(m);
    if (same) return 0;
    yield "free the stale copy";
    put_refs(copy, 1);
  }
}

export function* share_hugetlb_page(
  m: number,
  c: number,
  at: number,
  vm: number,
  entry: number,
): Path {
  yield "page_dup_rmap: map + 1";
  page.entire_map[pte_frame(entry)]++;
  let child = entry;
  if (is_cow_mapping(vm)) {
    yield "write-protect the source huge PTE";
    leave_stale_pmd(m, at, pmd.word[pmd_slot(m, at)]);
    pmd.word[pmd_slot(m, at)] = pte_wrprotect(pmd.word[pmd_slot(m, at)]);
    child = pte_wrprotect(entry);
  }
  yield "set the child's huge PTE";
  if (!kernel.fork.keepsHugetlbUffdWp) child &= ~PTE_UFFD_WP;
  pmd.word[pmd_slot(c, at)] = child & ~PTE_YOUNG;
  yield* pte_unlock(m);
}

/** Whether the child needs a copy at once; from v5.19, sharing clears PageAnonExclusive. */
export function* hugetlb_page_is_pinned(m: number, vm: number, head: number): Path<number> {
  if (kernel.fork.hugetlb === "share") return 0;
  if (kernel.fork.hugetlb === "copy-if-pinned") return yield* page_needs_cow_for_dma(m, vm, head);
  if (!page_anon(head)) return 0;
  yield "read PageAnonExclusive";
  if (!page.exclusive[head]) return 0;
  const pinned = yield* page_needs_cow_for_dma(m, vm, head);
  if (pinned) return 1;
  yield "clear PageAnonExclusive";
  page.exclusive[head] = 0;
  return 0;
}
