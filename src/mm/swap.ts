/**
 * Swap slots and the swap cache: where a page's content goes when its memory is taken, and the page
 * that stands for the slot meanwhile. Compare mm/swapfile.c:swap_duplicate(), swap_free(),
 * free_swap_and_cache(), try_to_free_swap(), mm/swap_state.c.
 *
 * A slot is in use while entries name it (count) or a page is cached for it. The cache holds one
 * reference on its page, which is what the kernels of 2020 to 2022 took for a stranger's.
 * Slots are numbered from 1. Not modelled: clusters, count continuation, swapoff, stable writes,
 * slots of shared memory, huge pages in swap.
 */
import type { Path } from "../step/index.ts";
import { PG_DIRTY, PG_SWAPCACHE, put_refs } from "./page.ts";
import { PTE_SWAP, pte_frame } from "./pte.ts";
import { page, swap, system } from "./state.ts";

/** The lowest slot not in use, or 0. */
export function free_slot(): number {
  for (let s = 1; s < system.slots[0]; s++)
    if (swap.count[s] === 0 && swap.cache[s] === 0) return s;
  return 0;
}

export function in_swap_cache(frame: number): boolean {
  return (page.flags[frame] & PG_SWAPCACHE) !== 0;
}

/** The slot whose page `frame` is; 0 for a page outside the swap cache. */
export function swap_slot(frame: number): number {
  if (!in_swap_cache(frame)) return 0;
  for (let s = 1; s < system.slots[0]; s++) if (swap.cache[s] === frame) return s;
  return 0;
}

/** How many entries still name the slot of the page. */
export function page_swapcount(frame: number): number {
  const s = swap_slot(frame);
  return s === 0 ? 0 : swap.count[s];
}

export function add_to_swap_cache(s: number, frame: number): void {
  swap.cache[s] = frame;
  page.flags[frame] |= PG_SWAPCACHE;
  page.ref[frame]++;
}

/** The page leaves the swap cache. The caller holds a reference of its own. */
export function delete_from_swap_cache(frame: number): void {
  const s = swap_slot(frame);
  swap.cache[s] = 0;
  if (swap.count[s] === 0) swap.data[s] = 0;
  page.flags[frame] = (page.flags[frame] & ~PG_SWAPCACHE) | PG_DIRTY;
  page.ref[frame]--;
}

/** One entry less names the slot. */
export function swap_free(s: number): void {
  swap.count[s]--;
  if (swap.count[s] === 0 && swap.cache[s] === 0) swap.data[s] = 0;
}

/** With the page locked: out of the swap cache, if no entry names its slot any more. */
export function try_to_free_swap(frame: number): void {
  if (in_swap_cache(frame) && page_swapcount(frame) === 0) delete_from_swap_cache(frame);
}

/**
 * Drops the reference of a mapping that is gone; a page that nobody maps and no entry names leaves
 * the swap cache first, unless somebody has it locked.
 */
export function free_page_and_swap_cache(frame: number): void {
  if (in_swap_cache(frame) && page.map[frame] === 0 && page.locked[frame] === 0)
    try_to_free_swap(frame);
  put_refs(frame, 1);
}

/** A cleared entry that was not present gives up its slot; a migration entry had none. */
export function* free_swap_and_cache(entry: number): Path {
  if ((entry & PTE_SWAP) === 0) return;
  yield "swap_free: count - 1";
  swap_free(pte_frame(entry));
  yield "free the slot's page, if nobody maps it";
  const cached = swap.count[pte_frame(entry)] === 0 ? swap.cache[pte_frame(entry)] : 0;
  if (cached !== 0) free_idle_swap_page(cached);
}

export function free_idle_swap_page(frame: number): void {
  if (page.map[frame] !== 0 || page.locked[frame] !== 0) return;
  page.ref[frame]++;
  free_page_and_swap_cache(frame);
}
