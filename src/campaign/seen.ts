/**
 * What a campaign on real kernels says of decisions. A test that would have ended otherwise in one of
 * the orders that were run, had the kernel decided otherwise, and that the real kernel ended as the
 * model says, shows that the real kernel decides as the model says.
 */
import { EndlessStatement } from "../explore/serial.ts";
import { type DecisionName, decisionNames, type Kernel } from "../kernels/index.ts";
import type { Test } from "../litmus/index.ts";
import { type Flip, flipped, flipsOf } from "../synth/mutation.ts";
import { askedAtTheStart } from "../verdict/asked.ts";
import { checkOrder } from "../verdict/forced.ts";
import { type Order, orderText } from "../verdict/orders.ts";
import { onZram } from "../verdict/swap-world.ts";
import { valuationKey } from "../verdict/valuation.ts";

/** What a real kernel showed of a test, and agreed with the model in. */
export interface RealRun {
  readonly test: string;
  readonly hash: string;
  /** The modelled kernel that the real one is. */
  readonly kernel: string;
  readonly orders: readonly OrderEnds[];
}

export interface OrderEnds {
  /** "P0.0 P1.0" */
  readonly order: string;
  /** The valuations, sorted. */
  readonly ends: readonly string[];
}

/** What the model says of `test` in each order; undefined where it cannot say. */
export function modelledEnds(
  test: Test,
  kernel: Kernel,
  orders: readonly Order[],
): readonly (readonly string[] | undefined)[] {
  return orders.map((order) => askOrder(test, kernel, order).ends);
}

/** The flips of `kernel`, among those wanted, under which `test` ends otherwise in one of the orders. */
export function toldApart(
  test: Test,
  kernel: Kernel,
  orders: readonly Order[],
  wanted: (flip: Flip) => boolean,
): readonly Flip[] {
  const own = orders.map((order) => askOrder(test, kernel, order));
  if (own.length === 0 || own.some(({ ends }) => ends === undefined)) return [];
  const asked = new Set([...askedAtTheStart(test), ...own.flatMap((one) => one.asked)]);
  return flipsOf(kernel).filter((flip) => {
    if (!asked.has(flip.name) || !wanted(flip)) return false;
    const other = flipped(flip);
    return orders.some((order, at) => {
      const ends = endsIfAny(test, other, order);
      return ends !== undefined && ends.join() !== own[at]!.ends!.join();
    });
  });
}

/** Some decisions do not go together: their kernel would loop, and says nothing. */
function endsIfAny(test: Test, kernel: Kernel, order: Order): readonly string[] | undefined {
  try {
    return askOrder(test, kernel, order).ends;
  } catch (error) {
    if (error instanceof EndlessStatement) return undefined;
    throw error;
  }
}

function askOrder(
  test: Test,
  kernel: Kernel,
  order: Order,
): { readonly ends: readonly string[] | undefined; readonly asked: readonly DecisionName[] } {
  const { valuations, stuck, notModelled, asked } = checkOrder(onZram(test), kernel, order);
  const says = notModelled.length === 0 && stuck.length === 0 && valuations.length > 0;
  return {
    ends: says ? valuations.map(({ values }) => valuationKey(values)).sort() : undefined,
    asked: asked.map((place) => decisionNames[place]!),
  };
}

/** The orders of a test by their texts. */
export function ordersByText(orders: readonly Order[]): ReadonlyMap<string, Order> {
  return new Map(orders.map((order) => [orderText(order), order]));
}
