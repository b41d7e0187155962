/** Real runs and comparisons as JSON, schema 1. */
import type { Comparison } from "../verdict/compare.ts";
import { wilsonInterval } from "../verdict/interval.ts";
import type { RealResult } from "../verdict/real.ts";

export interface Judged {
  readonly result: RealResult;
  readonly kernel: string | undefined;
  readonly expected: string | undefined;
  readonly asExpected: boolean | undefined;
  readonly interval: { readonly low: number; readonly high: number };
}

/** `pinfold run --format json`. */
export function realJson(judged: readonly Judged[]): string {
  const results = judged.map(({ result, kernel, expected, asExpected, interval }) => ({
    test: result.test,
    rig: result.rig,
    verdict: result.verdict,
    trials: result.trials,
    hits: result.hits,
    interval: [interval.low, interval.high],
    status: result.status,
    why: result.why,
    console: result.console,
    orders: result.orders,
    schedule: result.schedule,
    histogram: result.histogram,
    kernel: kernel ?? null,
    expected: expected ?? null,
    asExpected: asExpected ?? null,
  }));
  return `${JSON.stringify({ schema: 1, results }, undefined, 2)}\n`;
}

/** How much so many hits of so many trials say about the rate behind them, at 95 %. */
function bounds({ hits, trials }: RealResult): readonly number[] {
  const { low, high } = wilsonInterval(hits, trials);
  return [low, high];
}

/** `pinfold compare --format json`. */
export function comparisonsJson(comparisons: readonly Comparison[]): string {
  const rows = comparisons.map((comparison) => {
    const { test, kernel, rig, schedule, modelVerdict, real, status, why } = comparison;
    return {
      test,
      hash: real.hash,
      kernel,
      rig,
      release: real.release ?? null,
      schedule,
      modelVerdict,
      realVerdict: real.verdict,
      trials: real.trials,
      hits: real.hits,
      interval: bounds(real),
      status,
      why,
      console: real.console,
      histogram: real.histogram,
      orders: comparison.orders,
      expected: comparison.expected ?? null,
      asExpected: comparison.asExpected ?? null,
    };
  });
  return `${JSON.stringify({ schema: 1, rows }, undefined, 2)}\n`;
}
