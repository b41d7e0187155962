/**
 * Answers to a question about pairs of local states, each of one graph, kept because a search asks
 * the same ones over and over: a byte a pair, as far as that is small.
 */
export const unasked = 0;
export const yes = 1;
export const no = 2;

const pairsMax = 1 << 22;

export class PairAnswers {
  private bytes = new Uint8Array(1 << 10);
  private rows = 1 << 5;
  /** Logarithm of the second state's bound. */
  private shift = 5;

  of(one: number, other: number): number {
    return one < this.rows && other >>> this.shift === 0
      ? this.bytes[(one << this.shift) | other]!
      : unasked;
  }

  note(one: number, other: number, answer: number): void {
    if (one >= this.rows || other >>> this.shift !== 0) this.grow(one, other);
    if (one < this.rows && other >>> this.shift === 0)
      this.bytes[(one << this.shift) | other] = answer;
  }

  private grow(one: number, other: number): void {
    let { rows, shift } = this;
    while (one >= rows) rows *= 2;
    while (other >>> shift !== 0) shift++;
    if (rows * 2 ** shift > pairsMax) return;
    const larger = new Uint8Array(rows << shift);
    const columns = 1 << this.shift;
    for (let row = 0; row < this.rows; row++)
      larger.set(this.bytes.subarray(row * columns, (row + 1) * columns), row << shift);
    this.bytes = larger;
    this.rows = rows;
    this.shift = shift;
  }
}
