/**
 * Which modelled kernel a real one is: tests whose ends tell kernels apart are run on it, and every
 * modelled kernel is asked for the same orders. The closest disagrees least; what the others decide
 * otherwise is what sets the real kernel apart from them.
 */
import { type DecisionName, decisionNames, type Kernel } from "../kernels/index.ts";
import type { Test } from "../litmus/index.ts";
import { done, type RigResult } from "../rig/problem.ts";
import type { Rig } from "../rig/rigs.ts";
import { checkOrder } from "../verdict/forced.ts";
import type { Order } from "../verdict/orders.ts";
import { valuationKey } from "../verdict/valuation.ts";
import { type BulkOptions, itemsOf, runBulk } from "./bulk.ts";
import { compareOrder } from "./by-order.ts";

export interface Candidate {
  readonly kernel: string;
  /** Orders in which it and the real kernel end otherwise. */
  readonly differs: number;
  readonly compared: number;
  /** Tests in which they do. */
  readonly tests: readonly string[];
}

export interface Identity {
  readonly rig: string;
  /** Closest first; kernels that no test tells apart stand side by side. */
  readonly candidates: readonly Candidate[];
  /** What the closest kernel decides otherwise than its neighbours on the list. */
  readonly decisions: readonly DecisionName[];
  readonly tests: number;
}

/** The tests, with one order each, whose ends are not the same on all the kernels. */
export function tellingTests(
  tests: readonly Test[],
  kernels: readonly Kernel[],
): readonly { readonly test: Test; readonly orders: readonly Order[] }[] {
  return itemsOf(tests, 1, 1).filter(({ test, orders }) => {
    const [order] = orders;
    if (order === undefined) return false;
    const ends = kernels.map((kernel) => endsOf(test, kernel, order));
    return !ends.includes(undefined) && new Set(ends).size > 1;
  });
}

/** Undefined where the model does not know the test. */
function endsOf(test: Test, kernel: Kernel, order: Order): string | undefined {
  const { valuations, notModelled, stuck } = checkOrder(test, kernel, order);
  if (notModelled.length > 0 || stuck.length > 0) return undefined;
  return valuations
    .map(({ values }) => valuationKey(values))
    .sort()
    .join(" | ");
}

/** Runs the tests on the rig and ranks the kernels. Fails only for the environment. */
export async function identify(
  rig: Rig,
  tests: readonly Test[],
  kernels: readonly Kernel[],
  options: BulkOptions,
): Promise<RigResult<Identity>> {
  const items = tellingTests(tests, kernels);
  const bulk = await runBulk(items, [rig], options);
  if (!bulk.ok) return bulk;
  const cases = bulk.value.runs[0]!.cases;
  const candidates = kernels.map((kernel): Candidate => {
    const compared = items.map(({ test, orders }, index) =>
      compareOrder(test, kernel, orders[0]!, cases[index]?.[0]),
    );
    // A refusal by configuration that a kernel does not have sets it apart, too.
    const wrong = compared.filter(({ status }) =>
      ["forbid-seen", "allow-unseen", "refused"].includes(status),
    );
    const agreed = compared.filter(({ status }) => status === "agree");
    return {
      kernel: kernel.name,
      differs: wrong.length,
      compared: wrong.length + agreed.length,
      tests: wrong.map(({ test }) => test),
    };
  });
  candidates.sort((one, other) => one.differs - other.differs);
  return done({
    rig: rig.name,
    candidates,
    decisions: decisionsApart(candidates, kernels),
    tests: items.length,
  });
}

/** What the closest kernel decides otherwise than the nearest one that a test tells apart from it. */
function decisionsApart(
  candidates: readonly Candidate[],
  kernels: readonly Kernel[],
): readonly DecisionName[] {
  const [closest] = candidates;
  const next = candidates.find(({ differs }) => differs > (closest?.differs ?? 0));
  const one = kernels.find(({ name }) => name === closest?.kernel);
  const other = kernels.find(({ name }) => name === next?.kernel);
  if (one === undefined || other === undefined) return [];
  return decisionNames.filter((name) => one.decisions[name].value !== other.decisions[name].value);
}
