/**
 * A number of which tracing knows that it is one of several. All that is computed from one read
 * stays tied to it: an entry, the frame it names and whether it is present are tables over the same
 * possibilities, so that a branch on one of them leaves fewer of all. NaN stands for any number.
 */

const lists: (readonly number[] | undefined)[] = [];

/** 0, 1, ... up to `count`. */
function upTo(count: number): readonly number[] {
  const known = lists[count];
  if (known !== undefined) return known;
  const made = Array.from({ length: count }, (_, i) => i);
  lists[count] = made;
  return made;
}

/** One read: which of its possibilities are left. */
export class Source {
  left: readonly number[];

  constructor(count: number) {
    this.left = upTo(count);
  }
}

/** What was read, or what was computed from it: a number for each possibility of its source. */
export class Possible {
  readonly source: Source;
  readonly table: readonly number[];

  constructor(source: Source, table: readonly number[]) {
    this.source = source;
    this.table = table;
  }
}

export type Value = number | Possible;

/** More numbers than this are any number. */
const numbersMax = 160;
const pairsMax = 4096;

/** One of these numbers; undefined is any. */
export function oneOf(values: readonly number[] | undefined): Value {
  if (values === undefined || values.length > numbersMax) return Number.NaN;
  return values.length === 1 ? values[0]! : new Possible(new Source(values.length), values);
}

/** The numbers that a value may be, or undefined for any. */
export function numbersOf(value: Value): readonly number[] | undefined {
  if (typeof value === "number") return Number.isNaN(value) ? undefined : [value];
  const found = new Set<number>();
  for (const at of value.source.left) found.add(value.table[at]!);
  return [...found];
}

/** The numbers that one of several may be. */
export function anyOf(values: readonly Value[]): Value {
  if (values.length === 1) return values[0]!;
  const found = new Set<number>();
  for (const value of values) {
    if (typeof value === "number") {
      if (Number.isNaN(value)) return value;
      found.add(value);
    } else for (const at of value.source.left) found.add(value.table[at]!);
  }
  return oneOf([...found]);
}

/** A function of one number, of each of the possibilities. */
export function each(value: Value, compute: (number: number) => number): Value {
  if (typeof value === "number") return Number.isNaN(value) ? value : compute(value);
  return settled(value.source, value.table.map(compute));
}

/** A function of two numbers, of all that they may be together. */
export function both(
  left: Value,
  right: Value,
  compute: (left: number, right: number) => number,
): Value {
  if (typeof right === "number")
    return Number.isNaN(right) ? right : each(left, (one) => compute(one, right));
  if (typeof left === "number")
    return Number.isNaN(left) ? left : each(right, (one) => compute(left, one));
  if (left.source === right.source)
    return settled(
      left.source,
      left.table.map((one, at) => compute(one, right.table[at]!)),
    );
  const [some, others] = [numbersOf(left)!, numbersOf(right)!];
  if (some.length * others.length > pairsMax) return Number.NaN;
  const found = new Set<number>();
  for (const one of some) for (const other of others) found.add(compute(one, other));
  return oneOf([...found]);
}

/** The one number, if all that is left agree on it. */
function settled(source: Source, table: readonly number[]): Value {
  const first = table[source.left[0]!]!;
  for (const at of source.left) if (table[at] !== first) return new Possible(source, table);
  return first;
}

const binaries: Readonly<Record<string, (left: number, right: number) => number>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "%": (a, b) => a % b,
  "|": (a, b) => a | b,
  "&": (a, b) => a & b,
  "^": (a, b) => a ^ b,
  "<<": (a, b) => a << b,
  ">>": (a, b) => a >> b,
  ">>>": (a, b) => a >>> b,
  "===": (a, b) => (a === b ? 1 : 0),
  "!==": (a, b) => (a !== b ? 1 : 0),
  "<": (a, b) => (a < b ? 1 : 0),
  ">": (a, b) => (a > b ? 1 : 0),
  "<=": (a, b) => (a <= b ? 1 : 0),
  ">=": (a, b) => (a >= b ? 1 : 0),
};

const unaries: Readonly<Record<string, (value: number) => number>> = {
  "!": (a) => (a ? 0 : 1),
  "~": (a) => ~a,
  "-": (a) => -a,
  "+": (a) => a,
};

export function unary(operator: string, value: Value): Value {
  return each(value, unaries[operator]!);
}

export function binary(operator: string, left: Value, right: Value): Value {
  if (operator === "&" && (left === 0 || right === 0)) return 0;
  return both(left, right, binaries[operator]!);
}

/** What an operator gives for plain numbers. */
export function operate(operator: string, left: number, right?: number): number {
  return right === undefined ? unaries[operator]!(left) : binaries[operator]!(left, right);
}
