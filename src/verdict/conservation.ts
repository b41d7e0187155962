/**
 * What every state of every kernel must satisfy, whatever its decisions: a frame's counts are the
 * sum of those who hold it. In the middle of a path a holder may have counted itself and not yet
 * be seen (a mapping in the making, an entry just cleared), so there the counts are only bounds;
 * between statements they are exact.
 */

import { KIND_PIN } from "../mm/grab.ts";
import { GUP_PIN_COUNTING_BIAS, PG_LRU_BATCH, PG_SWAPCACHE, ZERO_PAGE } from "../mm/page.ts";
import { HPAGE_PMD_NR } from "../mm/pmd.ts";
import { PTE_SWAP, pte_frame, pte_present } from "../mm/pte.ts";
import type { HeldPin, MappedEntry, StateView } from "./state-view.ts";

/** Counts are 16-bit cells: what lies up here has been counted below 0. */
const below = 0xf000;

/** Breaches of conservation in one state, in words; none when the books balance. */
export function conservationBreaches(view: StateView): readonly string[] {
  const found: string[] = [];
  const books = booksOf(view);
  for (let frame = 1; frame < view.frames; frame++) {
    const book = books[frame]!;
    bounds(view, frame, book, found);
    if (view.quiet) exact(view, frame, book, found);
  }
  if (view.quiet) {
    slotsAreCounted(view, found);
    locksAreFree(view, found);
  }
  return found;
}

/** Who holds one frame; of a compound page the head's book has the references of all parts. */
interface Book {
  /** Page-table entries that map it. */
  entries: number;
  /** PMDs that map the compound page; on the head. */
  whole: number;
  /** What mappings, pins and owners add to ref; on the head. */
  refs: number;
  /** Completed FOLL_PINs of this frame. */
  pins: number;
  /** FOLL_PINs of the whole compound page; on the head. */
  folioPins: number;
}

function booksOf(view: StateView): readonly Book[] {
  const books: Book[] = Array.from({ length: view.frames }, () => ({
    entries: 0,
    whole: 0,
    refs: 0,
    pins: 0,
    folioPins: 0,
  }));
  for (const entry of view.entries) enterMapping(view, books, entry);
  for (const pin of view.pins) enterPin(view, books, pin);
  for (let at = 0; at < view.world.names.pageCount; at++) {
    const cached = view.read("cache.frame", at);
    if (cached !== 0) books[headOf(view, cached)]!.refs++;
  }
  for (let frame = 1; frame < view.frames; frame++)
    for (const owner of [PG_SWAPCACHE, PG_LRU_BATCH])
      if ((view.read("page.flags", frame) & owner) !== 0) books[headOf(view, frame)]!.refs++;
  return books;
}

function headOf(view: StateView, frame: number): number {
  const head = view.read("page.head", frame);
  return head === 0 ? frame : head;
}

function enterMapping(view: StateView, books: Book[], { frame, whole }: MappedEntry): void {
  const head = headOf(view, frame);
  if (!whole) {
    books[frame]!.entries++;
    books[head]!.refs++;
  } else if (frame === head) {
    books[head]!.whole++;
    books[head]!.refs++;
  }
}

function enterPin(view: StateView, books: Book[], { frame, kind, times }: HeldPin): void {
  if (frame === ZERO_PAGE) return;
  const large = view.read("page.head", frame) !== 0;
  const countable = view.world.kernel.decisions["pin.countable"].value === true;
  const exactly = large && (!isOrder1(view, frame) || exactForOrder1(view));
  const biased = kind === KIND_PIN && countable && !exactly;
  const head = headOf(view, frame);
  books[head]!.refs += times * (biased ? GUP_PIN_COUNTING_BIAS : 1);
  if (kind !== KIND_PIN) return;
  books[frame]!.pins += times;
  if (exactly && countable) books[head]!.folioPins += times;
}

function isOrder1(view: StateView, frame: number): boolean {
  return view.read("page.head", headOf(view, frame) + HPAGE_PMD_NR - 1) === 0;
}

function exactForOrder1(view: StateView): boolean {
  return view.world.kernel.decisions["pin.exactForOrder1"].value === true;
}

/** True in every state: nobody maps a page that does not count him. */
function bounds(view: StateView, frame: number, book: Book, found: string[]): void {
  const head = headOf(view, frame);
  const ref = view.read("page.ref", head);
  const map = view.read("page.map", frame);
  if (ref >= below || map >= below) found.push(`frame ${frame}: counted below 0`);
  if (book.entries > map) found.push(`frame ${frame}: ${book.entries} entries, map ${map}`);
  if (frame !== head) return;
  const entire = view.read("page.entire_map", frame);
  if (book.whole > entire) found.push(`frame ${frame}: ${book.whole} PMDs, compound map ${entire}`);
  if (book.refs > ref && ref < below)
    found.push(`frame ${frame}: held ${book.refs} times, ref ${ref}`);
}

/** True between statements: everybody who holds the page is seen. */
function exact(view: StateView, frame: number, book: Book, found: string[]): void {
  const expect = (field: string, expected: number): void => {
    const value = view.read(`page.${field}`, frame);
    if (value !== expected) found.push(`frame ${frame}: ${field} ${value}, held ${expected} times`);
  };
  expect("map", book.entries);
  expect("pins", book.pins);
  expect("locked", 0);
  if (frame !== headOf(view, frame)) return;
  expect("ref", book.refs);
  expect("entire_map", book.whole);
  expect("pincount", book.folioPins);
}

/** Between statements a swap slot counts the entries that name it, and none is named unseen. */
function slotsAreCounted(view: StateView, found: string[]): void {
  const { names } = view.world;
  const named = new Map<number, number>();
  for (let i = 0; i < names.processes.length * names.pageCount; i++) {
    const word = view.read("pte.word", i);
    if (!pte_present(word) && (word & PTE_SWAP) !== 0)
      named.set(pte_frame(word), (named.get(pte_frame(word)) ?? 0) + 1);
  }
  for (let s = 1; s < view.read("system.slots", 0); s++) {
    const count = view.read("swap.count", s);
    const entries = named.get(s) ?? 0;
    if (count !== entries) found.push(`swap slot ${s}: count ${count}, named ${entries} times`);
  }
}

function locksAreFree(view: StateView, found: string[]): void {
  const { counts } = view.world.model.layout;
  for (let k = 0; k < (counts.vma_lock ?? 0); k++)
    if (view.read("vma_lock.word", k) !== 0) found.push(`VMA ${k}: its lock is held by nobody`);
  for (let m = 0; m < view.world.names.processes.length; m++) {
    if (view.read("mm.mmap_lock", m) !== 0) found.push(`mm ${m}: mmap_lock is held by nobody`);
    if (view.read("mm.ptl", m) !== 0) found.push(`mm ${m}: the page-table lock is held by nobody`);
    if ((view.read("mm.write_protect_seq", m) & 1) !== 0)
      found.push(`mm ${m}: write_protect_seq stays odd`);
  }
}
