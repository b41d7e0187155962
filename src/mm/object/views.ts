/**
 * What there is to see in a world: a page-table entry and a page, in the mail's words. A view is
 * what stands there when it is asked; it does not change afterwards.
 */

import { PG_ANON, PG_CACHE, PG_KSM, PG_LAZYFREE, PG_SWAPCACHE } from "../page.ts";
import {
  PTE_SOFT_DIRTY,
  PTE_SPECIAL,
  PTE_SWAP,
  PTE_UFFD_WP,
  pte_dirty,
  pte_frame,
  pte_present,
  pte_write,
} from "../pte.ts";
import type { MmWorld } from "./world.ts";

/** A page-table entry, taken apart. */
export interface PteView {
  readonly word: number;
  readonly present: boolean;
  readonly writable: boolean;
  readonly dirty: boolean;
  readonly softDirty: boolean;
  readonly uffdWp: boolean;
  readonly swap: boolean;
  readonly zeroPage: boolean;
  /** The frame's number, if a page is mapped. */
  readonly frame: number | undefined;
}

/** A struct page: `page.ref`, `page.map` and `page.pins` as the mail draws them. */
export interface PageView {
  readonly frame: number;
  /** Every mapping, plain reference and owner counts 1; a pin 1024 where pins are countable. */
  readonly ref: number;
  /** How many entries map it. */
  readonly map: number;
  /** Completed FOLL_PINs, exact. The kernel itself sees only what they add to ref. */
  readonly pins: number;
  /** PG_anon_exclusive. */
  readonly exclusive: boolean;
  readonly data: number;
  readonly flags: readonly string[];
}

export function viewPte(word: number): PteView {
  const zeroPage = (word & PTE_SPECIAL) !== 0;
  return {
    word,
    present: pte_present(word),
    writable: pte_write(word),
    dirty: pte_dirty(word),
    softDirty: (word & PTE_SOFT_DIRTY) !== 0,
    uffdWp: (word & PTE_UFFD_WP) !== 0,
    swap: !pte_present(word) && (word & PTE_SWAP) !== 0,
    zeroPage,
    frame: pte_present(word) && !zeroPage ? pte_frame(word) : undefined,
  };
}

export function viewPage(world: MmWorld, frame: number): PageView {
  const read = (field: string): number => world.read(`page.${field}`, frame);
  return {
    frame,
    ref: read("ref"),
    map: read("map"),
    pins: read("pins"),
    exclusive: read("exclusive") !== 0,
    data: read("data"),
    flags: flagWords(read("flags")),
  };
}

const words: readonly (readonly [number, string])[] = [
  [PG_ANON, "anon"],
  [PG_KSM, "ksm"],
  [PG_SWAPCACHE, "swap cache"],
  [PG_LAZYFREE, "lazyfree"],
  [PG_CACHE, "page cache"],
];

function flagWords(flags: number): readonly string[] {
  return words.filter(([bit]) => (flags & bit) !== 0).map(([, word]) => word);
}

const errnos: Readonly<Record<number, string>> = {
  2: "ENOENT",
  3: "ESRCH",
  5: "EIO",
  11: "EAGAIN",
  12: "ENOMEM",
  13: "EACCES",
  14: "EFAULT",
  16: "EBUSY",
  17: "EEXIST",
  22: "EINVAL",
  95: "EOPNOTSUPP",
};

/** "EFAULT" for what a path returned; undefined for 0. */
export function errnoName(value: number, base: number): string | undefined {
  if (value === 0) return undefined;
  return errnos[value - base] ?? `errno ${value - base}`;
}
