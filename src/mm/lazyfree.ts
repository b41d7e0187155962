/**
 * MADV_FREE: the page may be dropped instead of swapped while nobody writes it again.
 * Compare mm/madvise.c:madvise_free_pte_range(), mm/huge_memory.c:madvise_free_huge_pmd().
 *
 * A THP that a PMD maps is given up as one. Of a compound page that entries map only the parts that
 * are asked for can go, so it falls apart first; from v6.10 not if all of it is asked for.
 */
import type { Path } from "../step/index.ts";
import { mmap_read_lock, mmap_read_unlock, pte_lock, pte_unlock, unlock_page } from "./locks.ts";
import { mapped_by_several_mms } from "./mm-ids.ts";
import {
  folio,
  folio_mapcount,
  is_large,
  PG_DIRTY,
  PG_KSM,
  PG_LAZYFREE,
  page_mapcount,
  put_refs,
} from "./page.ts";
import { folio_likely_mapped_shared, folio_looks_shared } from "./pageout.ts";
import { HPAGE_PMD_NR, pmd_mapped, pmd_slot } from "./pmd.ts";
import { has_file } from "./protect.ts";
import {
  PTE_DIRTY,
  PTE_SWAP,
  PTE_YOUNG,
  pte_frame,
  pte_none,
  pte_present,
  pte_special,
} from "./pte.ts";
import { maps_whole_folio, split_huge_page, split_large_page } from "./reclaim.ts";
import { EINVAL, ENOMEM, kernel, page, pmd, process, pte, slot, vma } from "./state.ts";
import { free_swap_and_cache, in_swap_cache, try_to_free_swap } from "./swap.ts";
import { return_to_user } from "./syscall.ts";

/**
 * A page that is dirty by itself, not only by its entries, must be the caller's alone and unlocked; one in
 * the swap cache must be able to leave it. Any other is given up even while others map it: their entries
 * are dirty still.
 */
export function can_be_lazyfree(entry: number): boolean {
  if (!pte_present(entry) || pte_special(entry)) return false;
  const frame = pte_frame(entry);
  if (!in_swap_cache(frame) && (page.flags[frame] & (PG_DIRTY | PG_KSM)) === 0) return true;
  if (page_mapcount(frame) !== 1 || page.locked[folio(frame)]) return false;
  try_to_free_swap(frame);
  return !in_swap_cache(frame);
}

/**
 * MADV_FREE: the page may be dropped instead of swapped while nobody writes it again. Only memory
 * without a file may be freed so, not even a private mapping's own copies.
 */
export function* madvise_free(p: number, at: number, count: number, into: number): Path {
  yield "enter the kernel";
  const m = process.mm[p];
  if (has_file(vma.flags[slot(m, at)])) {
    yield* return_to_user(into, EINVAL);
    return;
  }
  yield* mmap_read_lock(m);
  let result = 0;
  for (let i = 0; i < count; i++) {
    yield "find the VMA, read the PMD";
    if (vma.flags[slot(m, at + i)] === 0) result = ENOMEM;
    const whole = pmd_mapped(m, at + i) ? 1 : 0;
    if (whole && count === HPAGE_PMD_NR) {
      yield* madvise_free_huge_pmd(m, at);
      break;
    }
    if (whole) yield* split_huge_page_to_free(m, at + i);
    const next = yield* split_page_to_free(m, at + i, count);
    if (next === FREE_NO_MORE) break;
    if (next === FREE_IT) yield* madvise_free_pte(m, at + i);
  }
  yield* mmap_read_unlock(m);
  yield* return_to_user(into, result);
}

/** Whether others map a huge page that a PMD of the caller maps: by all its mappings, or as MADV_PAGEOUT. */
export function huge_pmd_looks_shared(head: number): boolean {
  if (kernel.advice.sharedFolio === "part") return folio_mapcount(head) !== 1;
  return folio_looks_shared(head);
}

/**
 * What MADV_FREE takes for "others map it, too". Compare page_mapcount(), folio_estimated_sharers(),
 * folio_likely_mapped_shared(), folio_maybe_mapped_shared().
 */
export function free_looks_shared(frame: number): boolean {
  if (kernel.advice.freeShared === "part") return page_mapcount(frame) !== 1;
  if (kernel.advice.freeShared === "head") return page_mapcount(folio(frame)) !== 1;
  if (folio_mapcount(frame) <= 1) return false;
  if (kernel.advice.freeShared === "mm-ids") return mapped_by_several_mms(frame);
  return folio_likely_mapped_shared(frame);
}

/** Only a part of a THP is given up: all of it falls apart, if it is the caller's alone; else it stays. */
export function* split_huge_page_to_free(m: number, at: number): Path {
  yield* pte_lock(m);
  yield "does anybody else map the huge page";
  const entry = pmd.word[pmd_slot(m, at)];
  const head = pte_frame(entry);
  const alone = pmd_mapped(m, at) && !pte_special(entry) && !huge_pmd_looks_shared(head);
  const splits = alone && !page.locked[head] ? 1 : 0;
  if (splits) {
    page.ref[head]++;
    page.locked[head] = 1;
  }
  yield* pte_unlock(m);
  if (!splits) return;
  yield* split_large_page(at, head, 1);
  yield* unlock_page(head);
  yield "let go of the page";
  put_refs(head, 1);
}

const FREE_IT = 1;
/** This page stays, the next may go. */
const FREE_NEXT = 0;
/** Older kernels give up at the first part of a compound page that cannot be split off. */
const FREE_NO_MORE = 2;

/** Only a part of a compound page is given up: the page falls apart, if nobody else holds it. */
export function* split_page_to_free(m: number, at: number, count: number): Path<number> {
  yield* pte_lock(m);
  yield "is the page a part of a compound page";
  const entry = pte.word[slot(m, at)];
  const large = pte_present(entry) && !pte_special(entry) && is_large(pte_frame(entry)) ? 1 : 0;
  const frame = pte_frame(entry);
  const whole = large && kernel.advice.freesWhole && maps_whole_folio(m, at, count, frame) ? 1 : 0;
  const alone = large && !free_looks_shared(frame) && !page.locked[folio(frame)];
  const splits = alone && !whole ? 1 : 0;
  if (splits) {
    page.ref[folio(frame)]++;
    page.locked[folio(frame)] = 1;
  }
  const unmapped = pmd_mapped(m, at) ? 1 : 0;
  yield* pte_unlock(m);
  if (unmapped) return FREE_NEXT;
  if (!large || whole) return FREE_IT;
  if (splits) {
    yield* split_huge_page(frame, 1);
    yield* unlock_page(frame);
    yield "let go of the page";
    const split = is_large(frame) ? 0 : 1;
    put_refs(frame, 1);
    if (split) return FREE_IT;
  }
  return kernel.advice.freesWhole ? FREE_NEXT : FREE_NO_MORE;
}

export function* madvise_free_pte(m: number, at: number): Path {
  yield* pte_lock(m);
  yield "clean the PTE, mark the page lazyfree";
  const entry = pte.word[slot(m, at)];
  if (can_be_lazyfree(entry)) {
    pte.word[slot(m, at)] = entry & ~(PTE_DIRTY | PTE_YOUNG);
    page.flags[pte_frame(entry)] = (page.flags[pte_frame(entry)] & ~PG_DIRTY) | PG_LAZYFREE;
  }
  const swapped = !pte_none(entry) && !pte_present(entry) && (entry & PTE_SWAP) !== 0;
  if (swapped) {
    pte.word[slot(m, at)] = 0;
    yield* free_swap_and_cache(entry);
  }
  yield* pte_unlock(m);
}

/** A whole THP is given up as one; if it cannot be, it stays as it is, and its PMD with it. */
export function* madvise_free_huge_pmd(m: number, at: number): Path {
  yield* pte_lock(m);
  yield "clean the PMD, mark the page lazyfree";
  const entry = pmd.word[pmd_slot(m, at)];
  const mapped = pte_present(entry) && !pte_special(entry);
  const alone = mapped && !huge_pmd_looks_shared(pte_frame(entry));
  if (alone && !page.locked[pte_frame(entry)]) {
    pmd.word[pmd_slot(m, at)] = entry & ~(PTE_DIRTY | PTE_YOUNG);
    for (let i = 0; i < HPAGE_PMD_NR; i++)
      page.flags[pte_frame(entry) + i] =
        (page.flags[pte_frame(entry) + i] & ~PG_DIRTY) | PG_LAZYFREE;
  }
  yield* pte_unlock(m);
}
