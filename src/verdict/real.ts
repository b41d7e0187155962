/**
 * What a real kernel showed of a test: the final valuations over all orders and trials, counted, and
 * the verdict they allow. A real run is a sample: its "never" is "not seen in so many trials".
 */
import type { ExpectedVerdict, Test } from "../litmus/ast.ts";
import { testHash } from "../litmus/hash.ts";
import type { CheckResult, VerdictWord } from "./result.ts";
import { absent, holds, observableName, observables, valuationKey } from "./valuation.ts";

/** `fail`: the test's own machinery went wrong, which is no verdict. */
export type RealStatus = "ok" | "skip" | "fail" | "panic" | "hang" | "no-boot";

/** One order of a test's statements, as a rig reports it. */
export interface RealCase {
  /** The order's place among those that were emitted; the case's own place when absent. */
  readonly orderIndex?: number;
  readonly trials: number;
  readonly valuations: readonly { readonly text: string; readonly count: number }[];
  readonly status: RealStatus | "died";
  readonly why: string;
  /** What the test noted on its way, such as an operation that the kernel refused. */
  readonly notes?: readonly string[];
  /** The console's last lines where the guest was lost. */
  readonly console?: readonly string[];
}

/** One order of a test as it came out; the filter has taken out what it does not keep. */
export interface RealOrder {
  readonly index: number;
  readonly status: RealStatus;
  readonly why: string;
  readonly notes: readonly string[];
  readonly trials: number;
  readonly hits: number;
  readonly histogram: readonly CountedValuation[];
}

export interface RealResult {
  readonly test: string;
  readonly hash: string;
  readonly rig: string;
  /** What the kernel called itself, where it is known. */
  readonly release?: string;
  readonly schedule: "forced" | "free";
  readonly quantifier: CheckResult["quantifier"];
  readonly verdict: VerdictWord;
  readonly trials: number;
  /** Trials after which the proposition held. */
  readonly hits: number;
  readonly status: RealStatus;
  readonly why: string;
  readonly histogram: readonly CountedValuation[];
  readonly orders: number;
  /** The same, order by order. */
  readonly cases: readonly RealOrder[];
  /** Whether every order was run, each to its end. */
  readonly complete: boolean;
  /** The console's last lines where the guest was lost under one of them. */
  readonly console: readonly string[];
}

export interface CountedValuation {
  readonly text: string;
  readonly count: number;
  readonly holds: boolean;
}

const gravity: readonly RealStatus[] = ["panic", "hang", "no-boot", "fail", "ok", "skip"];

/** Adds up a test's cases. `allOrders` says whether they are all orders the test has. */
export function realResult(
  test: Test,
  rig: string,
  cases: readonly RealCase[],
  allOrders: boolean,
  schedule: RealResult["schedule"] = "forced",
): RealResult {
  const histogram = histogramOf(test, cases);
  const { trials, hits } = countsOf(histogram);
  const statuses = cases.map(statusOf);
  const status = gravity.find((one) => statuses.includes(one)) ?? "skip";
  const whys = [...new Set(cases.map(({ why }) => why).filter((why) => why !== ""))];
  return {
    test: test.name,
    hash: testHash(test),
    rig,
    schedule,
    quantifier: test.condition.quantifier,
    verdict: verdictOf(trials, hits, status),
    trials,
    hits,
    status,
    why: cases.length === 0 ? "the guest reported nothing" : whys.join("; "),
    histogram,
    orders: cases.length,
    cases: cases.map((one, place) => orderResult(test, one, one.orderIndex ?? place)),
    console: cases.find((one) => one.console !== undefined)?.console ?? [],
    complete: allOrders && cases.length > 0 && statuses.every((one) => one === "ok"),
  };
}

function orderResult(test: Test, one: RealCase, index: number): RealOrder {
  const histogram = histogramOf(test, [one]);
  const { why, notes = [] } = one;
  return { index, status: statusOf(one), why, notes, ...countsOf(histogram), histogram };
}

const statusOf = ({ status }: RealCase): RealStatus => (status === "died" ? "fail" : status);

function countsOf(histogram: readonly CountedValuation[]): {
  readonly trials: number;
  readonly hits: number;
} {
  return {
    trials: histogram.reduce((sum, { count }) => sum + count, 0),
    hits: histogram.reduce((sum, { count, holds }) => sum + (holds ? count : 0), 0),
  };
}

/** The word for so many hits. */
function verdictOf(trials: number, hits: number, status: RealStatus): VerdictWord {
  if (trials === 0) {
    return status === "ok" ? "vacuous" : "unknown";
  }
  if (hits === 0) {
    return "never";
  }
  return hits === trials ? "always" : "sometimes";
}

/**
 * Valuations that the filter keeps, the same ones of all orders together, sorted. Of a process that
 * is gone no state is told: none is so.
 */
function histogramOf(test: Test, cases: readonly RealCase[]): readonly CountedValuation[] {
  const counts = new Map<string, number>();
  const states = observables(test).filter(({ kind }) => kind === "state");
  for (const { text, count } of cases.flatMap(({ valuations }) => valuations)) {
    const values = new Map(valuesOf(text));
    for (const name of states.map(observableName))
      if (values.get(name) === absent) values.set(name, "0");
    const key = valuationKey([...values].map(([name, value]) => ({ name, value })));
    const kept = test.filter === undefined || truthOf(test.filter, values);
    if (kept) {
      counts.set(key, (counts.get(key) ?? 0) + count);
    }
  }
  return [...counts]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([text, count]) => ({
      text,
      count,
      holds: truthOf(test.condition.proposition, valuesOf(text)),
    }));
}

function truthOf(
  proposition: Test["condition"]["proposition"],
  values: ReadonlyMap<string, string>,
): boolean {
  return holds(proposition, (observable) => values.get(observableName(observable)) ?? absent);
}

/** `0:r0=1; x=2;` -> its names and values. */
function valuesOf(text: string): ReadonlyMap<string, string> {
  const parts = text.split(";").map((part) => part.trim());
  const pairs = parts
    .filter((part) => part !== "")
    .map((part) => {
      const sign = part.lastIndexOf("=");
      return [part.slice(0, sign), part.slice(sign + 1)] as const;
    });
  return new Map(pairs);
}

/**
 * Holds a real run against an expectation. The asymmetry is herd's: a kernel that never showed a
 * "sometimes" is forgiven, one that showed a "never" is not.
 */
export function isAsExpected(result: RealResult, expected: ExpectedVerdict): boolean {
  switch (expected) {
    case "never":
      return result.hits === 0;
    case "always":
      return result.hits === result.trials;
    case "sometimes":
      return true;
  }
}
