/** A gated run on a real kernel beside the model's: valuations of the same gate, at the same place. */

import type { Kernel } from "../kernels/index.ts";
import type { Test } from "../litmus/ast.ts";
import type { ComparisonStatus } from "./compare.ts";
import { checkGated, type GatedResult } from "./gated.ts";
import { type Gate, gatePageName } from "./gates.ts";
import type { RealResult } from "./real.ts";
import { valuationKey } from "./valuation.ts";

export interface GateComparison {
  readonly test: string;
  /** "fork:begins", and what stands still there. */
  readonly place: string;
  readonly what: string;
  /** "x[1]", the page at whose turn the thread is held; "" for none in particular. */
  readonly page: string;
  /** "P0.0" and "P0.T1" */
  readonly held: string;
  readonly other: string;
  readonly kernel: string;
  readonly rig: string;
  readonly status: ComparisonStatus;
  readonly why: string;
  readonly model: readonly string[];
  readonly real: readonly { readonly text: string; readonly count: number }[];
  /** Trials after which the test's proposition held, of those in which the thread was held. */
  readonly hits: number;
  readonly trials: number;
  readonly console: readonly string[];
}

/** Why it is no use to run the gate on a real kernel, or undefined. */
export function refusedGate({ waits }: GatedResult, { held, other }: Gate): string | undefined {
  if (!waits) return undefined;
  return `not run: ${other.actor} has to wait for ${held.actor}, which is held, so no run counts`;
}

export function compareGate(
  test: Test,
  gate: Gate,
  kernel: Kernel,
  real: RealResult,
  model = checkGated(test, kernel, gate),
): GateComparison {
  const allowed = model.valuations.map(({ values }) => valuationKey(values)).sort();
  const { rig, histogram, hits, trials, console } = real;
  const { place, held, other } = gate;
  return {
    test: test.name,
    place: place.name,
    what: place.what,
    page: gate.page === undefined ? "" : gatePageName(gate.page),
    held: `${held.actor}.${held.index}`,
    other: other.actor,
    kernel: kernel.name,
    rig,
    ...judge(model, allowed, real),
    model: allowed,
    real: histogram.map(({ text, count }) => ({ text, count })),
    hits,
    trials,
    console,
  };
}

function judge(
  model: GatedResult,
  allowed: readonly string[],
  real: RealResult,
): Pick<GateComparison, "status" | "why"> {
  if (model.notModelled.length > 0) {
    return { status: "skip", why: `not modelled: ${model.notModelled.join(", ")}` };
  }
  if (real.trials === 0)
    return { status: real.status === "ok" ? "skip" : real.status, why: real.why };
  const strangers = real.histogram.filter(({ text }) => !allowed.includes(text));
  if (strangers.length > 0) {
    const seen = strangers.map(({ text }) => text).join(" and ");
    return { status: "forbid-seen", why: `the model forbids ${seen}` };
  }
  const unseen = allowed.filter((text) => !real.histogram.some((one) => one.text === text));
  return unseen.length > 0
    ? { status: "allow-unseen", why: `never seen: ${unseen.join(" and ")}` }
    : { status: "agree", why: "" };
}
