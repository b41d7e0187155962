/**
 * Model and real kernel side by side, for one test under equal schedule classes. A valuation that the
 * kernel showed and the model forbids is an alarm; one that the model allows and the kernel never
 * showed is weak evidence, and none at all when not every order was run.
 */
import type { RealResult } from "./real.ts";
import type { CheckResult } from "./result.ts";
import { valuationKey } from "./valuation.ts";

export type ComparisonStatus =
  | "agree"
  | "forbid-seen"
  | "allow-unseen"
  | "skip"
  | "fail"
  | "panic"
  | "hang"
  | "no-boot";

export interface Comparison {
  readonly test: string;
  readonly kernel: string;
  readonly rig: string;
  readonly schedule: CheckResult["schedule"];
  readonly model: CheckResult;
  readonly real: RealResult;
  readonly status: ComparisonStatus;
  readonly why: string;
}

/** Compares the sets of final valuations. */
export function compareResults(model: CheckResult, real: RealResult): Comparison {
  const head = {
    test: model.test,
    kernel: model.kernel,
    rig: real.rig,
    schedule: model.schedule,
    model,
    real,
  };
  if (real.status !== "ok") {
    return { ...head, status: real.status, why: real.why };
  }
  if (model.notModelled.length > 0) {
    return { ...head, status: "skip", why: `not modelled: ${model.notModelled.join(", ")}` };
  }
  const allowed = new Set(model.valuations.map(({ values }) => valuationKey(values)));
  const seen = new Set(real.histogram.map(({ text }) => text));
  const strangers = [...seen].filter((text) => !allowed.has(text));
  const unseen = [...allowed].filter((text) => !seen.has(text));
  if (strangers.length > 0) {
    return model.complete
      ? { ...head, status: "forbid-seen", why: `the model forbids ${strangers.join(" and ")}` }
      : { ...head, status: "skip", why: `the search was cut: ${model.bound ?? "a bound"}` };
  }
  if (unseen.length > 0 && real.complete) {
    return { ...head, status: "allow-unseen", why: `never seen: ${unseen.join(" and ")}` };
  }
  return { ...head, status: "agree", why: "" };
}
