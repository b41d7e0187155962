/**
 * Model and real kernel side by side, for one test under equal schedule classes: every forced order
 * of its statements beside the same order on the model, which leaves neither of them a choice. A
 * valuation that the kernel showed and the model forbids is an alarm; one that the model allows and
 * the kernel never showed is weak evidence. Where the kernel refused an operation that the model
 * lets pass, the two did not do the same thing: a result of its own, neither a pass nor a loss.
 */
import type { ExpectedVerdict } from "../litmus/ast.ts";
import type { ForcedResult } from "./forced.ts";
import { type Order, orderText } from "./orders.ts";
import { isAsExpected, type RealOrder, type RealResult } from "./real.ts";
import type { CheckResult, VerdictWord } from "./result.ts";
import { valuationKey } from "./valuation.ts";

export type ComparisonStatus =
  | "agree"
  | "forbid-seen"
  | "allow-unseen"
  | "refused"
  | "skip"
  | "fail"
  | "panic"
  | "hang"
  | "no-boot";

/** What the model says of one order. */
export interface ModelOrder {
  readonly order: Order;
  readonly forced: ForcedResult;
}

export interface OrderComparison {
  /** "P0.0 P1.0 P0.1" */
  readonly order: string;
  readonly status: ComparisonStatus;
  readonly why: string;
  /** Valuations that the model allows, and that the kernel showed. */
  readonly model: readonly string[];
  readonly real: readonly string[];
}

export interface Comparison {
  readonly test: string;
  readonly kernel: string;
  readonly rig: string;
  readonly schedule: CheckResult["schedule"];
  /** The model's word for the union of all orders. */
  readonly modelVerdict: VerdictWord;
  readonly real: RealResult;
  readonly status: ComparisonStatus;
  readonly why: string;
  readonly orders: readonly OrderComparison[];
  /** What the test itself expects of the kernel, and whether the real one did as expected. */
  readonly expected: ExpectedVerdict | undefined;
  readonly asExpected: boolean | undefined;
}

/** The gravest of a test's orders speaks for it; a skip only where nothing else happened. */
const gravity: readonly ComparisonStatus[] = [
  "forbid-seen",
  "panic",
  "hang",
  "no-boot",
  "fail",
  "allow-unseen",
  "refused",
  "agree",
  "skip",
];

/** Compares a real result with the model of `kernel`, order by order. */
export function compareOrders(
  kernel: string,
  real: RealResult,
  model: readonly ModelOrder[],
  expected?: ExpectedVerdict,
): Comparison {
  const orders = model.map((one, index) =>
    compareOrder(
      one,
      real.cases.find((shown) => shown.index === index),
      real,
    ),
  );
  const status = gravity.find((one) => orders.some((order) => order.status === one)) ?? "skip";
  return {
    test: real.test,
    kernel,
    rig: real.rig,
    schedule: "forced",
    modelVerdict: verdictOf(model),
    real,
    status,
    why: whyOf(status, orders, real),
    orders,
    expected,
    // What the kernel refused to do speaks neither for nor against what the test expects.
    asExpected:
      expected === undefined || real.trials === 0 || status === "refused"
        ? undefined
        : isAsExpected(real, expected),
  };
}

function verdictOf(model: readonly ModelOrder[]): VerdictWord {
  if (model.some(({ forced }) => forced.notModelled.length > 0)) {
    return "unknown";
  }
  const ends = model.flatMap(({ forced }) => forced.valuations);
  const holding = ends.filter(({ holds }) => holds).length;
  if (ends.length === 0) {
    return "vacuous";
  }
  if (holding === 0) {
    return "never";
  }
  return holding === ends.length ? "always" : "sometimes";
}

/** An order that the guest did not report shares the fate of its test. */
function compareOrder(
  { order, forced }: ModelOrder,
  shown: RealOrder | undefined,
  real: RealResult,
): OrderComparison {
  const allowed = forced.valuations.map(({ values }) => valuationKey(values)).sort();
  const seen = shown?.histogram.map(({ text }) => text) ?? [];
  const head = { order: orderText(order), model: allowed, real: seen };
  if (shown === undefined) {
    const status = real.status === "ok" ? "skip" : real.status;
    return { ...head, status, why: real.why || "the guest reported nothing" };
  }
  if (forced.notModelled.length > 0) {
    return { ...head, status: "skip", why: `not modelled: ${forced.notModelled.join(", ")}` };
  }
  if (shown.status === "fail" && shown.why.startsWith("hang at") && forced.stuck.length > 0) {
    return { ...head, status: "agree", why: "neither comes to its end" };
  }
  if (shown.status !== "ok") {
    return { ...head, status: shown.status, why: shown.why };
  }
  const strangers = seen.filter((text) => !allowed.includes(text));
  const refused = shown.notes.filter(refusedByConfiguration);
  if (strangers.length > 0 && refused.length > 0) {
    return { ...head, status: "refused", why: refused.join("; ") };
  }
  const unforced = shown.notes.find(couldNotBeForced);
  if (strangers.length > 0 && unforced !== undefined) {
    return { ...head, status: "skip", why: unforced };
  }
  if (strangers.length > 0) {
    return { ...head, status: "forbid-seen", why: `the model forbids ${strangers.join(" and ")}` };
  }
  const unseen = allowed.filter((text) => !seen.includes(text));
  return unseen.length > 0 && !shown.notes.some(leavesNoChoice)
    ? { ...head, status: "allow-unseen", why: `never seen: ${unseen.join(" and ")}` }
    : { ...head, status: "agree", why: "" };
}

/**
 * What a configuration forbids was not done, so the two did not do the same thing. Any other refusal
 * the model has, too, and answers for.
 */
export function refusedByConfiguration(note: string): boolean {
  return /\brefused (EPERM|EIO|ENOSYS)\b/.test(note);
}

/** What a kernel actor did not bring about was not tried; that the ends agree all the same is no harm. */
export function couldNotBeForced(note: string): boolean {
  return note.includes("could not be forced");
}

/** Where the page of a hint lies is the model's choice; a machine of one node has none. */
export function leavesNoChoice(note: string): boolean {
  return note.includes("on one node nothing moves");
}

/** One order's reason, and how many orders share its status; an order that was skipped is told. */
function whyOf(
  status: ComparisonStatus,
  orders: readonly OrderComparison[],
  real: RealResult,
): string {
  if (orders.length === 0) {
    return real.why || "the test has no order that ends";
  }
  const same = orders.filter((one) => one.status === status);
  const skipped = orders.filter((one) => one.status === "skip");
  if (status === "agree") {
    return skipped.length === 0
      ? ""
      : `${skipped.length} of ${orders.length} orders were skipped: ${skipped[0]?.why}`;
  }
  const all = same.every((one) => one.why === same[0]?.why);
  const where =
    orders.length === 1 || (all && same.length === orders.length)
      ? ""
      : ` (in ${same.length} of ${orders.length} orders, such as ${same[0]?.order})`;
  return `${same[0]?.why}${where}`;
}
