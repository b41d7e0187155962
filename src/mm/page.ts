/**
 * A page's life and its counts: allocation, references, mappings, pins.
 * Compare mm/page_alloc.c, include/linux/mm.h:page_maybe_dma_pinned(), mm/rmap.c.
 *
 * ref and map are changed by atomic operations without a lock; a path makes each change a step of
 * its own. A frame whose ref falls to 0 is free, and all its words are 0.
 * Not modelled: per-CPU LRU batches hold no reference, unless a test says `speculative_ref`.
 */
import type { Path } from "../step/index.ts";
import { choose, self } from "../step/index.ts";
import { actor, kernel, mm, page, system } from "./state.ts";
import { is_cow_mapping } from "./vma.ts";

export const ZERO_PAGE = 0;
export const GUP_PIN_COUNTING_BIAS = 1024;

export const PG_ANON = 0x1;
export const PG_KSM = 0x2;
export const PG_SWAPCACHE = 0x4;
export const PG_LAZYFREE = 0x8;
/** In the page cache: shmem or a file owns a reference. */
export const PG_CACHE = 0x10;
export const PG_DIRTY = 0x20;
export const PG_WRITEBACK = 0x40;

export function page_anon(frame: number): boolean {
  return (page.flags[frame] & PG_ANON) !== 0;
}

/** The lowest free frame, or 0: the world is too small. */
export function free_frame(): number {
  for (let frame = 1; frame < system.frames[0]; frame++) if (page.ref[frame] === 0) return frame;
  return 0;
}

/** A new page with one reference, or 0 when the allocation fails. */
export function* alloc_page(): Path<number> {
  yield "allocate a page";
  let failed = 0;
  if (actor.may_fail[self()]) failed = choose(2);
  if (failed) return 0;
  const frame = free_frame();
  if (frame === 0) system.exhausted[0] = 1;
  else page.ref[frame] = 1;
  return frame;
}

/** Drops references; the last one frees the page. */
export function put_refs(frame: number, count: number): void {
  page.ref[frame] -= count;
  if (page.ref[frame] === 0) {
    page.map[frame] = 0;
    page.pins[frame] = 0;
    page.flags[frame] = 0;
    page.locked[frame] = 0;
    page.exclusive[frame] = 0;
    page.data[frame] = 0;
  }
}

export function* put_page(frame: number): Path {
  yield "drop a reference";
  put_refs(frame, 1);
}

/** Whether a page's count is so high that somebody may have pinned it. False positives, no negatives. */
export function page_maybe_dma_pinned(frame: number): boolean {
  return page.ref[frame] >= GUP_PIN_COUNTING_BIAS;
}

/**
 * Whether fork must copy the page now: the mapping is COW, the mm ever pinned anything, and the
 * page's count says so. Two loads: has_pinned, then ref.
 */
export function* page_needs_cow_for_dma(m: number, flags: number, frame: number): Path<number> {
  if (!is_cow_mapping(flags) || !kernel.fork.copyPinned) return 0;
  yield "read has_pinned";
  const pinned = mm.has_pinned[m];
  if (!pinned) return 0;
  yield "read ref: page_maybe_dma_pinned";
  const maybe = page_maybe_dma_pinned(frame);
  return maybe ? 1 : 0;
}
