/** Orders that never end cost a guest some seconds each: a campaign runs a few of them. */
import { expect, it } from "vitest";
import type { Pair } from "../../src/campaign/book.ts";
import { itemsOf } from "../../src/campaign/bulk.ts";
import { endlessEnough, withFewEndless } from "../../src/campaign/endless-orders.ts";
import { findKernel } from "../../src/kernels/index.ts";
import { parseFile, type Test } from "../../src/litmus/index.ts";

function read(number: number): Test {
  const parsed = parseFile(`Linux MOVE-${number}
{ page x = pte-mapped thp; page y = untouched thp; }
P0 { h = pin(x, WRITE | LONGTERM); signal(e); r0 = uffd_move(x[1], y[1]); }
P0.T1 { await(e); r1 = x[0]; unpin(h); }
exists (P0:r0 = 0)
`);
  if (!parsed.ok) throw new Error("the test's own text parses");
  const { declarations, ...rest } = parsed.value;
  return { ...rest, declarations: declarations.filter((one) => one.kind === "page") };
}

const pairOf = (name: string): Pair => ({
  rig: { name: "made-up", origin: "", release: "", kernel: "", hash: "" } as Pair["rig"],
  kernel: findKernel(name)!,
});

it("keeps the orders that end, and of those that do not one a test until there are enough", () => {
  const tests = Array.from({ length: endlessEnough + 2 }, (_, number) => read(number));
  const held = tests.map((test) => ({
    ...test,
    actors: test.actors.map((actor) =>
      actor.name === "P0.T1" ? { ...actor, statements: actor.statements.slice(0, 2) } : actor,
    ),
  }));
  const items = itemsOf(held, 3, 1);
  const orders = items[0]!.orders.length;
  expect(orders).toBeGreaterThan(1);
  const book = { run: 0, leftOut: 0 };
  const kept = withFewEndless(items, [pairOf("stable-6.12"), pairOf("v7.2")], book);
  expect(kept.map((one) => one.orders.length)).toEqual([...Array(endlessEnough).fill(1), 0, 0]);
  expect(book).toEqual({
    run: endlessEnough,
    leftOut: endlessEnough * (orders - 1) + 2 * orders,
  });
  const ends = { run: 0, leftOut: 0 };
  expect(withFewEndless(items, [pairOf("stable-6.12")], ends)).toEqual(items);
  expect(withFewEndless(itemsOf(tests, 3, 1), [pairOf("v7.2")], ends)).toEqual(
    itemsOf(tests, 3, 1),
  );
  expect(ends).toEqual({ run: 0, leftOut: 0 });
});
