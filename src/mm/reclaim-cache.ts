/**
 * Reclaim of one page of the page cache: out of every page table, then out of the cache, if nobody else
 * holds it. Compare mm/vmscan.c:shrink_folio_list(), __remove_mapping(), mm/shmem.c:shmem_writepage().
 *
 * A file's page must be clean to go; a dirty one waits for write-back, which is no business of reclaim's.
 * A page of shmem goes to swap, from where whoever touches it first brings it back; the model keeps both
 * as what the object has on its disk. A page that a pin or a reference holds loses its mappings only: the
 * next fault finds the same page in the cache.
 * Not modelled: read-ahead, hugetlb (never reclaimed), shmem's swap slots.
 */
import type { Path } from "../step/index.ts";
import { pte_lock, pte_unlock, trylock_page, unlock_page } from "./locks.ts";
import { PG_DIRTY, put_refs } from "./page.ts";
import { pte_dirty, pte_frame, pte_present, pte_special } from "./pte.ts";
import { cache, page, pte, slot, system } from "./state.ts";
import { flush_tlb_page } from "./tlb.ts";
import { keep_marker } from "./uffd-marker.ts";

/** The page of the object's cache that page `at` of mm `m` maps, or 0. */
export function mapped_cache_frame(m: number, at: number): number {
  const entry = pte.word[slot(m, at)];
  if (!pte_present(entry) || pte_special(entry)) return 0;
  return cache.frame[at] === pte_frame(entry) ? cache.frame[at] : 0;
}

/** `tracked`: the object is a file on a disk, which hears of writes. */
export function* reclaim_cache_page(m: number, at: number, tracked: number): Path {
  yield "isolate the cache's page: ref + 1";
  const frame = mapped_cache_frame(m, at);
  if (frame === 0) return;
  page.ref[frame]++;
  const locked = yield* trylock_page(frame);
  if (locked) {
    yield* unmap_cache_page(at, frame);
    yield "is it clean, and held by nobody else";
    const clean = !tracked || (page.flags[frame] & PG_DIRTY) === 0;
    if (clean && page.map[frame] === 0 && page.ref[frame] === 2) {
      if (!tracked) cache.disk[at] = page.data[frame];
      cache.frame[at] = 0;
      page.ref[frame]--;
    }
    yield* unlock_page(frame);
  }
  yield "put the page back: ref - 1";
  put_refs(frame, 1);
}

/** What the entries know of writes goes to the page. Precondition: the page is locked and held. */
export function* unmap_cache_page(at: number, frame: number): Path {
  for (let m = 0; m < system.processes[0]; m++) {
    yield* pte_lock(m);
    yield "try_to_unmap: clear the PTE and flush";
    const entry = pte.word[slot(m, at)];
    const maps = pte_present(entry) && !pte_special(entry) && pte_frame(entry) === frame;
    if (maps) {
      pte.word[slot(m, at)] = 0;
      keep_marker(m, at, entry);
      flush_tlb_page(m, at);
      if (pte_dirty(entry)) page.flags[frame] |= PG_DIRTY;
      page.map[frame]--;
      page.ref[frame]--;
    }
    yield* pte_unlock(m);
  }
}
