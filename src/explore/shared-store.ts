/**
 * The visited states of several threads: rows in arenas of their own, found again through one table
 * in shared memory. A slot is taken by an exchange that only one thread can win; whoever loses
 * compares with the winner's row. Memory is promised at once and used as it is touched; between
 * rounds, when nobody inserts, the pairs of a table that is too small move to the next larger one.
 */
import { copyPairs, hashWords } from "./store.ts";

/** What the threads share of one store. */
export interface StoreMemory {
  readonly words: number;
  /** Each four times as large as the one before; pairs as in store.ts: hash, number + 1. */
  readonly tables: readonly SharedArrayBuffer[];
  /** Per thread, its arena. */
  readonly segments: readonly (readonly SharedArrayBuffer[])[];
  /** Word 0: which table is in use; then each thread's number of rows. */
  readonly control: SharedArrayBuffer;
}

const segmentBytes = 1 << 25;
const bytesOfPair = 8;
const firstBits = 17;
const bitsMax = 27;
const bitsMore = 2;

/** A table has at least so many pairs per row. */
const loadMax = 1.4;

/** Thrown where the promised memory ends. */
export class MemoryEnds extends Error {}

/** Promises memory for `threads` threads: `bytes` for rows, and a table for as many rows as fit. */
export function storeMemory(words: number, threads: number, bytes: number): StoreMemory {
  const perThread = Math.max(1, Math.ceil(bytes / threads / segmentBytes));
  const bitsWanted = Math.min(bitsMax, Math.ceil(Math.log2((bytes / (words * 4)) * loadMax)));
  const tables: SharedArrayBuffer[] = [];
  for (let bits = firstBits; ; bits += bitsMore) {
    tables.push(new SharedArrayBuffer(bytesOfPair * 2 ** bits));
    if (bits >= bitsWanted) break;
  }
  const segments = Array.from({ length: threads }, () =>
    Array.from({ length: perThread }, () => new SharedArrayBuffer(segmentBytes)),
  );
  const control = new SharedArrayBuffer(4 * (1 + threads));
  return { words, tables, segments, control };
}

export class SharedStore {
  readonly words: number;
  private readonly thread: number;
  private readonly threads: number;
  private readonly tables: readonly Int32Array[];
  private table: Int32Array;
  private readonly control: Int32Array;
  /** The first segment of each thread, then the second of each, and so on. */
  private readonly segments: readonly Uint32Array[];
  private readonly own: readonly Uint32Array[];
  /** Bits of a state's number that say whose row it is. */
  private readonly bits: number;
  private readonly shift: number;
  private readonly within: number;
  private mask = 0;
  /** Bits of a hash that do not say where to look. */
  private unused = 32;
  private count = 0;
  private touched = 0;

  constructor(memory: StoreMemory, thread: number) {
    this.words = memory.words;
    this.thread = thread;
    this.threads = memory.segments.length;
    this.tables = memory.tables.map((table) => new Int32Array(table));
    this.table = this.tables[0]!;
    this.control = new Int32Array(memory.control);
    this.bits = Math.ceil(Math.log2(this.threads));
    const segments: Uint32Array[] = [];
    memory.segments.forEach((all, of) => {
      all.forEach((one, i) => {
        segments[(i << this.bits) | of] = new Uint32Array(one);
      });
    });
    this.segments = segments;
    this.own = memory.segments[thread]!.map((_, i) => segments[(i << this.bits) | thread]!);
    this.shift = Math.floor(Math.log2(segmentBytes / 4 / memory.words));
    this.within = 2 ** this.shift - 1;
    this.settle();
  }

  /** Rows of all threads, as of the last `tell` of each. */
  get size(): number {
    let sum = 0;
    for (let thread = 0; thread < this.threads; thread++) sum += this.rowsOf(thread);
    return sum;
  }

  get bytes(): number {
    return this.size * this.words * 4 + this.table.byteLength;
  }

  /** How many rows a thread has told of. */
  rowsOf(thread: number): number {
    return Atomics.load(this.control, 1 + thread);
  }

  /** The number of a thread's row: numbers of different threads are interleaved. */
  numberOf(thread: number, row: number): number {
    return (row << this.bits) | thread;
  }

  /** Tells the others how many rows this thread has. */
  tell(): void {
    Atomics.store(this.control, 1 + this.thread, this.count);
  }

  /** Takes notice of a larger table. */
  settle(): void {
    this.table = this.tables[Atomics.load(this.control, 0)]!;
    this.mask = this.table.length / 2 - 1;
    this.unused = Math.clz32(this.mask);
  }

  /** Makes room for `rows` in the table. Only while nobody inserts. */
  reserve(rows: number): void {
    const { tables, table: before } = this;
    const pairs = rows * loadMax;
    const fits = tables.findIndex((table) => table.length / 2 >= pairs);
    if (fits < 0) throw new MemoryEnds();
    const table = tables[fits]!;
    if (table.length <= before.length) return;
    copyPairs(before, table, Math.log2(table.length / 2));
    Atomics.store(this.control, 0, fits);
    this.settle();
  }

  /**
   * Plain reads: Atomics.load is a call where this is hot. Only the exchange decides who owns a slot,
   * and a slot that has an owner keeps it, so a stale read is a 0, and asks the exchange.
   */
  insert(rows: Uint32Array, from: number, hash: number): number {
    const { table, mask } = this;
    // 0 says that the winner of a slot has not yet written its hash.
    const tag = hash === 0 ? 1 : hash;
    let slot = tag >>> this.unused;
    for (;;) {
      let found = table[2 * slot + 1]!;
      if (found === 0) {
        const number = this.write(rows, from);
        found = Atomics.compareExchange(table, 2 * slot + 1, 0, number + 1);
        if (found === 0) {
          table[2 * slot] = tag;
          this.count++;
          return number;
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
      const at = this.placeOf(found);
      const segment = this.segmentOf(found);
      sum ^= segment[at]! ^ segment[at + words - 1]!;
    }
    this.touched ^= sum;
  }

  read(number: number, row: Uint32Array): void {
    this.readAt(number, row, 0);
  }

  readAt(number: number, row: Uint32Array, at: number): void {
    const segment = this.segmentOf(number);
    const from = this.placeOf(number);
    for (let i = 0; i < this.words; i++) row[at + i] = segment[from + i]!;
  }

  private segmentOf(number: number): Uint32Array {
    const { bits, shift } = this;
    const segment = (number >>> bits) >>> shift;
    return this.segments[(segment << bits) | (number & ((1 << bits) - 1))]!;
  }

  private placeOf(number: number): number {
    return ((number >>> this.bits) & this.within) * this.words;
  }

  /** Writes a row where this thread's next one stands; it counts once the table names it. */
  private write(rows: Uint32Array, from: number): number {
    const { count, words } = this;
    const segment = this.own[count >>> this.shift];
    if (segment === undefined) throw new MemoryEnds();
    const at = (count & this.within) * words;
    for (let i = 0; i < words; i++) segment[at + i] = rows[from + i]!;
    return this.numberOf(this.thread, count);
  }

  private equals(number: number, rows: Uint32Array, from: number): boolean {
    const segment = this.segmentOf(number);
    const at = this.placeOf(number);
    for (let i = 0; i < this.words; i++) if (segment[at + i] !== rows[from + i]) return false;
    return true;
  }
}
