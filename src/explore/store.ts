/**
 * The visited states: rows packed as 32-bit words in segments of an arena (a single typed array
 * ends at 4 GB), found again by an open-addressing table that keeps a state's whole hash beside its
 * number, so that a look-up reads the arena only where it will almost surely find an equal row.
 * Numbers are given in order of insertion: a breadth-first search needs no queue of its own.
 */

const segmentWordsWanted = 1 << 21;
const firstRows = 64;
/** A table has at least so many pairs per state. */
const loadMax = 1.6;

export class StateStore {
  /** Words per state. */
  readonly words: number;
  private readonly shift: number;
  private readonly within: number;
  private readonly segments: Uint32Array[] = [];
  /**
   * Pairs: hash, number + 1; a pair with 0 in second place is empty. The first bits of a hash say
   * where to look: so a table that grows is copied from one end to the other.
   */
  private table = new Int32Array(1 << 9);
  private bits = 8;
  private mask = (1 << 8) - 1;
  private count = 0;
  /** Keeps the engine from dropping the reads of `touch`. */
  private touched = 0;

  constructor(words: number, segmentWords = segmentWordsWanted) {
    this.words = words;
    this.shift = Math.max(0, Math.floor(Math.log2(segmentWords / words)));
    this.within = 2 ** this.shift - 1;
  }

  get size(): number {
    return this.count;
  }

  /** Bytes held by rows and table. */
  get bytes(): number {
    const rows = this.segments.reduce((sum, segment) => sum + segment.byteLength, 0);
    return rows + this.table.byteLength;
  }

  /**
   * The number of the state that lies in `rows` at word `from`: its old one if known (`~number`,
   * negative), else a new one.
   */
  insert(rows: Uint32Array, from: number, hash: number): number {
    const { table, mask } = this;
    let slot = hash >>> (32 - this.bits);
    for (;;) {
      const found = table[2 * slot + 1]!;
      if (found === 0) break;
      if (table[2 * slot] === hash && this.equals(found - 1, rows, from)) return ~(found - 1);
      slot = (slot + 1) & mask;
    }
    const number = this.append(rows, from);
    table[2 * slot] = hash;
    table[2 * slot + 1] = number + 1;
    if (this.count * loadMax > mask) this.grow();
    return number;
  }

  /** As `insert`, for one row. */
  add(row: Uint32Array): number {
    return this.insert(row, 0, hashWords(row, 0, this.words));
  }

  /**
   * Reads what `insert` will need for `count` hashes, so that the memory's answers overlap: most
   * of a large search is waiting for them.
   */
  touch(hashes: Int32Array, count: number): void {
    const { table, words, within, shift, segments } = this;
    const unused = 32 - this.bits;
    let sum = 0;
    for (let i = 0; i < count; i++) sum ^= table[2 * (hashes[i]! >>> unused)]!;
    for (let i = 0; i < count; i++) {
      const slot = 2 * (hashes[i]! >>> unused);
      const found = table[slot + 1]! - 1;
      if (found < 0 || table[slot] !== hashes[i]) continue;
      const segment = segments[found >>> shift]!;
      const at = (found & within) * words;
      sum ^= segment[at]! ^ segment[at + words - 1]!;
    }
    this.touched ^= sum;
  }

  /** Copies state `number` into `row`. */
  read(number: number, row: Uint32Array): void {
    this.readAt(number, row, 0);
  }

  /** Copies state `number` into `row` from its word `at` on. */
  readAt(number: number, row: Uint32Array, at: number): void {
    const segment = this.segments[number >>> this.shift]!;
    const from = (number & this.within) * this.words;
    for (let i = 0; i < this.words; i++) row[at + i] = segment[from + i]!;
  }

  private append(rows: Uint32Array, from: number): number {
    const number = this.count++;
    const within = number & this.within;
    if (within === 0) this.segments.push(new Uint32Array(this.segmentWords()));
    let segment = this.segments[this.segments.length - 1]!;
    const at = within * this.words;
    if (at >= segment.length) segment = this.widen(segment);
    for (let i = 0; i < this.words; i++) segment[at + i] = rows[from + i]!;
    return number;
  }

  /** The first segment starts small: most tests have a few hundred states. */
  private segmentWords(): number {
    const rows = this.within + 1;
    return this.words * (this.segments.length === 0 ? Math.min(rows, firstRows) : rows);
  }

  private widen(segment: Uint32Array): Uint32Array {
    const full = (this.within + 1) * this.words;
    const wider = new Uint32Array(Math.min(full, segment.length * 4));
    wider.set(segment);
    this.segments[this.segments.length - 1] = wider;
    return wider;
  }

  private equals(number: number, rows: Uint32Array, from: number): boolean {
    const segment = this.segments[number >>> this.shift]!;
    const at = (number & this.within) * this.words;
    for (let i = 0; i < this.words; i++) if (segment[at + i] !== rows[from + i]) return false;
    return true;
  }

  private grow(): void {
    this.bits++;
    const table = new Int32Array(2 << this.bits);
    copyPairs(this.table, table, this.bits);
    this.table = table;
    this.mask = (1 << this.bits) - 1;
  }
}

/** Puts the pairs of a table into a larger one that is empty, of 2 ** bits pairs. */
export function copyPairs(from: Int32Array, to: Int32Array, bits: number): void {
  const mask = (1 << bits) - 1;
  for (let i = 0; i < from.length; i += 2) {
    if (from[i + 1] === 0) continue;
    let slot = from[i]! >>> (32 - bits);
    while (to[2 * slot + 1] !== 0) slot = (slot + 1) & mask;
    to[2 * slot] = from[i]!;
    to[2 * slot + 1] = from[i + 1]!;
  }
}

/** A 32-bit mix of `words` words from `from`; good enough for the table, never trusted for equality. */
export function hashWords(rows: Uint32Array, from: number, words: number): number {
  let even = 0x9e3779b9 | 0;
  let odd = 0x7f4a7c15 | 0;
  const end = from + words;
  let i = from;
  for (; i + 1 < end; i += 2) {
    even = Math.imul(even ^ rows[i]!, 0x85ebca6b);
    odd = Math.imul(odd ^ rows[i + 1]!, 0xc2b2ae35);
    even ^= even >>> 15;
    odd ^= odd >>> 13;
  }
  if (i < end) even = Math.imul(even ^ rows[i]!, 0x85ebca6b);
  let hash = Math.imul(even ^ (even >>> 16), 0xc2b2ae35) ^ odd;
  hash = Math.imul(hash ^ (hash >>> 16), 0x27d4eb2f);
  return hash ^ (hash >>> 15);
}
