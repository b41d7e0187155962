/**
 * Model and real kernel side by side when all actors ran at once: what the kernel showed is held to
 * the set of all interleavings. The kernel shows a sample of them, so that an end it never showed
 * proves nothing; one that the model does not have is an alarm, if the model's search was complete.
 */
import type { ExpectedVerdict } from "../litmus/ast.ts";
import { type Comparison, type ComparisonStatus, refusedByConfiguration } from "./compare.ts";
import { isAsExpected, type RealResult } from "./real.ts";
import type { CheckResult } from "./result.ts";
import { valuationKey } from "./valuation.ts";

/** Compares a free-running result with what the model's search found. */
export function compareFree(
  real: RealResult,
  model: CheckResult,
  expected?: ExpectedVerdict,
): Comparison {
  const allowed = model.valuations.map(({ values }) => valuationKey(values)).sort();
  const seen = real.histogram.map(({ text }) => text);
  const { status, why } = statusOf(real, model, allowed, seen);
  return {
    test: real.test,
    kernel: model.kernel,
    rig: real.rig,
    schedule: "free",
    modelVerdict: model.verdict,
    real,
    status,
    why,
    orders: [{ order: "free", status, why, model: allowed, real: seen }],
    expected,
    asExpected:
      expected === undefined || real.trials === 0 || status === "refused"
        ? undefined
        : isAsExpected(real, expected),
  };
}

function statusOf(
  real: RealResult,
  model: CheckResult,
  allowed: readonly string[],
  seen: readonly string[],
): { readonly status: ComparisonStatus; readonly why: string } {
  if (real.status !== "ok") return { status: real.status, why: real.why };
  if (model.notModelled.length > 0) {
    return { status: "skip", why: `not modelled: ${model.notModelled.join(", ")}` };
  }
  const strangers = seen.filter((text) => !allowed.includes(text));
  const refused = real.cases.flatMap(({ notes }) => notes.filter(refusedByConfiguration));
  if (strangers.length > 0 && refused.length > 0) {
    return { status: "refused", why: refused.join("; ") };
  }
  if (strangers.length > 0 && !model.complete) {
    return { status: "skip", why: `the model's search was cut: ${model.bound}` };
  }
  if (strangers.length > 0) {
    return { status: "forbid-seen", why: `the model forbids ${strangers.join(" and ")}` };
  }
  const unseen = allowed.filter((text) => !seen.includes(text));
  return unseen.length > 0
    ? { status: "allow-unseen", why: `never seen: ${unseen.join(" and ")}` }
    : { status: "agree", why: "" };
}
