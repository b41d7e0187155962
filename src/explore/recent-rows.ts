/**
 * Rows that were met a while ago, exactly, as many as fit: the last to come by keeps its place. In a
 * breadth-first search the ways to a row lie close together, so most rows that come again are here.
 */
const rowsKept = 1 << 14;
const place = 0x7fffffff;

export class RecentRows {
  private readonly words: number;
  private readonly rows: Uint32Array;
  /** 1 where a row is kept. */
  private readonly kept = new Uint8Array(rowsKept);

  constructor(words: number) {
    this.words = words;
    this.rows = new Uint32Array(words * rowsKept);
  }

  /** Whether a row, of this hash, is here; it is from now on. */
  meet(row: Uint32Array, hash: number): boolean {
    const { words, rows } = this;
    const at = (hash & place) % rowsKept;
    const from = at * words;
    let i = 0;
    if (this.kept[at] === 1) while (i < words && rows[from + i] === row[i]) i++;
    if (i === words) return true;
    for (; i < words; i++) rows[from + i] = row[i]!;
    this.kept[at] = 1;
    return false;
  }

  /** Every row that is here, behind its place. */
  saved(): Int32Array {
    const { words, rows, kept } = this;
    const saved: number[] = [];
    kept.forEach((isKept, at) => {
      if (isKept === 1) saved.push(at, ...rows.subarray(at * words, (at + 1) * words));
    });
    return Int32Array.from(saved);
  }

  /** Takes saved rows. False when they are none. */
  restore(saved: Int32Array): boolean {
    const { words, rows, kept } = this;
    if (saved.length % (words + 1) !== 0) return false;
    for (let from = 0; from < saved.length; from += words + 1) {
      const at = saved[from]!;
      if (at < 0 || at >= rowsKept) return false;
      rows.set(saved.subarray(from + 1, from + 1 + words), at * words);
      kept[at] = 1;
    }
    return true;
  }
}
