/**
 * Reclaim of a compound page that MADV_FREE gave up as a whole: nothing is written to swap, its entries go
 * until one is dirty, and then the page is kept. It is not taken apart.
 * Compare mm/rmap.c:try_to_unmap_one(), folio_unmap_pte_batch(),
 * mm/huge_memory.c:__discard_anon_folio_pmd_locked().
 *
 * Until v6.14 entry by entry, so that parts before the first dirty one are gone; later all entries are
 * taken at once and come back together. A PMD goes as one from v6.11, and its page table with it.
 * Not modelled: the walk as several steps, each under its ptl.
 */
import type { Path } from "../step/index.ts";
import { split_pmd_of_locked_page } from "./huge-memory.ts";
import { pte_lock, pte_unlock } from "./locks.ts";
import { folio_sub_large_mapcount } from "./mm-ids.ts";
import { folio, folio_mapcount, PG_DIRTY, PG_LAZYFREE, page_count, put_refs } from "./page.ts";
import { HPAGE_PMD_NR, pmd_slot } from "./pmd.ts";
import { pte_dirty, pte_frame, pte_present, pte_special } from "./pte.ts";
import { mm_of } from "./rmap.ts";
import { address, kernel, page, pmd, pte, system } from "./state.ts";
import { flush_tlb_page, flush_tlb_pmd } from "./tlb.ts";

/** Precondition: the page is locked, and held once by the caller. */
export function* unmap_lazyfree_folio(at: number, frame: number): Path {
  let kept = 0;
  if (address.huge[at])
    for (let m = 0; m < system.processes[0] && !kept; m++)
      kept = yield* unmap_huge_pmd(m, at, folio(frame));
  if (kept) return;
  yield "is the folio's every reference a mapping's";
  if (page_count(frame) !== folio_mapcount(frame) + 1) keep_lazyfree_folio(frame);
  else yield* discard_lazyfree_folio(frame);
}

/** One mm's PMD of the folio. 1: it stays, and so does the folio. */
export function* unmap_huge_pmd(m: number, at: number, head: number): Path<number> {
  if (kernel.reclaim.lazyfreePmd === "split") {
    yield* split_pmd_of_locked_page(m, at, head);
    return 0;
  }
  yield* pte_lock(m);
  yield "does the PMD map the page, and is it clean";
  const entry = pmd.word[pmd_slot(m, at)];
  const maps = pte_present(entry) && !pte_special(entry) && pte_frame(entry) === head ? 1 : 0;
  const dirty = pte_dirty(entry) || any_flag(head, PG_DIRTY) ? 1 : 0;
  let kept = maps;
  if (maps && !dirty) {
    yield "clear the PMD and flush, read ref";
    pmd.word[pmd_slot(m, at)] = 0;
    flush_tlb_pmd(m, at);
    kept = page_count(head) !== folio_mapcount(head) + 1 ? 1 : 0;
    if (kept) pmd.word[pmd_slot(m, at)] = entry;
  }
  if (maps && !kept) {
    yield "folio_remove_rmap_pmd, and the mapping's reference";
    page.entire_map[head]--;
    folio_sub_large_mapcount(m, head, 1);
    put_refs(head, 1);
  }
  if (kept && dirty && kernel.reclaim.lazyfreePmd === "drop-or-keep") written_again(head);
  yield* pte_unlock(m);
  if (!kept || kernel.reclaim.lazyfreePmd === "drop-or-keep") return kept;
  yield* split_pmd_of_locked_page(m, at, head);
  return 0;
}

export function any_flag(head: number, flag: number): boolean {
  for (let i = 0; i < HPAGE_PMD_NR; i++) if ((page.flags[head + i] & flag) !== 0) return true;
  return false;
}

/** No longer what MADV_FREE gave up. */
export function written_again(head: number): void {
  for (let i = 0; i < HPAGE_PMD_NR; i++) page.flags[head + i] &= ~PG_LAZYFREE;
}

/** Precondition: the page is locked, held once by the caller, and no PMD maps it. */
export function* discard_lazyfree_folio(frame: number): Path {
  yield "try_to_unmap: drop the clean entries of the folio, if nobody else holds it";
  const head = folio(frame);
  if (page_count(head) !== folio_mapcount(head) + 1) return;
  let stays = kernel.reclaim.dropsLazyfree === "all-or-none" && any_part_dirty(head) ? 1 : 0;
  for (let i = 0; i < system.processes[0] * system.pages[0]; i++) {
    if (!maps_part_of(head, i)) continue;
    const part = pte_frame(pte.word[i]);
    if (part_dirty(i)) stays = 1;
    if (stays) continue;
    pte.word[i] = 0;
    flush_tlb_page(mm_of(i), i % system.pages[0]);
    page.map[part]--;
    folio_sub_large_mapcount(mm_of(i), head, 1);
    put_refs(head, 1);
  }
  if (stays) written_again(head);
}

/** Somebody holds the folio, so that it cannot be dropped: it counts as written again, or stays as it is. */
export function keep_lazyfree_folio(frame: number): void {
  if (kernel.reclaim.heldLazyfree === "lazyfree") return;
  written_again(folio(frame));
}

export function maps_part_of(head: number, i: number): boolean {
  const entry = pte.word[i];
  return pte_present(entry) && !pte_special(entry) && folio(pte_frame(entry)) === head;
}

export function part_dirty(i: number): boolean {
  return pte_dirty(pte.word[i]) || (page.flags[pte_frame(pte.word[i])] & PG_DIRTY) !== 0;
}

export function any_part_dirty(head: number): boolean {
  for (let i = 0; i < system.processes[0] * system.pages[0]; i++)
    if (maps_part_of(head, i) && part_dirty(i)) return true;
  return false;
}
