/**
 * The lineage told by tests: for every decision that a kernel makes anew, a shortest test that tells
 * the kernel from the one before it for that reason, or how far was looked for one.
 */
import { type DecisionName, findKernel, type Kernel, withDecisions } from "../kernels/index.ts";
import { printFile, type Test } from "../litmus/index.ts";
import { check } from "../verdict/check.ts";
import { SharedAnswers } from "../verdict/shared-answers.ts";
import { differingDecisions } from "./cause.ts";
import { diffConcurrent } from "./concurrent.ts";
import type { Telling } from "./diff.ts";
import { diffThroughLenses } from "./lenses.ts";

/** Where a telling test came from. */
export type Source = "diff" | "race" | "library";

export interface Told {
  readonly decision: DecisionName;
  /** Undefined when none was found. */
  readonly test: ToldTest | undefined;
}

export interface ToldTest {
  readonly source: Source;
  readonly litmus: string;
  /** The library's name of it, or what the search calls the damage. */
  readonly title: string;
  readonly verdicts: readonly (readonly [string, string])[];
  /** The decisions that make the difference together. */
  readonly decisions: readonly DecisionName[];
}

export interface Step {
  readonly from: string;
  readonly to: string;
  readonly told: readonly Told[];
}

export interface HistoryOptions {
  /** Tests to look through where the searches find none, best first. */
  readonly library: readonly Test[];
  /** Told before each search. */
  readonly onProgress?: (message: string) => void;
}

/** What tells `to` from `from`, decision by decision. */
export function tellStep(from: Kernel, to: Kernel, options: HistoryOptions): Step {
  const decisions = differingDecisions(from, to);
  const say = (what: string) => options.onProgress?.(`${from.name} -> ${to.name}: ${what}`);
  say(`${decisions.length} decisions`);
  const whole = diffThroughLenses(from, to, {}).tests;
  const told = decisions.map((decision): Told => {
    const serial = shortestFor(decision, whole) ?? alone(from, to, decision);
    if (serial !== undefined) return { decision, test: asTold(serial, "diff") };
    say(`the library over ${decision}`);
    const known = libraryFor(from, to, decision, options.library);
    if (known !== undefined) return { decision, test: known };
    say(`races over ${decision}`);
    const racing = racingFor(from, to, decision);
    return { decision, test: racing && asTold(racing, "race") };
  });
  return { from: from.name, to: to.name, told };
}

function asTold(telling: Telling, source: Source): ToldTest {
  const { litmus, outcome, verdicts, decisions } = telling;
  return { source, litmus, title: outcome, verdicts: Object.entries(verdicts), decisions };
}

/** The first test of the library whose verdict this decision alone changes. */
function libraryFor(
  from: Kernel,
  to: Kernel,
  decision: DecisionName,
  library: readonly Test[],
): ToldTest | undefined {
  const pairs = flips(from, to, decision);
  for (const test of library) {
    const answers = new SharedAnswers();
    for (const [one, other] of pairs) {
      const results = [one, other].map((kernel) =>
        check(test, kernel, { answers, maxStates: libraryStatesMax }),
      );
      const [first, second] = results.map(({ verdict }) => verdict);
      if (first === second || first === "unknown" || second === "unknown") continue;
      const verdicts = results.map(({ kernel, verdict }) => [kernel, verdict] as const);
      const litmus = printFile(test);
      return { source: "library", litmus, title: test.name, verdicts, decisions: [decision] };
    }
  }
  return undefined;
}

const libraryStatesMax = 20_000;

/** Fewest decisions first: a test that only this one decides says most. */
function shortestFor(decision: DecisionName, tests: readonly Telling[]): Telling | undefined {
  return tests
    .filter(({ decisions }) => decisions.includes(decision))
    .sort((one, two) => one.decisions.length - two.decisions.length || one.length - two.length)[0];
}

/** Only this decision taken over by the older kernel, or taken back by the newer. */
function alone(from: Kernel, to: Kernel, decision: DecisionName): Telling | undefined {
  for (const [one, other] of flips(from, to, decision)) {
    const [found] = diffThroughLenses(one, other, { limit: 1 }).tests;
    if (found !== undefined) return found;
  }
  return undefined;
}

function racingFor(from: Kernel, to: Kernel, decision: DecisionName): Telling | undefined {
  for (const [one, other] of flips(from, to, decision)) {
    const [found] = diffConcurrent(one, other, { limit: 1, maxStates: racingStatesMax }).tests;
    if (found !== undefined) return found;
  }
  return undefined;
}

const racingStatesMax = 60_000;

function flips(
  from: Kernel,
  to: Kernel,
  decision: DecisionName,
): readonly (readonly [Kernel, Kernel])[] {
  const taken = { [decision]: to.decisions[decision].value };
  const back = { [decision]: from.decisions[decision].value };
  return [
    [from, withDecisions(from, `${from.name}-with-${decision}`, taken)],
    [withDecisions(to, `${to.name}-without-${decision}`, back), to],
  ];
}

/** A kernel and the one whose table it changes. */
export function stepsOf(kernels: readonly Kernel[]): readonly (readonly [Kernel, Kernel])[] {
  return kernels.flatMap((to) => {
    const from = to.extends === undefined ? undefined : findKernel(to.extends);
    return from === undefined ? [] : [[from, to] as const];
  });
}
