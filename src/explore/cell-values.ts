/**
 * What each cell of the state may ever hold, over every interleaving: a set of numbers, or "any"
 * once there are too many. Counts (ref, map, sequence numbers) are nobody's index, so their sets
 * are given up early.
 */
const plainMax = 128;
const counterMax = 8;

export class CellValues {
  private readonly lists: (readonly number[] | undefined)[];
  private readonly counts: Uint8Array;
  /** The value that every write so far has put into a cell; NaN for several. */
  private readonly put: (number | undefined)[] = [];

  constructor(first: ArrayLike<number>) {
    this.lists = Array.from(first, (value) => [value]);
    this.counts = new Uint8Array(first.length);
  }

  /** The values of `cell`, or undefined for any. */
  of(cell: number): readonly number[] | undefined {
    return this.lists[cell];
  }

  /** Whether every write of `cell`, whoever makes it, puts the same value there. */
  isLatch(cell: number): boolean {
    const put = this.put[cell];
    return put !== undefined && !Number.isNaN(put);
  }

  /** Notes that `cell` is added to or subtracted from. */
  isCount(cell: number): void {
    this.counts[cell] = 1;
  }

  /** Adds numbers, undefined for any. Whether the cell may hold more than before. */
  add(cell: number, numbers: readonly number[] | undefined): boolean {
    const put = this.put[cell] ?? numbers?.[0];
    const isSame = numbers?.every((number) => number === put) === true;
    this.put[cell] = isSame ? put : Number.NaN;
    const list = this.lists[cell];
    if (list === undefined) return false;
    if (numbers === undefined) {
      this.lists[cell] = undefined;
      return true;
    }
    const fresh = [...new Set(numbers.filter((number) => !list.includes(number)))];
    if (fresh.length === 0) return false;
    const max = this.counts[cell] === 1 ? counterMax : plainMax;
    this.lists[cell] = list.length + fresh.length > max ? undefined : [...list, ...fresh];
    return true;
  }
}
