/** Random tests: the same for the same seed, of the promised shape, and nearly all emitted as C. */
import { describe, expect, it } from "vitest";
import { emitC } from "../../src/emit/c/index.ts";
import { parseFile, printFile, type Test } from "../../src/litmus/index.ts";
import { randomTest, randomTests } from "../../src/synth/random.ts";
import { smallerTests } from "../../src/synth/reduce.ts";
import { orders } from "../../src/verdict/orders.ts";

const tests = randomTests(400, 7);

function indexOf(test: Test, operations: readonly string[]): number {
  return test.actors[0]!.statements.findIndex(
    (one) => one.kind === "call" && operations.includes(one.operation),
  );
}

describe("random tests", () => {
  it("are the same for the same seed and others for another", () => {
    expect(printFile(randomTest(7, 3))).toBe(printFile(tests[3]!));
    expect(printFile(randomTest(8, 3))).not.toBe(printFile({ ...tests[3]!, name: "random-8-3" }));
  });

  it("pin, fork and write later in at least 60 of 100", () => {
    const shaped = tests.filter((test) => {
      const pin = indexOf(test, [
        ...[
          "pin",
          "io_uring_register",
          "ibv_reg_mr",
          "vmsplice",
          "vfio_map",
          "read_direct",
          "xdp_umem",
        ],
      ]);
      const fork = indexOf(test, ["fork"]);
      const later = test.actors[0]!.statements.slice(Math.max(pin, fork) + 1);
      return pin >= 0 && fork >= 0 && later.some((one) => one.kind === "store");
    });
    expect(shaped.length).toBeGreaterThanOrEqual(0.6 * tests.length);
    expect(shaped.length).toBeLessThan(tests.length);
  });

  it("are emitted but for one in ten at most", () => {
    const items = tests.map((test) => ({ test, orders: orders(test, { limit: 1 }).orders }));
    expect(emitC(items).skips.length).toBeLessThanOrEqual(tests.length / 10);
  });
});

function statementCount({ actors }: Test): number {
  return actors.reduce((sum, one) => sum + one.statements.length, 0);
}

describe("smaller tests", () => {
  it("have one statement less or more, still parse, and keep the order of the rest", () => {
    for (const test of tests.slice(0, 60)) {
      const [order] = orders(test, { limit: 1 }).orders;
      for (const smaller of smallerTests({ test, order: order! })) {
        expect(parseFile(printFile(smaller.test)).ok).toBe(true);
        // What a kernel actor may do need not be part of the order.
        expect(smaller.order.length).toBeLessThanOrEqual(order!.length);
        const counted = statementCount(smaller.test);
        expect(counted).toBeLessThan(statementCount(test));
        expect(smaller.order.length).toBeLessThanOrEqual(counted);
        for (const { actor, index } of smaller.order) {
          const own = smaller.test.actors.find(({ name }) => name === actor);
          expect(own?.statements[index]).toBeDefined();
        }
      }
    }
  });

  it("lose a child with its fork, and a handle's uses with the handle", () => {
    const text = `Linux SMALL
{ page x = anon; }
P0 { h = io_uring_register(x); r0 = fork(P1); dma_write(h, 1); }
P1 { r1 = x; }
locations [P0:r0; P1:r1; h.errno; x]
exists (x = 1)
`;
    const parsed = parseFile(text);
    if (!parsed.ok) throw new Error("the test's own text parses");
    const { declarations, ...rest } = parsed.value;
    const test = { ...rest, declarations: declarations.filter((one) => one.kind === "page") };
    const [order] = orders(test, { limit: 1 }).orders;
    const texts = smallerTests({ test, order: order! }).map((one) => printFile(one.test));
    expect(texts.some((one) => !one.includes("fork") && !one.includes("P1"))).toBe(true);
    expect(texts.some((one) => !one.includes("dma_write") && !one.includes("io_uring"))).toBe(true);
    expect(texts.some((one) => one.includes("dma_write") && !one.includes("io_uring"))).toBe(false);
  });
});
