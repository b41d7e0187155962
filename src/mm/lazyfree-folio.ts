/**
 * Reclaim of a compound page that MADV_FREE gave up as a whole, mapped by small entries: nothing is
 * written to swap, its entries go until one is dirty, and then the page is kept.
 * Compare mm/rmap.c:try_to_unmap_one(), folio_unmap_pte_batch().
 *
 * Until v6.14 entry by entry, so that parts before the first dirty one are gone; later all entries are
 * taken at once and come back together.
 * Not modelled: the walk as several steps, each under its ptl.
 */
import type { Path } from "../step/index.ts";
import { folio_sub_large_mapcount } from "./mm-ids.ts";
import { folio, folio_mapcount, PG_DIRTY, PG_LAZYFREE, page_count, put_refs } from "./page.ts";
import { HPAGE_PMD_NR } from "./pmd.ts";
import { pte_dirty, pte_frame, pte_present, pte_special } from "./pte.ts";
import { mm_of } from "./rmap.ts";
import { kernel, page, pte, system } from "./state.ts";
import { flush_tlb_page } from "./tlb.ts";

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
  if (stays) for (let i = 0; i < HPAGE_PMD_NR; i++) page.flags[head + i] &= ~PG_LAZYFREE;
}

/** Somebody holds the folio, so that it cannot be dropped: it counts as written again, or stays as it is. */
export function keep_lazyfree_folio(frame: number): void {
  if (kernel.reclaim.heldLazyfree === "lazyfree") return;
  for (let i = 0; i < HPAGE_PMD_NR; i++) page.flags[folio(frame) + i] &= ~PG_LAZYFREE;
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
