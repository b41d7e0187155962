/**
 * What can be said of a state on the model and on a real kernel alike: for each living process and
 * page its entry and the counts of the frame behind it, and for each handle the frames that it holds.
 * Frames are whatever tells them apart; only which of them are the same means anything.
 */
import {
  PTE_SOFT_DIRTY,
  PTE_SWAP_EXCLUSIVE,
  PTE_UFFD_WP,
  pte_dirty,
  pte_frame,
  pte_none,
  pte_present,
  pte_special,
  pte_write,
} from "../mm/pte.ts";
import { ALIVE } from "../mm/state.ts";
import type { Row } from "../step/index.ts";
import { pageName } from "./names.ts";
import { entryAt, type Read, reader } from "./observe.ts";
import type { World } from "./world.ts";

/** unmapped: no VMA has the address. empty: an entry of zeroes. zero: the zero page, which nobody counts. */
export type EntryKind = "unmapped" | "empty" | "present" | "zero" | "swap";

export interface EntryState {
  readonly process: string;
  /** "x" or "x[2]" */
  readonly page: string;
  readonly kind: EntryKind;
  /** Tells the frame, or the swap slot, from others of this state. */
  readonly frame: string | undefined;
  readonly writable: boolean;
  readonly dirty: boolean;
  /** PageAnonExclusive, or the swap entry's mark of it. */
  readonly exclusive: boolean;
  readonly softDirty: boolean;
  readonly uffdWp: boolean;
  /** Mapped by a PMD. */
  readonly huge: boolean;
  readonly large: boolean;
  /** Of a present page; undefined otherwise. */
  readonly counts: FrameCounts | undefined;
}

export interface FrameCounts {
  /** Without what the pins of a small page add. */
  readonly ref: number;
  readonly map: number;
  readonly pins: number;
  /** Where ranges pin a huge page: as if each pinned one small page of a quarter. */
  readonly pinsAtLeast: number;
}

export interface HeldFrame {
  readonly handle: string;
  readonly index: number;
  readonly frame: string;
}

export interface StateTable {
  readonly entries: readonly EntryState[];
  readonly held: readonly HeldFrame[];
}

/** A pin of a small page is so many references. */
export const pinBias = 1024;

/**
 * How many small pages of a real huge page the handle pins for one page of the model's: a quarter of
 * it is a page of the test, and who pins a range pins all of them.
 */
export type SmallPages = (handle: string) => number;

/** The table of one state of the model. */
export function modelTable(world: World, row: Row, smallPages: SmallPages): StateTable {
  const read = reader(world, row);
  const more = additionalPins(world, read, smallPages);
  const { names } = world;
  const entries = names.processes.flatMap((process, p) => {
    if (read("process.state", p) !== ALIVE) return [];
    return Array.from({ length: names.pageCount }, (_, at) =>
      entryState(world, read, { process, m: read("process.mm", p), at }, more),
    );
  });
  return { entries, held: heldFrames(world, read) };
}

interface Place {
  readonly process: string;
  readonly m: number;
  readonly at: number;
}

function entryState(
  world: World,
  read: Read,
  { process, m, at }: Place,
  morePins: ReadonlyMap<number, number>,
): EntryState {
  const { names } = world;
  const entry = entryAt(world, read, m, at);
  const kind = read("vma.flags", m * names.pageCount + at) === 0 ? "unmapped" : kindOf(entry);
  const present = kind === "present";
  const frame = pte_frame(entry);
  const head = present ? read("page.head", frame) || frame : 0;
  const huge = isHuge(read, m, at);
  const there = present || kind === "zero";
  return {
    process,
    page: pageName(names, at),
    kind,
    frame: present ? `frame ${frame}` : kind === "swap" ? `slot ${frame}` : undefined,
    writable: there && pte_write(entry),
    dirty: there && pte_dirty(entry),
    exclusive: present
      ? // The mark stands on the head while a PMD maps the page.
        read("page.exclusive", huge ? head : frame) !== 0
      : kind === "swap" && (entry & PTE_SWAP_EXCLUSIVE) !== 0,
    softDirty: there && (entry & PTE_SOFT_DIRTY) !== 0,
    uffdWp: there && (entry & PTE_UFFD_WP) !== 0,
    huge: there && huge,
    large: present && read("page.head", frame) !== 0,
    counts: present ? countsOf(read, frame, head, morePins.get(head) ?? 0) : undefined,
  };
}

function kindOf(entry: number): EntryKind {
  if (pte_none(entry)) return "empty";
  if (!pte_present(entry)) return "swap";
  return pte_special(entry) ? "zero" : "present";
}

function isHuge(read: Read, m: number, at: number): boolean {
  if (read("address.huge", at) === 0) return false;
  const pmd = read("pmd.word", m * read("system.regions", 0) + read("address.region", at));
  return pte_present(pmd) || pte_special(pmd);
}

/** Pins of each large page that the model counts once and the kernel for every small page. */
function additionalPins(
  { names }: World,
  read: Read,
  smallPages: SmallPages,
): ReadonlyMap<number, number> {
  const more = new Map<number, number>();
  for (const { name, first, count } of names.handles) {
    for (let k = first; k < first + count; k++) {
      const head = read("page.head", read("pin.frame", k));
      if (read("pin.kind", k) === 0 || head === 0) continue;
      const added = (smallPages(name) - 1) * read("pin.count", k);
      more.set(head, (more.get(head) ?? 0) + added);
    }
  }
  return more;
}

function countsOf(read: Read, frame: number, head: number, morePins: number): FrameCounts {
  const large = read("page.head", frame) !== 0;
  const ref = read("page.ref", head);
  const pins = large ? read("page.pincount", head) : Math.floor(ref / pinBias);
  return {
    ref: large ? ref + morePins : ref % pinBias,
    pins: pins + (large ? morePins : 0),
    pinsAtLeast: pins > 0 ? 1 : 0,
    map: read("page.map", frame) + (large ? read("page.entire_map", head) : 0),
  };
}

function heldFrames({ names }: World, read: Read): readonly HeldFrame[] {
  return names.handles.flatMap(({ name, first, count }) =>
    Array.from({ length: count }, (_, index) => index)
      .filter((index) => read("pin.kind", first + index) !== 0)
      .map((index) => ({
        handle: name,
        index,
        frame: `frame ${read("pin.frame", first + index)}`,
      })),
  );
}
