/**
 * hugetlb: pages that are huge by contract. Never split, never swapped; a PMD maps them, and their
 * write fault goes by the mapcount in every kernel. Compare mm/hugetlb.c:hugetlb_fault(),
 * hugetlb_wp(), copy_hugetlb_page_range().
 *
 * The pool holds as many pages as the test can want, except where an allocation may fail: then the
 * owner of the reserve takes the page away from the others (unmap_ref_private).
 * Not modelled: the fault mutex (ptl and the page lock serialise enough here), shared hugetlb,
 * PMD sharing, sizes.
 */
import type { Path } from "../step/index.ts";
import { FAULT_DONE, FAULT_OOM, FAULT_UNSHARE, FAULT_WRITE } from "./fault-flags.ts";
import { pte_lock, pte_unlock } from "./locks.ts";
import { alloc_huge_page, PG_ANON, page_needs_cow_for_dma, put_refs } from "./page.ts";
import { HPAGE_PMD_NR, pmd_slot } from "./pmd.ts";
import {
  mk_anon_pte,
  PTE_DIRTY,
  PTE_UFFD_WP,
  PTE_WRITE,
  PTE_YOUNG,
  pte_frame,
  pte_none,
  pte_present,
  pte_write,
  pte_wrprotect,
} from "./pte.ts";
import { ENOMEM, kernel, page, pmd, system } from "./state.ts";
import { flush_tlb_pmd, leave_stale_pmd } from "./tlb.ts";
import { anon_vma_prepare, VM_WRITE } from "./vma.ts";

export function* hugetlb_fault(m: number, at: number, flags: number): Path<number> {
  yield "read the huge PTE";
  const entry = pmd.word[pmd_slot(m, at)];
  if (pte_none(entry)) return yield* hugetlb_no_page(m, at, flags);
  const breaks = (flags & (FAULT_WRITE | FAULT_UNSHARE)) !== 0 && !pte_write(entry);
  if (!breaks) return FAULT_DONE;
  yield* pte_lock(m);
  yield "compare the huge PTE";
  if (pmd.word[pmd_slot(m, at)] !== entry) {
    yield* pte_unlock(m);
    return FAULT_DONE;
  }
  return yield* hugetlb_wp(m, at, entry, flags);
}

/** First touch: a page from the pool, for a read, too. */
export function* hugetlb_no_page(m: number, at: number, flags: number): Path<number> {
  yield "anon_vma_prepare";
  anon_vma_prepare(m, at);
  const head = yield* alloc_huge_page();
  if (head === 0) return FAULT_OOM;
  yield* pte_lock(m);
  yield "compare the huge PTE";
  if (!pte_none(pmd.word[pmd_slot(m, at)])) {
    yield* pte_unlock(m);
    yield "free the unused page";
    put_refs(head, 1);
    return FAULT_DONE;
  }
  yield "hugetlb_add_new_anon_rmap";
  hugetlb_add_new_anon_rmap(head);
  yield "set the huge PTE";
  pmd.word[pmd_slot(m, at)] = mk_anon_pte(head, (flags & FAULT_WRITE) !== 0 ? VM_WRITE : 0);
  yield* pte_unlock(m);
  return FAULT_DONE;
}

export function hugetlb_add_new_anon_rmap(head: number): void {
  page.entire_map[head] = 1;
  for (let i = 0; i < HPAGE_PMD_NR; i++) page.flags[head + i] = PG_ANON;
  if (kernel.wp.reuse === "exclusive") page.exclusive[head] = 1;
}

/** Reuse a page that is mapped once, whoever else refers to it; else copy. ptl is dropped. */
export function* hugetlb_wp(m: number, at: number, entry: number, flags: number): Path<number> {
  const old = pte_frame(entry);
  const unshare = (flags & FAULT_UNSHARE) !== 0;
  yield "read map: page_mapcount";
  if (page.entire_map[old] === 1) {
    if (kernel.wp.reuse === "exclusive") {
      yield "set PageAnonExclusive";
      page.exclusive[old] = 1;
    }
    if (!unshare) {
      yield "make the huge PTE writable";
      pmd.word[pmd_slot(m, at)] |= PTE_WRITE | PTE_DIRTY | PTE_YOUNG;
    }
    yield* pte_unlock(m);
    return FAULT_DONE;
  }
  yield "hold the old page";
  page.ref[old]++;
  yield* pte_unlock(m);
  const copy = yield* alloc_huge_page();
  if (copy === 0) {
    if (m === RESERVE_OWNER) yield* unmap_ref_private(m, at, old);
    yield "let go of the old page";
    put_refs(old, 1);
    return m === RESERVE_OWNER ? FAULT_DONE : FAULT_OOM;
  }
  yield "copy the content";
  for (let i = 0; i < HPAGE_PMD_NR; i++) page.data[copy + i] = page.data[old + i];
  yield* pte_lock(m);
  yield "compare the huge PTE";
  const same = pmd.word[pmd_slot(m, at)] === entry;
  if (same) {
    yield "clear the huge PTE and flush";
    pmd.word[pmd_slot(m, at)] = 0;
    flush_tlb_pmd(m, at);
    yield "page_remove_rmap of the old page";
    page.entire_map[old]--;
    yield "hugetlb_add_new_anon_rmap";
    hugetlb_add_new_anon_rmap(copy);
    yield "set the huge PTE";
    pmd.word[pmd_slot(m, at)] = mk_anon_pte(copy, unshare ? 0 : VM_WRITE);
  }
  yield* pte_unlock(m);
  yield "drop the mapping's reference, or free the unused copy";
  put_refs(same ? old : copy, 1);
  yield "let go of the old page";
  put_refs(old, 1);
  return FAULT_DONE;
}

/** The mm that reserved the pages: the one that mapped them. */
const RESERVE_OWNER = 0;

/** The pool is empty and the owner must have a page: the children lose theirs. */
export function* unmap_ref_private(m: number, at: number, frame: number): Path {
  for (let other = 0; other < system.processes[0]; other++) {
    yield "unmap_ref_private: another mm";
    const entry = pmd.word[pmd_slot(other, at)];
    if (other !== m && pte_present(entry) && pte_frame(entry) === frame) {
      pmd.word[pmd_slot(other, at)] = 0;
      page.entire_map[frame]--;
      put_refs(frame, 1);
    }
  }
}

/** fork of one huge page. Returns 0 or ENOMEM. Precondition: the parent's mmap_lock for writing. */
export function* copy_hugetlb_page_range(
  m: number,
  c: number,
  at: number,
  vm: number,
): Path<number> {
  let copy = 0;
  for (;;) {
    yield* pte_lock(m);
    yield "read the source huge PTE";
    const entry = pmd.word[pmd_slot(m, at)];
    if (!pte_present(entry)) {
      yield* pte_unlock(m);
      return 0;
    }
    const head = pte_frame(entry);
    const pinned = yield* hugetlb_page_is_pinned(m, vm, head);
    if (!pinned) {
      yield "get_page: ref + 1";
      page.ref[head]++;
      yield "page_dup_rmap: map + 1";
      page.entire_map[head]++;
      yield "write-protect the source huge PTE";
      leave_stale_pmd(m, at, pmd.word[pmd_slot(m, at)]);
      pmd.word[pmd_slot(m, at)] = pte_wrprotect(pmd.word[pmd_slot(m, at)]);
      yield "set the child's huge PTE";
      pmd.word[pmd_slot(c, at)] = pte_wrprotect(entry) & ~(PTE_YOUNG | PTE_UFFD_WP);
      yield* pte_unlock(m);
      yield "free the unused copy";
      if (copy !== 0) put_refs(copy, 1);
      return 0;
    }
    if (copy !== 0) {
      yield "hugetlb_install_page";
      for (let i = 0; i < HPAGE_PMD_NR; i++) page.data[copy + i] = page.data[head + i];
      hugetlb_add_new_anon_rmap(copy);
      pmd.word[pmd_slot(c, at)] = mk_anon_pte(copy, vm & VM_WRITE);
      yield* pte_unlock(m);
      return 0;
    }
    yield* pte_unlock(m);
    copy = yield* alloc_huge_page();
    if (copy === 0) return ENOMEM;
  }
}

/** Whether the child needs a copy at once; from v5.19, sharing clears PageAnonExclusive. */
export function* hugetlb_page_is_pinned(m: number, vm: number, head: number): Path<number> {
  if (kernel.fork.hugetlb === "share") return 0;
  if (kernel.fork.hugetlb === "copy-if-pinned") return yield* page_needs_cow_for_dma(m, vm, head);
  yield "read PageAnonExclusive";
  if (!page.exclusive[head]) return 0;
  const pinned = yield* page_needs_cow_for_dma(m, vm, head);
  if (pinned) return 1;
  yield "clear PageAnonExclusive";
  page.exclusive[head] = 0;
  return 0;
}
