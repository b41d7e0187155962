/**
 * Model and real kernel side by side for one order of a test's statements: the strictest comparison
 * there is, because a forced order leaves the kernel nothing to choose. A valuation that only the
 * kernel shows is an alarm, and one that only the model has is a mistake of the model as well.
 */
import type { Kernel } from "../kernels/index.ts";
import type { Test } from "../litmus/ast.ts";
import type { CaseResult } from "../rig/protocol.ts";
import { couldNotBeForced, leavesNoChoice, refusedByConfiguration } from "../verdict/compare.ts";
import { checkOrder } from "../verdict/forced.ts";
import { type Order, orderText } from "../verdict/orders.ts";
import { onZram } from "../verdict/swap-world.ts";
import { valuationKey } from "../verdict/valuation.ts";

export type OrderStatus = "agree" | "forbid-seen" | "allow-unseen" | "refused" | "skip" | "lost";

export interface OrderComparison {
  readonly test: string;
  readonly kernel: string;
  readonly order: string;
  readonly status: OrderStatus;
  readonly why: string;
  readonly model: readonly string[];
  readonly real: readonly string[];
  /** The console's last lines where the guest was lost. */
  readonly console?: readonly string[];
}

/** Compares one order's valuations on the model with those that a real kernel showed. */
export function compareOrder(
  test: Test,
  kernel: Kernel,
  order: Order,
  real: CaseResult | undefined,
): OrderComparison {
  const seen = [...new Set(real?.valuations.map(({ text }) => text) ?? [])].sort();
  const head = { test: test.name, kernel: kernel.name, order: orderText(order), real: seen };
  if (real === undefined) return { ...head, status: "lost", why: "no report", model: [] };
  const hung = real.status === "fail" && real.why.startsWith("hang at");
  if (real.status !== "ok" && !hung) {
    if (real.status === "skip") return { ...head, status: "skip", why: real.why, model: [] };
    const why = real.status === "fail" ? real.why : `${real.status}: ${real.why}`;
    return { ...head, status: "lost", why, model: [], console: real.console ?? [] };
  }
  const forced = checkOrder(onZram(test), kernel, order);
  if (hung) {
    const both = forced.stuck.length > 0;
    const why = both ? "neither comes to its end" : real.why;
    return { ...head, status: both ? "agree" : "lost", why, model: [] };
  }
  const model = forced.valuations.map(({ values }) => valuationKey(values)).sort();
  const both = { ...head, model };
  if (forced.notModelled.length > 0) {
    return { ...both, status: "skip", why: `not modelled: ${forced.notModelled.join(", ")}` };
  }
  const unforced = real.notes.find(couldNotBeForced);
  if (forced.stuck.length > 0) {
    // What the kernel was to do, and did not, may be what the model waits for.
    if (unforced !== undefined) return { ...both, status: "skip", why: unforced };
    return { ...both, status: "lost", why: `the model waits: ${forced.stuck.join(", ")}` };
  }
  if (seen.some((one) => !model.includes(one))) {
    const refused = real.notes.filter(refusedByConfiguration);
    if (refused.length > 0) return { ...both, status: "refused", why: refused.join("; ") };
    if (unforced !== undefined) return { ...both, status: "skip", why: unforced };
    return { ...both, status: "forbid-seen", why: "the model forbids what the kernel showed" };
  }
  if (model.some((one) => !seen.includes(one)) && !real.notes.some(leavesNoChoice)) {
    return {
      ...both,
      status: "allow-unseen",
      why: "the kernel never showed what the model allows",
    };
  }
  return { ...both, status: "agree", why: "" };
}
