/**
 * The visited states of several threads: rows in arenas of their own, found again through one table
 * in shared memory. A slot is taken by an exchange that only one thread can win; whoever loses
 * compares with the winner's row. Memory is promised at once and used as it is touched; between
 * rounds, when nobody inserts, the pairs of a table that is too small move to a larger one.
 */
import { hashWords } from "./store.ts";

/** What the threads share of one store. */
export interface StoreMemory {
  readonly words: number;
  /** Each four times as large as the one before; pairs as in store.ts: hash, place + 1. */
  readonly tables: readonly SharedArrayBuffer[];
  /** Per thread, its arena. */
  readonly segments: readonly (readonly SharedArrayBuffer[])[];
  /** The table in use, the one it grows into; then each thread's number of rows. */
  readonly control: SharedArrayBuffer;
}

const tableAt = 0;
const nextTableAt = 1;
const countsAt = 2;

const segmentBytes = 1 << 25;
const bytesOfPair = 8;
const firstBits = 17;
const bitsMax = 27;
const bitsMore = 2;
/** A table has at least so many pairs per row. */
const loadMax = 1.4;

/** Thrown where the promised memory ends. */
export class MemoryEnds extends Error {}

/** How many rows may be promised: a larger table than ours has not been tried. */
export function rowsMax(words: number, bytes: number): number {
  return Math.floor(Math.min(bytes / (words * 4), 2 ** bitsMax / loadMax));
}

/** Promises every thread memory for `bytes` of rows, and a table for as many rows. */
export function storeMemory(words: number, threads: number, bytes: number): StoreMemory {
  const rows = rowsMax(words, bytes);
  const bitsWanted = Math.min(bitsMax, Math.ceil(Math.log2(rows * loadMax)));
  const tables: SharedArrayBuffer[] = [];
  for (let bits = firstBits; ; bits += bitsMore) {
    tables.push(new SharedArrayBuffer(bytesOfPair * 2 ** bits));
    if (bits >= bitsWanted) break;
  }
  const perThread = Math.ceil(rows / rowsOfSegment(words)) + 1;
  const segments = Array.from({ length: threads }, () =>
    Array.from({ length: perThread }, () => new SharedArrayBuffer(segmentBytes)),
  );
  const control = new SharedArrayBuffer(4 * (countsAt + threads));
  return { words, tables, segments, control };
}

const rowsOfSegment = (words: number): number =>
  2 ** Math.floor(Math.log2(segmentBytes / 4 / words));

/** Bits of a place that say whose row it is. */
export const bitsOfThreads = (threads: number): number => Math.ceil(Math.log2(threads));

/** Places that rows can have. */
export function placesOf({ words, segments }: StoreMemory): number {
  return segments[0]!.length * rowsOfSegment(words) * 2 ** bitsOfThreads(segments.length);
}

export class SharedStore {
  readonly words: number;
  private readonly thread: number;
  private readonly tables: readonly Int32Array[];
  private table: Int32Array;
  private readonly control: Int32Array;
  /** The first segment of each thread, then the second of each, and so on. */
  private readonly segments: readonly Uint32Array[];
  private readonly own: readonly Uint32Array[];
  private readonly bits: number;
  private readonly shift: number;
  private readonly within: number;
  private mask = 0;
  /** Bits of a hash that do not say where to look. */
  private unused = 32;
  private count: number;
  /** Where this thread has to stop, so that the table never fills up. */
  private countMax = 0;
  private touched = 0;

  constructor(memory: StoreMemory, thread: number) {
    this.words = memory.words;
    this.thread = thread;
    this.tables = memory.tables.map((table) => new Int32Array(table));
    this.table = this.tables[0]!;
    this.control = new Int32Array(memory.control);
    this.bits = bitsOfThreads(memory.segments.length);
    const segments: Uint32Array[] = [];
    memory.segments.forEach((all, of) => {
      all.forEach((one, i) => {
        segments[(i << this.bits) | of] = new Uint32Array(one);
      });
    });
    this.segments = segments;
    this.own = memory.segments[thread]!.map((_, i) => segments[(i << this.bits) | thread]!);
    this.within = rowsOfSegment(memory.words) - 1;
    this.shift = Math.log2(this.within + 1);
    this.count = this.rowsOf(thread);
    this.settle();
  }

  /** Rows of all threads, as of the last `tell` of each. */
  get size(): number {
    let sum = 0;
    for (let thread = 0; thread < this.control.length - countsAt; thread++)
      sum += this.rowsOf(thread);
    return sum;
  }

  get bytes(): number {
    return this.size * this.words * 4 + this.table.byteLength;
  }

  /** How many rows this thread has, told or not. */
  get ownRows(): number {
    return this.count;
  }

  /** How many rows a thread has told of. */
  rowsOf(thread: number): number {
    return Atomics.load(this.control, countsAt + thread);
  }

  /** Tells the others how many rows this thread has. */
  tell(): void {
    Atomics.store(this.control, countsAt + this.thread, this.count);
  }

  /** Takes notice of a larger table, and of what the others told. Before each round. */
  settle(): void {
    this.table = this.tables[Atomics.load(this.control, tableAt)]!;
    this.mask = this.table.length / 2 - 1;
    this.unused = Math.clz32(this.mask);
    const threads = this.control.length - countsAt;
    this.countMax = this.count + Math.floor((this.mask - this.size) / threads);
  }

  /** Whether `rows` want a larger table, into which all threads then `move` their part. */
  outgrows(rows: number): boolean {
    const fits = this.tables.findIndex((table) => table.length / 2 >= rows * loadMax);
    if (fits < 0) throw new MemoryEnds();
    const next = Math.max(fits, Atomics.load(this.control, tableAt));
    Atomics.store(this.control, nextTableAt, next);
    return this.tables[next] !== this.table;
  }

  /** Puts the pairs of one of `parts` equal parts of the table into the next table. */
  move(part: number, parts: number): void {
    const { table } = this;
    const next = this.tables[Atomics.load(this.control, nextTableAt)]!;
    if (next === table) return;
    const mask = next.length / 2 - 1;
    const unused = Math.clz32(mask);
    const pairs = table.length / 2;
    const end = 2 * Math.floor((pairs * (part + 1)) / parts);
    for (let i = 2 * Math.floor((pairs * part) / parts); i < end; i += 2) {
      const pair = table[i + 1]!;
      if (pair === 0) continue;
      let slot = table[i]! >>> unused;
      while (Atomics.compareExchange(next, 2 * slot + 1, 0, pair) !== 0) slot = (slot + 1) & mask;
      next[2 * slot] = table[i]!;
    }
  }

  /** The next table is the one in use, once all have moved. */
  change(): void {
    Atomics.store(this.control, tableAt, Atomics.load(this.control, nextTableAt));
  }

  /**
   * The place of a row: its old one if known (`~place`, negative), else a new one. Plain reads:
   * Atomics.load is a call where this is hot. Only the exchange decides who owns a slot, and a slot
   * that has an owner keeps it, so a stale read is a 0, and asks the exchange.
   */
  insert(rows: Uint32Array, from: number, hash: number): number {
    const { table, mask } = this;
    // 0 says that the winner of a slot has not yet written its hash.
    const tag = hash === 0 ? 1 : hash;
    let slot = tag >>> this.unused;
    for (;;) {
      let found = table[2 * slot + 1]!;
      if (found === 0) {
        const place = this.write(rows, from);
        found = Atomics.compareExchange(table, 2 * slot + 1, 0, place + 1);
        if (found === 0) {
          table[2 * slot] = tag;
          this.count++;
          return place;
        }
      }
      const known = table[2 * slot];
      if ((known === tag || known === 0) && this.equals(found - 1, rows, from)) return ~(found - 1);
      slot = (slot + 1) & mask;
    }
  }

  add(row: Uint32Array): number {
    return this.insert(row, 0, hashWords(row, 0, this.words));
  }

  /** As StateStore's: lets the answers of the memory overlap. */
  touch(hashes: Int32Array, count: number): void {
    const { table, unused, words } = this;
    let sum = 0;
    for (let i = 0; i < count; i++) sum ^= table[2 * (hashes[i]! >>> unused)]!;
    for (let i = 0; i < count; i++) {
      const slot = 2 * (hashes[i]! >>> unused);
      const found = table[slot + 1]! - 1;
      if (found < 0 || table[slot] !== hashes[i]) continue;
      const at = this.rowAt(found);
      const segment = this.segmentOf(found);
      sum ^= segment[at]! ^ segment[at + words - 1]!;
    }
    this.touched ^= sum;
  }

  read(place: number, row: Uint32Array): void {
    this.readAt(place, row, 0);
  }

  readAt(place: number, row: Uint32Array, at: number): void {
    const segment = this.segmentOf(place);
    const from = this.rowAt(place);
    for (let i = 0; i < this.words; i++) row[at + i] = segment[from + i]!;
  }

  private segmentOf(place: number): Uint32Array {
    const { bits, shift } = this;
    const segment = (place >>> bits) >>> shift;
    return this.segments[(segment << bits) | (place & ((1 << bits) - 1))]!;
  }

  private rowAt(place: number): number {
    return ((place >>> this.bits) & this.within) * this.words;
  }

  /** Writes a row where this thread's next one stands; it counts once the table names it. */
  private write(rows: Uint32Array, from: number): number {
    const { count, words } = this;
    const segment = this.own[count >>> this.shift];
    if (segment === undefined || count >= this.countMax) throw new MemoryEnds();
    const at = (count & this.within) * words;
    for (let i = 0; i < words; i++) segment[at + i] = rows[from + i]!;
    return (count << this.bits) | this.thread;
  }

  private equals(place: number, rows: Uint32Array, from: number): boolean {
    const segment = this.segmentOf(place);
    const at = this.rowAt(place);
    for (let i = 0; i < this.words; i++) if (segment[at + i] !== rows[from + i]) return false;
    return true;
  }
}
