/**
 * A page's life and its counts: allocation, references, mappings, pins, for single pages and for
 * compound ones (a THP: four frames, counted on the head).
 * Compare mm/page_alloc.c, include/linux/mm.h:page_maybe_dma_pinned(), mm/rmap.c.
 *
 * ref and map are changed by atomic operations without a lock; a path makes each change a step of
 * its own. A frame whose ref falls to 0 is free, and all its words are 0.
 */
import { choose, type Path, self } from "../step/index.ts";
import { HPAGE_PMD_NR } from "./pmd.ts";
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
/** In a batch of its CPU, which holds a reference; see lru.ts. */
export const PG_LRU_BATCH = 0x100;
/** From the pool of huge pages. */
export const PG_HUGETLB = 0x80;

/** The frame that carries a page's reference count: the head of a compound page. */
export function folio(frame: number): number {
  return page.head[frame] !== 0 ? page.head[frame] : frame;
}

export function is_large(frame: number): boolean {
  return page.head[frame] !== 0;
}

/** A compound page of two pages. */
export function is_order_1(frame: number): boolean {
  return is_large(frame) && page.head[folio(frame) + HPAGE_PMD_NR - 1] === 0;
}

/** Whether the page's pins are counted for themselves, rather than as 1024 references each. */
export function has_exact_pincount(frame: number): boolean {
  return is_large(frame) && (kernel.pin.exactForOrder1 || !is_order_1(frame));
}

export function page_anon(frame: number): boolean {
  return (page.flags[frame] & PG_ANON) !== 0;
}

export function page_count(frame: number): number {
  return page.ref[folio(frame)];
}

/** How many page-table entries and PMDs map this frame. */
export function page_mapcount(frame: number): number {
  return is_large(frame) ? page.map[frame] + page.entire_map[folio(frame)] : page.map[frame];
}

/** How many page-table entries map the most mapped part of the page's folio. */
export function most_mapped_part(frame: number): number {
  if (!is_large(frame)) return page.map[frame];
  let most = 0;
  for (let i = 0; i < HPAGE_PMD_NR; i++)
    if (page.map[folio(frame) + i] > most) most = page.map[folio(frame) + i];
  return most;
}

/** Mappings of all parts of the page's folio, a PMD counting once. */
export function folio_mapcount(frame: number): number {
  if (!is_large(frame)) return page.map[frame];
  let sum = page.entire_map[folio(frame)];
  for (let i = 0; i < HPAGE_PMD_NR; i++) sum += page.map[folio(frame) + i];
  return sum;
}

/** The lowest free frame, or 0: the world is too small. */
export function free_frame(): number {
  for (let frame = 1; frame < system.hugeFrames[0]; frame++)
    if (page.ref[frame] === 0) return frame;
  return 0;
}

/** The head of four free frames in a row, or 0. */
export function free_huge_frame(): number {
  for (let head = system.hugeFrames[0]; head < system.frames[0]; head += HPAGE_PMD_NR) {
    let free = 1;
    for (let i = 0; i < HPAGE_PMD_NR; i++)
      if (page.ref[head + i] !== 0 || page.head[head + i] !== 0) free = 0;
    if (free) return head;
  }
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

/** A new compound page with one reference; its head, or 0 when the allocation fails. */
export function* alloc_huge_page(): Path<number> {
  yield "allocate a huge page";
  let failed = 0;
  if (actor.may_fail[self()]) failed = choose(2);
  if (failed) return 0;
  const head = free_huge_frame();
  if (head === 0) system.exhausted[0] = 1;
  else prep_compound_page(head);
  return head;
}

export function prep_compound_page(head: number): void {
  page.ref[head] = 1;
  for (let i = 0; i < HPAGE_PMD_NR; i++) page.head[head + i] = head;
}

/** The page is written to its device before it is given up; a compound page as one. */
export function set_page_dirty(frame: number): void {
  const parts = is_large(frame) ? HPAGE_PMD_NR : 1;
  for (let i = 0; i < parts; i++) page.flags[folio(frame) + i] |= PG_DIRTY;
}

/** Drops references; the last one frees the page. */
export function put_refs(frame: number, count: number): void {
  const head = folio(frame);
  const parts = is_large(frame) ? HPAGE_PMD_NR : 1;
  page.ref[head] -= count;
  if (page.ref[head] === 0) for (let i = 0; i < parts; i++) clear_frame(head + i);
}

export function clear_frame(frame: number): void {
  page.map[frame] = 0;
  page.pins[frame] = 0;
  page.flags[frame] = 0;
  page.locked[frame] = 0;
  page.exclusive[frame] = 0;
  page.data[frame] = 0;
  page.head[frame] = 0;
  page.entire_map[frame] = 0;
  page.pincount[frame] = 0;
}

/**
 * Whether a page may be pinned. A compound page counts its pins exactly, for the whole folio; a
 * single page looks at its reference count: false positives, no negatives.
 */
export function page_maybe_dma_pinned(frame: number): boolean {
  if (has_exact_pincount(frame)) return page.pincount[folio(frame)] > 0;
  return page_count(frame) >= GUP_PIN_COUNTING_BIAS;
}

/**
 * Whether fork must copy the page now: the mapping is COW, the mm ever pinned anything, and the
 * page's count says so. Two loads: has_pinned, then ref.
 */
export function* page_needs_cow_for_dma(m: number, flags: number, frame: number): Path<number> {
  if (!is_cow_mapping(flags) || !kernel.fork.copyPinned) return 0;
  yield "read has_pinned";
  if (!mm.has_pinned[m]) return 0;
  yield "read ref: page_maybe_dma_pinned";
  return page_maybe_dma_pinned(frame) ? 1 : 0;
}

/** A fresh anonymous page gets its first mapping; nobody else can know it yet. */
export function page_add_new_anon_rmap(frame: number): void {
  page.flags[frame] = PG_ANON;
  page.map[frame] = 1;
  if (kernel.wp.reuse === "exclusive") page.exclusive[frame] = 1;
}

// A page holds one word; a test of tearing writes its halves, 8 bits each.

export const WHOLE = 0;
export const LOW = 1;
export const HIGH = 2;

export function half_of(data: number, half: number): number {
  if (half === LOW) return data & 0xff;
  return half === HIGH ? data >> 8 : data;
}

export function with_half(data: number, half: number, value: number): number {
  if (half === LOW) return (data & 0xff00) | (value & 0xff);
  return half === HIGH ? (data & 0xff) | ((value & 0xff) << 8) : value;
}

/**
 * Copies a page that others may write meanwhile: where a test looks at halves, one after the other.
 */
export function* copy_user_highpage(to: number, from: number): Path {
  if (system.halves[0]) {
    yield "copy_user_highpage: the low half";
    page.data[to] = with_half(page.data[to], LOW, half_of(page.data[from], LOW));
    yield "copy_user_highpage: the high half";
    page.data[to] = with_half(page.data[to], HIGH, half_of(page.data[from], HIGH));
    return;
  }
  yield "copy_user_highpage";
  page.data[to] = page.data[from];
}
