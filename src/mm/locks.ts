/**
 * The locks that serialise paths. Each acquisition is a step that waits, each release a step.
 * Compare include/linux/mmap_lock.h, mm/memory.c:pte_offset_map_lock().
 * Not modelled: fairness; a reader never waits for a waiting writer.
 */
import { type Path, until } from "../step/index.ts";
import { folio } from "./page.ts";
import { mm, page } from "./state.ts";
import { vma_end_write_all } from "./vma-lock.ts";

export function* mmap_write_lock(m: number): Path {
  yield "lock mmap_lock for writing";
  until(mm.mmap_lock[m] === 0);
  mm.mmap_lock[m] = 1;
}

export function* mmap_write_unlock(m: number): Path {
  yield "unlock mmap_lock";
  mm.mmap_lock[m] = 0;
  vma_end_write_all(m);
}

export function* mmap_read_lock(m: number): Path {
  yield "lock mmap_lock for reading";
  until((mm.mmap_lock[m] & 1) === 0);
  mm.mmap_lock[m] += 2;
}

export function* mmap_read_unlock(m: number): Path {
  yield "unlock mmap_lock";
  mm.mmap_lock[m] -= 2;
}

export function* pte_lock(m: number): Path {
  yield "lock the page table";
  until(mm.ptl[m] === 0);
  mm.ptl[m] = 1;
}

export function* pte_unlock(m: number): Path {
  yield "unlock the page table";
  mm.ptl[m] = 0;
}

/** 1 when the page was free and is locked now. */
export function* trylock_page(frame: number): Path<number> {
  yield "try to lock the page";
  const taken = page.locked[folio(frame)] === 0;
  page.locked[folio(frame)] = 1;
  return taken ? 1 : 0;
}

export function* lock_page(frame: number): Path {
  yield "lock the page";
  until(page.locked[folio(frame)] === 0);
  page.locked[folio(frame)] = 1;
}

export function* unlock_page(frame: number): Path {
  yield "unlock the page";
  page.locked[folio(frame)] = 0;
}
