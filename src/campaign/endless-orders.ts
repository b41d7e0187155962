/**
 * Orders of statements that never end on some modelled kernel, as a move of a page that stays pinned is
 * tried for ever from v7.2. Each costs a guest some seconds, and few say what many would say.
 */
import type { Ordered } from "../synth/reduce.ts";
import { checkOrder } from "../verdict/forced.ts";
import { onZram } from "../verdict/swap-world.ts";
import type { Pair } from "./book.ts";
import type { BulkItem } from "./bulk.ts";

/** So many of them a campaign runs: one each of so many tests. */
export const endlessEnough = 20;

export interface EndlessOrders {
  run: number;
  leftOut: number;
}

/** Whether the model says so. */
export function neverEnds({ kernel }: Pick<Pair, "kernel">, { test, order }: Ordered): boolean {
  return checkOrder(onZram(test), kernel, order).stuck.length > 0;
}

/** The items with at most one endless order of a test, and none once enough have been run. */
export function withFewEndless(
  items: readonly BulkItem[],
  pairs: readonly Pair[],
  book: EndlessOrders,
): readonly BulkItem[] {
  return items.map(({ test, orders }) => {
    const endless = orders.filter((order) =>
      pairs.some((pair) => neverEnds(pair, { test, order })),
    );
    if (endless.length === 0) return { test, orders };
    const kept = book.run < endlessEnough ? endless[0] : undefined;
    book.run += kept === undefined ? 0 : 1;
    book.leftOut += endless.length - (kept === undefined ? 0 : 1);
    return { test, orders: orders.filter((order) => order === kept || !endless.includes(order)) };
  });
}
