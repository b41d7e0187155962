/**
 * A quick look at a state: whether its books may not balance, or an invariant may be broken. It runs
 * on every state of every search, so it reads cells by their places and makes no objects. What it
 * holds to be sound is sound; what it suspects, conservation.ts and invariants.ts look at again and
 * put into words.
 */
import { KIND_NONE, KIND_PIN } from "../mm/grab.ts";
import { GUP_PIN_COUNTING_BIAS, PG_ANON, PG_SWAPCACHE, ZERO_PAGE } from "../mm/page.ts";
import { FRAME_MASK, PTE_PRESENT, PTE_SPECIAL, PTE_SWAP, PTE_WRITE, pte_frame } from "../mm/pte.ts";
import { NEVER_BORN } from "../mm/state.ts";
import type { Row } from "../step/index.ts";
import { flushSteps, pinOrigins } from "./state-view.ts";
import type { World } from "./world.ts";

/** Counts are 16-bit cells: what lies up here has been counted below 0. */
const below = 0xf000;

/** What of the invariants is to be suspected, by the names in invariants.ts. */
export interface Suspicions {
  /** I1, I2: a pin and its process's entry part. */
  readonly strays: boolean;
  /** I4: who may write in place is not alone. */
  readonly visible: boolean;
  /** I5, I6, I7: marks of exclusive pages. */
  readonly marks: boolean;
  /** I3, I10: what a pin holds, and how it counts. */
  readonly pins: boolean;
  /** I8: a fork that failed. */
  readonly failedForks: boolean;
  /** I9: a fork that has copied all. */
  readonly copiedAll: boolean;
}

export class StateScreen {
  private readonly suspect: Suspicions;
  private readonly at: Places;
  private readonly biased: boolean;
  /** The mm that each pin was taken through, or -1. */
  private readonly owners: readonly number[];
  /** Whether there is a swap slot at all. */
  private readonly swaps: boolean;
  /** All of the following in one piece, so that one call empties them. */
  private readonly books: Int32Array;
  private readonly entries: Int32Array;
  private readonly whole: Int32Array;
  private readonly refs: Int32Array;
  private readonly pinned: Int32Array;
  private readonly folioPins: Int32Array;
  /** One bit for each mm that maps the frame, and each that may write it. */
  private readonly mappers: Int32Array;
  private readonly writers: Int32Array;
  private readonly named: Int32Array;
  /** The steps before which a fork has copied every VMA. */
  private readonly copied: ReadonlySet<number>;

  constructor(world: World, suspect: Suspicions) {
    this.suspect = suspect;
    this.at = placesOf(world);
    const owners = new Array<number>(this.at.pins).fill(-1);
    for (const { k, mm } of pinOrigins(world)) owners[k] = mm ?? -1;
    this.owners = owners;
    this.biased = world.kernel.decisions["pin.countable"].value === true;
    const { frames } = this.at;
    this.swaps = world.first[this.at.slots]! > 1;
    this.books = new Int32Array(7 * frames + (this.swaps ? FRAME_MASK + 1 : 0));
    const book = (number: number): Int32Array =>
      this.books.subarray(number * frames, (number + 1) * frames);
    this.entries = book(0);
    this.whole = book(1);
    this.refs = book(2);
    this.pinned = book(3);
    this.folioPins = book(4);
    this.mappers = book(5);
    this.writers = book(6);
    this.copied = suspect.copiedAll ? flushSteps(world) : new Set();
    this.named = this.books.subarray(7 * frames);
  }

  /** `quiet`: every actor stands between two statements, so that the books must balance exactly. */
  isSound(row: Row, quiet: boolean): boolean {
    this.books.fill(0);
    this.enterTables(row);
    this.enterCaches(row);
    const { suspect } = this;
    if (suspect.failedForks && this.forkFailed(row)) return false;
    if (suspect.copiedAll && this.forkHasCopiedAll(row)) return false;
    if (!this.enterPins(row)) return false;
    if (!this.balances(row, quiet)) return false;
    if (quiet && !(this.slotsBalance(row) && this.locksAreFree(row))) return false;
    if ((suspect.visible || suspect.marks) && !this.entriesAreSound(row)) return false;
    return true;
  }

  private enterTables(row: Row): void {
    const { at, entries, refs, mappers, writers, whole, named } = this;
    for (let m = 0, place = at.pte; m < at.mms; m++)
      for (let n = 0; n < at.pages; n++, place++) {
        const word = row[place]!;
        if ((word & (PTE_PRESENT | PTE_SPECIAL)) === PTE_PRESENT) {
          const frame = pte_frame(word);
          entries[frame]!++;
          refs[this.headOf(row, frame)]!++;
          mappers[frame]! |= 1 << m;
          if ((word & PTE_WRITE) !== 0) writers[frame]! |= 1 << m;
        } else if (this.swaps && (word & (PTE_PRESENT | PTE_SWAP)) === PTE_SWAP)
          named[pte_frame(word)]!++;
      }
    for (let m = 0; m < at.mms && at.regions > 0; m++)
      for (let n = 0; n < at.pages; n++) {
        if (row[at.huge + n] === 0) continue;
        const word = row[at.pmd + m * at.regions + row[at.region + n]!]!;
        if ((word & (PTE_PRESENT | PTE_SPECIAL)) !== PTE_PRESENT) continue;
        const frame = pte_frame(word) + n - row[at.first + n]!;
        mappers[frame]! |= 1 << m;
        if ((word & PTE_WRITE) !== 0) writers[frame]! |= 1 << m;
        if (frame !== this.headOf(row, frame)) continue;
        whole[frame]!++;
        refs[frame]!++;
      }
  }

  private enterCaches(row: Row): void {
    const { at, refs } = this;
    for (let n = 0; n < at.pages; n++) {
      const cached = row[at.cache + n]!;
      if (cached !== 0) refs[this.headOf(row, cached)]!++;
    }
    for (let frame = 1; this.swaps && frame < at.frames; frame++)
      if ((row[at.flags + frame]! & PG_SWAPCACHE) !== 0) refs[this.headOf(row, frame)]!++;
  }

  /** False where a pin holds what it must not, or no longer what its process maps. */
  private enterPins(row: Row): boolean {
    const { at, refs, pinned, folioPins, mappers, suspect } = this;
    for (let k = 0; k < at.pins; k++) {
      const kind = row[at.pinKind + k]!;
      if (kind === KIND_NONE) continue;
      const frame = row[at.pinFrame + k]!;
      if (frame === ZERO_PAGE) {
        if (suspect.pins) return false;
        continue;
      }
      const times = row[at.pinCount + k]!;
      const head = this.headOf(row, frame);
      const large = row[at.head + frame] !== 0;
      const isPin = kind === KIND_PIN;
      refs[head]! += times * (isPin && this.biased && !large ? GUP_PIN_COUNTING_BIAS : 1);
      const owner = this.owners[k]!;
      if (suspect.strays && (owner < 0 || (mappers[frame]! & (1 << owner)) === 0)) return false;
      if (suspect.visible && this.mayBeWrittenByAnother(owner, frame)) return false;
      if (!isPin) continue;
      pinned[frame]! += times;
      if (large && this.biased) folioPins[head]! += times;
      if (suspect.pins && !this.looksPinned(row, frame, head, large)) return false;
      if (suspect.marks && !this.isMarked(row, frame, head)) return false;
    }
    return true;
  }

  private mayBeWrittenByAnother(owner: number, frame: number): boolean {
    const writers = this.writers[frame]!;
    return writers !== 0 && (owner < 0 || (writers & ~(1 << owner)) !== 0);
  }

  private looksPinned(row: Row, frame: number, head: number, large: boolean): boolean {
    const { at } = this;
    if ((row[at.flags + head]! & PG_ANON) === 0) return false;
    return large
      ? row[at.pincount + head]! > 0
      : row[at.ref + frame]! >= GUP_PIN_COUNTING_BIAS || !this.biased;
  }

  private isMarked(row: Row, frame: number, head: number): boolean {
    const { at } = this;
    if ((row[at.flags + head]! & PG_ANON) === 0 || row[at.exclusive + frame] !== 0) return true;
    return this.entries[frame] === 0 && row[at.exclusive + head] !== 0;
  }

  private balances(row: Row, quiet: boolean): boolean {
    const { at, entries, whole, refs, pinned, folioPins } = this;
    for (let frame = 1; frame < at.frames; frame++) {
      const map = row[at.map + frame]!;
      const head = row[at.head + frame]!;
      const isHead = head === 0 || head === frame;
      const ref = row[at.ref + (isHead ? frame : head)]!;
      if ((ref | map | refs[frame]! | entries[frame]!) === 0 && !quiet) continue;
      if (ref >= below || map >= below || entries[frame]! > map) return false;
      if (isHead && (whole[frame]! > row[at.entire + frame]! || refs[frame]! > ref)) return false;
      if (!quiet) continue;
      if (map !== entries[frame] || row[at.pagePins + frame] !== pinned[frame]) return false;
      if (row[at.locked + frame] !== 0) return false;
      if (!isHead) continue;
      if (ref !== refs[frame] || row[at.entire + frame] !== whole[frame]) return false;
      if (row[at.pincount + frame] !== folioPins[frame]) return false;
    }
    return true;
  }

  private forkFailed(row: Row): boolean {
    const { at } = this;
    for (let m = 0; m < at.mms; m++) if (row[at.state + m] === NEVER_BORN) return true;
    return false;
  }

  private forkHasCopiedAll(row: Row): boolean {
    const { actorBase, actorStride } = this.at;
    for (let t = 0; t < this.at.actors; t++)
      if (this.copied.has(row[actorBase + t * actorStride]!)) return true;
    return false;
  }

  private slotsBalance(row: Row): boolean {
    const { at, named } = this;
    for (let slot = 1; slot < row[at.slots]!; slot++)
      if (row[at.swapCount + slot] !== named[slot]) return false;
    return true;
  }

  private locksAreFree(row: Row): boolean {
    const { at } = this;
    for (let m = 0; m < at.mms; m++)
      if (row[at.mmapLock + m] !== 0 || row[at.ptl + m] !== 0 || (row[at.sequence + m]! & 1) !== 0)
        return false;
    return true;
  }

  private entriesAreSound(row: Row): boolean {
    const { at, entries, mappers, writers, suspect } = this;
    for (let frame = 1; frame < at.frames; frame++) {
      const mapped = mappers[frame]!;
      if (mapped === 0) continue;
      const isShared = (mapped & (mapped - 1)) !== 0 || entries[frame]! > 1;
      const writes = writers[frame] !== 0;
      if (isShared && writes && suspect.visible) return false;
      if (!suspect.marks || !(isShared || writes)) continue;
      const head = this.headOf(row, frame);
      if ((row[at.flags + head]! & PG_ANON) === 0) continue;
      if (isShared && (row[at.exclusive + frame] !== 0 || row[at.exclusive + head] !== 0))
        return false;
      if (writes && !this.isMarked(row, frame, head)) return false;
    }
    return true;
  }

  private headOf(row: Row, frame: number): number {
    const head = row[this.at.head + frame]!;
    return head === 0 ? frame : head;
  }
}

type Places = ReturnType<typeof placesOf>;

/** Where the cells are that the screen reads, and how many there are. */
function placesOf({ model }: World) {
  const { offsets, counts, actorBase, actorStride } = model.layout;
  const of = (field: string): number => offsets.get(field)!;
  return {
    ...{ mms: counts.mm!, pages: counts.address!, frames: counts.page!, pins: counts.pin! },
    ...{ actors: model.actors.length, actorBase, actorStride, state: of("process.state") },
    regions: counts.pmd! / counts.mm!,
    ...{ pte: of("pte.word"), pmd: of("pmd.word"), cache: of("cache.frame") },
    ...{ huge: of("address.huge"), region: of("address.region"), first: of("address.first") },
    ...{ ref: of("page.ref"), map: of("page.map"), flags: of("page.flags"), head: of("page.head") },
    ...{ entire: of("page.entire_map"), pincount: of("page.pincount") },
    ...{ exclusive: of("page.exclusive"), locked: of("page.locked"), pagePins: of("page.pins") },
    ...{ pinKind: of("pin.kind"), pinFrame: of("pin.frame"), pinCount: of("pin.count") },
    ...{ slots: of("system.slots"), swapCount: of("swap.count") },
    ...{ mmapLock: of("mm.mmap_lock"), ptl: of("mm.ptl"), sequence: of("mm.write_protect_seq") },
  };
}
