/**
 * A page that was just made waits in a batch of its CPU before it is on the LRU lists, and the batch
 * holds a reference that rules which count references take for a stranger's.
 * Compare mm/swap.c:lru_cache_add(), lru_add_drain().
 *
 * In a test pages wait there only if a kernel actor says so, and the batch is that of whoever faults.
 * Not modelled: batches of other CPUs, which only lru_add_drain_all() empties.
 */
import { choose, type Path } from "../step/index.ts";
import { folio, PG_LRU_BATCH, put_refs } from "./page.ts";
import { translate } from "./pmd.ts";
import { pte_frame, pte_present, pte_special } from "./pte.ts";
import { page } from "./state.ts";

/** The page that mm `m` maps at `at` waits in a batch. */
export function* lru_batch(m: number, at: number, may: number): Path {
  yield "it happens, or never";
  let happens = 1;
  if (may) happens = choose(2);
  if (!happens) return;
  yield "lru_cache_add: ref + 1";
  const entry = translate(m, at);
  const frame = pte_present(entry) && !pte_special(entry) ? folio(pte_frame(entry)) : 0;
  if (frame === 0 || in_lru_batch(frame)) return;
  page.flags[frame] |= PG_LRU_BATCH;
  page.ref[frame]++;
}

export function in_lru_batch(frame: number): boolean {
  return (page.flags[folio(frame)] & PG_LRU_BATCH) !== 0;
}

/** Empties this CPU's batches, as far as the page is concerned. */
export function* lru_add_drain(frame: number): Path {
  if (!in_lru_batch(frame)) return;
  yield "lru_add_drain: the batch lets go of the page";
  page.flags[folio(frame)] &= ~PG_LRU_BATCH;
  put_refs(frame, 1);
}
