/**
 * One actor's local states: its program counter, statement and registers, and the cells of the
 * world that nobody else touches. A slot may hold `anyNumber`.
 */
export const anyNumber = -1;

/** Vectors of whole numbers, numbered in order of insertion. */
export class LocalStates {
  readonly slots: number;
  private keys: Int32Array;
  private table = new Int32Array(1 << 8);
  private count = 0;

  constructor(slots: number) {
    this.slots = slots;
    this.keys = new Int32Array(slots * 64);
  }

  get size(): number {
    return this.count;
  }

  slot(state: number, slot: number): number {
    return this.keys[state * this.slots + slot]!;
  }

  copy(state: number, into: Int32Array): void {
    for (let i = 0; i < this.slots; i++) into[i] = this.keys[state * this.slots + i]!;
  }

  /** Whether a vector is what `row` has in `cells`; a wide slot is like any number. */
  matches(state: number, row: ArrayLike<number>, cells: readonly number[]): boolean {
    const { keys, slots } = this;
    for (let i = 0, at = state * slots; i < slots; i++, at++) {
      const value = keys[at]!;
      if (value !== row[cells[i]!] && value !== anyNumber) return false;
    }
    return state < this.count;
  }

  /** The number of `key`, or -1. */
  find(key: Int32Array): number {
    return this.table[this.place(key)]! - 1;
  }

  /** The number of `key`, a new one if it is new. */
  add(key: Int32Array): number {
    const place = this.place(key);
    const known = this.table[place]!;
    if (known !== 0) return known - 1;
    const number = this.count++;
    if ((number + 1) * this.slots > this.keys.length) {
      const larger = new Int32Array(this.keys.length * 2);
      larger.set(this.keys);
      this.keys = larger;
    }
    this.keys.set(key, number * this.slots);
    this.table[place] = number + 1;
    if (this.count * 2 > this.table.length) this.grow();
    return number;
  }

  private place(key: Int32Array): number {
    const { table, keys, slots } = this;
    const mask = table.length - 1;
    let at = hash(key, 0, slots) & mask;
    for (;;) {
      const found = table[at]!;
      if (found === 0) return at;
      const from = (found - 1) * slots;
      let i = 0;
      while (i < slots && keys[from + i] === key[i]) i++;
      if (i === slots) return at;
      at = (at + 1) & mask;
    }
  }

  private grow(): void {
    const table = new Int32Array(this.table.length * 4);
    const mask = table.length - 1;
    for (let number = 0; number < this.count; number++) {
      let at = hash(this.keys, number * this.slots, this.slots) & mask;
      while (table[at] !== 0) at = (at + 1) & mask;
      table[at] = number + 1;
    }
    this.table = table;
  }
}

function hash(keys: Int32Array, from: number, slots: number): number {
  let mixed = 0x9e3779b9 | 0;
  for (let i = 0; i < slots; i++) {
    mixed = Math.imul(mixed ^ keys[from + i]!, 0x85ebca6b);
    mixed ^= mixed >>> 15;
  }
  return mixed ^ (mixed >>> 13);
}
