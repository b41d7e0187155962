/**
 * What a set of tests covers: each decision of each kernel, set to each other value that some kernel
 * gives, and whether a verdict of the tests changes by it. A flip that none notices is a behaviour that
 * the tests would let anybody break.
 */
import { type DecisionName, decisionNames, findKernel, type Kernel } from "../kernels/index.ts";
import { type NoticingTest, noticedFlips } from "../kernels/noticed.ts";
import type { Test } from "../litmus/index.ts";
import type { DecisionValue } from "../step/index.ts";
import { type Flip, flipName, flipsOf, noticedBy } from "./mutation.ts";

/** A decision set to one value, on all kernels that decide otherwise. */
export interface CoveredValue {
  readonly name: DecisionName;
  readonly value: DecisionValue;
  readonly noticed: readonly string[];
  readonly missed: readonly string[];
  /** Tests that notice it on some kernel, the first found first. */
  readonly tests: readonly NoticingTest[];
}

export interface Coverage {
  readonly tests: number;
  readonly kernels: readonly string[];
  readonly flips: number;
  readonly noticed: number;
  /** In the order of the decisions. */
  readonly values: readonly CoveredValue[];
  /** False when the tests were not all asked. */
  readonly complete: boolean;
}

export interface CoverageOptions {
  /** The tests stand in the library, whose table answers for them where it can. */
  readonly fromLibrary?: boolean;
  readonly maxStates?: number;
  readonly interrupted?: () => boolean;
  /** Told before each test that is asked. */
  readonly onTest?: (name: string, at: number) => void;
}

/** Where a search for a noticing test stops. */
const maxStatesDefault = 4_000;
/** The table names so many tests of a flip at most: beyond them it knows none. */
const namedMax = 3;

/** What `tests` notice on the named kernels. */
export function coverage(
  tests: readonly Test[],
  kernels: readonly Kernel[],
  options: CoverageOptions = {},
): Coverage {
  const flips = kernels.flatMap(flipsOf);
  const found = new Map<string, NoticingTest>();
  const open = new Set(flips.map(flipName));
  if (options.fromLibrary) askTable(tests, flips, found, open);
  const complete = askTests(tests, kernels, found, open, options);
  return {
    tests: tests.length,
    kernels: kernels.map(({ name }) => name),
    flips: flips.length,
    noticed: found.size,
    values: byValue(flips, found),
    complete,
  };
}

/** What the library's table says of these tests; closes every flip of which it says all there is. */
function askTable(
  tests: readonly Test[],
  flips: readonly Flip[],
  found: Map<string, NoticingTest>,
  open: Set<string>,
): void {
  const names = new Set(tests.map(({ name }) => name));
  const known = tableTests();
  for (const flip of flips) {
    const key = flipName(flip);
    const all = known.get(key) ?? [];
    const own = all.find(({ test }) => names.has(test));
    if (own !== undefined) found.set(key, own);
    if (own !== undefined || all.length < namedMax) open.delete(key);
  }
}

/** The table's tests by the flip that they notice. */
export function tableTests(): ReadonlyMap<string, readonly NoticingTest[]> {
  const known = new Map<string, readonly NoticingTest[]>();
  for (const { name, value, kernels, tests } of noticedFlips())
    for (const kernel of kernels)
      known.set(flipName({ kernel: findKernel(kernel)!, name, value }), tests);
  return known;
}

/** Asks the tests about the flips that are still open; false if somebody interrupted. */
function askTests(
  tests: readonly Test[],
  kernels: readonly Kernel[],
  found: Map<string, NoticingTest>,
  open: Set<string>,
  { maxStates = maxStatesDefault, interrupted, onTest }: CoverageOptions,
): boolean {
  for (const [at, test] of tests.entries()) {
    if (open.size === 0) return true;
    if (interrupted?.()) return false;
    onTest?.(test.name, at);
    const wanted = (flip: Flip): boolean => open.has(flipName(flip));
    const asked = kernels.filter((kernel) => flipsOf(kernel).some(wanted));
    for (const { flip, verdicts } of noticedBy(test, asked, wanted, { maxStates })) {
      const key = flipName(flip);
      open.delete(key);
      found.set(key, { test: test.name, verdict: verdicts[0], flipped: verdicts[1] });
    }
  }
  return true;
}

function byValue(
  flips: readonly Flip[],
  found: ReadonlyMap<string, NoticingTest>,
): readonly CoveredValue[] {
  const groups = new Map<string, Flip[]>();
  for (const flip of flips) {
    const key = `${flip.name}=${flip.value}`;
    groups.set(key, [...(groups.get(key) ?? []), flip]);
  }
  const place = ([first]: readonly Flip[]) => decisionNames.indexOf(first!.name);
  const sorted = [...groups.values()].sort((one, other) => place(one) - place(other));
  return sorted.map((group): CoveredValue => {
    const { name, value } = group[0]!;
    const tests = new Map<string, NoticingTest>();
    for (const flip of group) {
      const one = found.get(flipName(flip));
      if (one !== undefined && !tests.has(one.test)) tests.set(one.test, one);
    }
    const names = (noticed: boolean) =>
      group
        .filter((flip) => found.has(flipName(flip)) === noticed)
        .map(({ kernel }) => kernel.name);
    return { name, value, noticed: names(true), missed: names(false), tests: [...tests.values()] };
  });
}
