/**
 * mremap() with MREMAP_DONTUNMAP: what a range maps goes to another place, and what was mapped there goes;
 * the old place stays mapped, and empty. Compare mm/mremap.c:mremap_to(), move_vma(), move_page_tables().
 *
 * A PMD moves as one, and so does a whole page table below it. Up to v6.16 the new place is unmapped before
 * it is known whether the old one may move. Between private anonymous memory of one kind only.
 * Not modelled: pages that KSM merged, which come apart before they move.
 */
import type { Path } from "../step/index.ts";
import { split_huge_pmd } from "./huge-memory.ts";
import { mmap_write_lock, mmap_write_unlock, pte_lock, pte_unlock } from "./locks.ts";
import { HPAGE_PMD_NR, HUGE_THP, PMD_TABLE, pmd_slot, pte_alloc } from "./pmd.ts";
import { forget_watcher, moved_entry, mremap_refused } from "./protect.ts";
import { pte_present } from "./pte.ts";
import { address, EINVAL, kernel, pmd, process, pte, slot, vma } from "./state.ts";
import { return_to_user } from "./syscall.ts";
import { flush_tlb_page, flush_tlb_pmd } from "./tlb.ts";
import { unmap_region } from "./unmap.ts";
import { VM_UFFD_WP, VM_WP_MARKER } from "./vma.ts";
import { vma_start_write } from "./vma-lock.ts";

export function* mremap_dontunmap(
  p: number,
  at: number,
  count: number,
  to: number,
  into: number,
): Path {
  yield "enter the kernel";
  const m = process.mm[p];
  if (!kernel.mremap.dontunmap) {
    yield* return_to_user(into, EINVAL);
    return;
  }
  yield* mmap_write_lock(m);
  // Since hugetlb may move, the first VMA is looked up before anything else is done.
  const hole = kernel.mremap.hugetlb && vma.flags[slot(m, at)] === 0 ? 1 : 0;
  let result = kernel.mremap.severalVmas || hole ? mremap_refused(m, at, count) : 0;
  if (result === 0) {
    yield* unmap_region(m, to, count);
    if (count === HPAGE_PMD_NR && address.huge[to] === HUGE_THP) pmd.word[pmd_slot(m, to)] = 0;
    if (!kernel.mremap.severalVmas) result = mremap_refused(m, at, count);
  }
  if (result === 0) {
    for (let i = 0; i < count; i++) yield* copy_vma(m, at + i, to + i);
    if (count === HPAGE_PMD_NR && address.huge[at] === HUGE_THP) yield* move_pmd(m, at, to);
    else for (let i = 0; i < count; i++) yield* move_pte(m, at + i, to + i, count);
    for (let i = 0; i < count; i++) forget_watcher(m, to + i);
    if (count === address.pages[at]) unlink_anon_vmas(m, at, count);
  }
  yield* mmap_write_unlock(m);
  yield* return_to_user(into, result);
}

/** The new place gets the rights and the anon_vma of the old one; holes stay holes. */
export function* copy_vma(m: number, at: number, to: number): Path {
  if (vma.flags[slot(m, at)] === 0) return;
  yield* vma_start_write(m, at);
  yield "copy_vma";
  vma.flags[slot(m, to)] = vma.flags[slot(m, at)];
  vma.anon_vma[slot(m, to)] = vma.anon_vma[slot(m, at)];
}

/** A whole range: its huge page, or its page table with all that is in it. */
export function* move_pmd(m: number, at: number, to: number): Path {
  yield* pte_lock(m);
  yield "clear the old PMD";
  const word = pmd.word[pmd_slot(m, at)];
  const watched = (vma.flags[slot(m, at)] & VM_UFFD_WP) !== 0;
  // A watched page table stays, and its entries go one by one, where they lose the watcher's mark.
  pmd.word[pmd_slot(m, at)] =
    word === PMD_TABLE && watched && !kernel.mremap.keepsUffdWp ? PMD_TABLE : 0;
  flush_tlb_pmd(m, at);
  yield "set the new PMD";
  pmd.word[pmd_slot(m, to)] = pte_present(word) ? moved_entry(word) : word;
  for (let i = 0; i < HPAGE_PMD_NR; i++) {
    pte.word[slot(m, to + i)] = pte.word[slot(m, at + i)];
    pte.word[slot(m, at + i)] = 0;
    vma.flags[slot(m, at + i)] &= ~VM_WP_MARKER;
  }
  yield* pte_unlock(m);
}

export function* move_pte(m: number, at: number, to: number, count: number): Path {
  if (count < HPAGE_PMD_NR) yield* split_huge_pmd(m, at);
  yield* pte_lock(m);
  yield "clear the old PTE";
  const entry = pte.word[slot(m, at)];
  pte.word[slot(m, at)] = 0;
  vma.flags[slot(m, at)] &= ~VM_WP_MARKER;
  flush_tlb_page(m, at);
  yield "set the new PTE";
  if (address.huge[to] === HUGE_THP) pte_alloc(m, to);
  pte.word[slot(m, to)] = moved_entry(entry);
  yield* pte_unlock(m);
}

/** Nothing is left there that an anon_vma would have to find. */
export function unlink_anon_vmas(m: number, at: number, count: number): void {
  for (let i = 0; i < count; i++) vma.anon_vma[slot(m, at + i)] = 0;
}
