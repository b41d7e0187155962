/**
 * The cases of a compiled program, in its order, each with the key under which a journal keeps it:
 * the kernel, the settings of the run, the test and its order.
 */
import { type Test, testHash } from "../litmus/index.ts";
import { caseKey } from "../rig/journal.ts";
import type { Rig } from "../rig/rigs.ts";
import { type Order, orderText } from "../verdict/orders.ts";

export interface ListedCase {
  readonly test: Test;
  readonly orderIndex: number;
  /** As the program prints it. */
  readonly name: string;
  readonly key: string;
}

/** A test that is skipped has one case, whatever its orders. */
export function listCases(
  plans: readonly { readonly test: Test; readonly orders: readonly Order[] }[],
  { release, origin, hash }: Pick<Rig, "release" | "origin" | "hash">,
  isSkipped: (test: string) => boolean,
  settings: Readonly<Record<string, unknown>>,
): readonly ListedCase[] {
  const kernel = `${release} ${origin} ${hash}`;
  const asked = JSON.stringify(settings);
  return plans.flatMap(({ test, orders }) => {
    const own = testHash(test);
    return (isSkipped(test.name) ? [[]] : orders).map((order, orderIndex) => ({
      test,
      orderIndex,
      name: `${test.name}.o${orderIndex}`,
      key: caseKey(kernel, asked, own, String(orderIndex), orderText(order)),
    }));
  });
}
