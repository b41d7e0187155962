/**
 * Every decision on which two kernels differ, and what tells it: tests that the search found, else tests
 * of the library that notice it. A decision with neither is said to have none, as far as was searched.
 */
import { type DecisionName, findKernel, type Kernel } from "../kernels/index.ts";
import { testsThatNotice } from "../kernels/noticed.ts";
import type { Test } from "../litmus/index.ts";
import { check } from "../verdict/check.ts";
import type { VerdictWord } from "../verdict/result.ts";
import { commitsOf, differingDecisions } from "./cause.ts";
import type { Telling } from "./diff.ts";

export interface LibraryTelling {
  readonly test: string;
  /** On the two kernels themselves. */
  readonly verdicts: readonly [VerdictWord, VerdictWord];
}

export interface ToldDecision {
  readonly decision: DecisionName;
  readonly commits: readonly string[];
  /** Names of the found tests that rest on it. */
  readonly tests: readonly string[];
  /** A test of the library whose verdicts differ, where no found test rests on the decision. */
  readonly library: LibraryTelling | undefined;
  /** Tests that notice it when it alone is set otherwise, though not between these two kernels. */
  readonly alone: readonly string[];
}

const statesMax = 20_000;

/** What tells each decision; `find` reads a test of the library by its name. */
export function toldDecisions(
  one: Kernel,
  other: Kernel,
  tellings: readonly Telling[],
  find: (name: string) => Test | undefined,
): readonly ToldDecision[] {
  return differingDecisions(one, other).map((decision): ToldDecision => {
    const tests = tellings
      .filter(({ decisions }) => decisions.includes(decision))
      .map(({ test }) => test.name);
    const commits = commitsOf(other, [decision]);
    const head = { decision, commits, tests };
    if (tests.length > 0) return { ...head, library: undefined, alone: [] };
    const names = noticing(one, other, decision);
    for (const name of names) {
      const test = find(name);
      const found = test && tellingOf(test, one, other);
      if (found !== undefined) return { ...head, library: found, alone: [] };
    }
    return { ...head, library: undefined, alone: names };
  });
}

/** Tests that the table names for the decision set as the other kernel has it, either way. */
function noticing(one: Kernel, other: Kernel, name: DecisionName): readonly string[] {
  const ways = [
    [one, other],
    [other, one],
  ] as const;
  const names = ways.flatMap(([kernel, donor]) =>
    testsThatNotice(kernel.name, name)
      .filter(({ value }) => value === donor.decisions[name].value)
      .flatMap(({ tests }) => tests.map(({ test }) => test)),
  );
  return [...new Set(names)];
}

/** Only modelled kernels: a user's own paths may change what a test of the library says. */
function tellingOf(test: Test, one: Kernel, other: Kernel): LibraryTelling | undefined {
  if ([one, other].some(({ name }) => findKernel(name) === undefined)) return undefined;
  const results = [one, other].map((kernel) =>
    check(test, kernel, { maxStates: statesMax, runs: false }),
  );
  const verdicts = results.map(({ verdict }) => verdict) as [VerdictWord, VerdictWord];
  const said = results.every(({ complete }) => complete) && !verdicts.includes("vacuous");
  return said && verdicts[0] !== verdicts[1] ? { test: test.name, verdicts } : undefined;
}
