/**
 * How often a campaign asked each of a kernel's decisions: one never asked was never compared. What the
 * kernel's own code cannot ask, because its other decisions lead past it, no test can.
 */
import { type DecisionName, decisionNames, type Kernel } from "../kernels/index.ts";
import type { Test } from "../litmus/index.ts";
import { askedAtTheStart } from "../verdict/asked.ts";

export interface Exercised {
  /** The same kernel, whose answers are counted. */
  readonly kernel: Kernel;
  /** The first state of a test asks, too. */
  readonly begin: (test: Test) => void;
  /** Ends one test: a decision counts once for it. */
  readonly endTest: () => void;
  /** Tests that asked each decision. */
  readonly counts: () => ReadonlyMap<DecisionName, number>;
}

/** A kernel that counts. */
export function countDecisions(kernel: Kernel): Exercised {
  const counts = new Array<number>(kernel.table.length).fill(0);
  const asked = new Set<number>();
  const table = new Proxy(kernel.table, {
    get(target, key) {
      const index = typeof key === "string" ? Number(key) : Number.NaN;
      if (Number.isInteger(index)) asked.add(index);
      return Reflect.get(target, key, target);
    },
  });
  const begin = (test: Test) => {
    for (const name of askedAtTheStart(test)) asked.add(decisionNames.indexOf(name));
  };
  const endTest = () => {
    for (const index of asked) counts[index] = (counts[index] ?? 0) + 1;
    asked.clear();
  };
  return {
    kernel: { ...kernel, table },
    begin,
    endTest,
    counts: () => new Map(decisionNames.map((name, index) => [name, counts[index] ?? 0])),
  };
}

/** A decision that fewer tests asked than are enough. */
export interface Rarely {
  readonly decision: DecisionName;
  readonly tests: number;
  readonly why: string;
}

export interface Coverage {
  /** Decisions that some program on this kernel may ask. */
  readonly askable: number;
  /** Those of them that enough tests asked. */
  readonly enough: number;
  readonly rarely: readonly Rarely[];
}

/** Below so many tests a decision counts as hardly exercised. */
export const exercisedEnough = 20;

/** What the counts come to; `unasked` and `unknown` are what is known of the kernel without the campaign. */
export function coverageOf(
  counts: ReadonlyMap<DecisionName, number>,
  unasked: ReadonlySet<DecisionName>,
  unknown: ReadonlySet<DecisionName>,
): Coverage {
  const askable = [...counts].filter(([name, tests]) => tests > 0 || !unasked.has(name));
  const rarely = askable
    .filter(([, tests]) => tests < exercisedEnough)
    .map(([decision, tests]) => ({
      decision,
      tests,
      why: whyRarely(tests, unknown.has(decision)),
    }));
  return { askable: askable.length, enough: askable.length - rarely.length, rarely };
}

function whyRarely(tests: number, unknown: boolean): string {
  if (tests > 0) return `in ${tests} test${tests === 1 ? "" : "s"}`;
  return unknown ? "no program is known that asks it" : "no test asked it";
}
