/**
 * Two kernels side by side: breadth first over pairs of states that one program leads to, so that
 * the first program on which the two show different things is a shortest one. Where they have
 * differed the search does not go on: what follows a difference explains nothing more.
 */
import { type KernelGraph, NOT_APPLICABLE } from "./graph.ts";

/** A program on which the two kernels differ at its last operation and not before. */
export interface Difference {
  /** Numbers of operations. */
  readonly program: readonly number[];
  /** What the last operation showed, on each side. */
  readonly shown: readonly [number, number];
  /** The states after it, on each side. */
  readonly states: readonly [number, number];
}

export interface ProductOptions {
  readonly depth: number;
  /** Called with each difference, shortest first; true ends the search. */
  readonly onDifference: (difference: Difference) => boolean;
  readonly interrupted?: () => boolean;
  readonly maxPairs?: number;
}

export interface ProductResult {
  /** Every program up to this length has been looked at. */
  readonly depth: number;
  readonly bound: "pairs" | "interrupted" | "enough" | undefined;
  readonly pairs: number;
  readonly transitions: number;
}

/** Walks both graphs; they share a bench. */
export function product(
  left: KernelGraph,
  right: KernelGraph,
  options: ProductOptions,
): ProductResult {
  const { operations, alike, pages } = left.bench.alphabet;
  const otherPages = operations.map(({ page }) => page !== undefined && page !== pages[0]!.name);
  const found = new Pairs();
  found.add(0, 0, -1, -1, alike);
  let transitions = 0;
  const result = (depth: number, bound: ProductResult["bound"]): ProductResult => ({
    depth,
    bound,
    pairs: found.size,
    transitions,
  });
  if (left.view(0) !== right.view(0)) throw new Error("Two kernels begin with different memory.");
  for (let depth = 0, from = 0; depth < options.depth; depth++) {
    const end = found.size;
    if (from === end) return result(options.depth, undefined);
    for (let pair = from; pair < end; pair++) {
      if ((pair & 255) === 0 && options.interrupted?.()) return result(depth, "interrupted");
      const a = found.left[pair]!;
      const b = found.right[pair]!;
      const symmetric = found.symmetric[pair]!;
      for (let o = 0; o < operations.length; o++) {
        if (symmetric && otherPages[o]) continue;
        const nextLeft = left.next(a, o);
        const nextRight = right.next(b, o);
        if (nextLeft === NOT_APPLICABLE || nextRight === NOT_APPLICABLE) continue;
        transitions++;
        const shown = [left.shown(a, o), right.shown(b, o)] as const;
        const known = found.has(nextLeft, nextRight);
        const unlike = () =>
          left.view(nextLeft) !== right.view(nextRight) ||
          left.detail(nextLeft) !== right.detail(nextRight);
        if (shown[0] !== shown[1] || (!known && unlike())) {
          const program = [...found.programTo(pair), o];
          const stop = options.onDifference({ program, shown, states: [nextLeft, nextRight] });
          if (stop) return result(depth, "enough");
          continue;
        }
        if (known) continue;
        found.add(nextLeft, nextRight, pair, o, symmetric && operations[o]!.page === undefined);
        if (found.size > (options.maxPairs ?? Number.POSITIVE_INFINITY))
          return result(depth, "pairs");
      }
    }
    from = end;
  }
  return result(options.depth, undefined);
}

/** The pairs met so far, in order, each with the operation that first led to it. */
class Pairs {
  readonly left: number[] = [];
  readonly right: number[] = [];
  readonly symmetric: boolean[] = [];
  private readonly parents: number[] = [];
  private readonly operations: number[] = [];
  private readonly met = new Set<number>();

  get size(): number {
    return this.left.length;
  }

  has(a: number, b: number): boolean {
    return this.met.has(a * statesMax + b);
  }

  add(a: number, b: number, parent: number, operation: number, symmetric: boolean): void {
    this.met.add(a * statesMax + b);
    this.left.push(a);
    this.right.push(b);
    this.parents.push(parent);
    this.operations.push(operation);
    this.symmetric.push(symmetric);
  }

  programTo(pair: number): number[] {
    const program: number[] = [];
    for (let p = pair; p > 0; p = this.parents[p]!) program.push(this.operations[p]!);
    return program.reverse();
  }
}

const statesMax = 2 ** 26;
