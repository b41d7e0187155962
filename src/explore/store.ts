/**
 * The visited states: rows packed as 32-bit words in segments of an arena (a single typed array
 * ends at 4 GB), found again by an open-addressing table of their numbers. Numbers are given in
 * order of insertion, so that a breadth-first search needs no queue of its own.
 */

const segmentWords = 1 << 22;

export class StateStore {
  /** Words per state. */
  readonly words: number;
  private readonly rowsPerSegment: number;
  private readonly segments: Uint32Array[] = [];
  private table = new Int32Array(1 << 12).fill(-1);
  private hashes = new Int32Array(1 << 11);
  private count = 0;

  constructor(words: number) {
    this.words = words;
    this.rowsPerSegment = Math.max(1, Math.floor(segmentWords / words));
  }

  get size(): number {
    return this.count;
  }

  /** Bytes held by rows, table and hashes. */
  get bytes(): number {
    const rows = this.segments.reduce((sum, segment) => sum + segment.byteLength, 0);
    return rows + this.table.byteLength + this.hashes.byteLength;
  }

  /** The number of the state in `row`: its old one if known (`~number`, negative), else a new one. */
  insert(row: Uint32Array): number {
    if (this.count * 2 >= this.table.length) this.grow();
    const hash = hashWords(row, this.words);
    const mask = this.table.length - 1;
    let slot = hash & mask;
    for (;;) {
      const found = this.table[slot]!;
      if (found < 0) break;
      if (this.hashes[found] === hash && this.equals(found, row)) return ~found;
      slot = (slot + 1) & mask;
    }
    return this.append(row, hash, slot);
  }

  /** Copies state `number` into `row`. */
  read(number: number, row: Uint32Array): void {
    const segment = this.segments[Math.floor(number / this.rowsPerSegment)]!;
    const from = (number % this.rowsPerSegment) * this.words;
    for (let i = 0; i < this.words; i++) row[i] = segment[from + i]!;
  }

  private append(row: Uint32Array, hash: number, slot: number): number {
    const number = this.count++;
    const within = number % this.rowsPerSegment;
    if (within === 0) this.segments.push(new Uint32Array(this.segmentSize()));
    let segment = this.segments[this.segments.length - 1]!;
    if ((within + 1) * this.words > segment.length) segment = this.widen(segment);
    segment.set(row.length === this.words ? row : row.subarray(0, this.words), within * this.words);
    if (number >= this.hashes.length) this.hashes = enlarged(this.hashes);
    this.hashes[number] = hash;
    this.table[slot] = number;
    return number;
  }

  /** The first segment starts small: most tests have a few hundred states. */
  private segmentSize(): number {
    const full = this.rowsPerSegment * this.words;
    return this.segments.length === 0 ? Math.min(full, this.words * 256) : full;
  }

  private widen(segment: Uint32Array): Uint32Array {
    const full = this.rowsPerSegment * this.words;
    const wider = new Uint32Array(Math.min(full, segment.length * 4));
    wider.set(segment);
    this.segments[this.segments.length - 1] = wider;
    return wider;
  }

  private equals(number: number, row: Uint32Array): boolean {
    const segment = this.segments[Math.floor(number / this.rowsPerSegment)]!;
    const from = (number % this.rowsPerSegment) * this.words;
    for (let i = 0; i < this.words; i++) if (segment[from + i] !== row[i]) return false;
    return true;
  }

  private grow(): void {
    const table = new Int32Array(this.table.length * 4).fill(-1);
    const mask = table.length - 1;
    for (let number = 0; number < this.count; number++) {
      let slot = this.hashes[number]! & mask;
      while (table[slot]! >= 0) slot = (slot + 1) & mask;
      table[slot] = number;
    }
    this.table = table;
  }
}

function enlarged(array: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}

/** A 32-bit mix of all words; good enough for the table, never trusted for equality. */
export function hashWords(row: Uint32Array, words: number): number {
  let hash = 0x9e3779b9 | 0;
  for (let i = 0; i < words; i++) {
    hash = Math.imul(hash ^ row[i]!, 0x85ebca6b);
    hash = (hash << 13) | (hash >>> 19);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0xc2b2ae35);
  return hash ^ (hash >>> 15);
}
