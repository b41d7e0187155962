/** What a test may ask of a run: many values, large ones and halves, told whole and without a warning. */
import { describe, expect, test } from "vitest";
import { emitC } from "../../src/emit/c/index.ts";
import { findKernel } from "../../src/kernels/index.ts";
import { check } from "../../src/verdict/check.ts";
import { orders } from "../../src/verdict/orders.ts";
import { valuationKey } from "../../src/verdict/valuation.ts";
import { testOf } from "../verdict/library.ts";
import { compileC, noCompiler, runProgram } from "./run-c.ts";

const asking = (count: number) => {
  const places = Array.from({ length: count }, (_, i) => `x[${i}]`);
  const stores = places.map((place, i) => `${place} = ${0xffffff00 + i};`).slice(0, 90);
  return testOf(`Linux T
{ page x[${count}] = anon; }
P0 { ${stores.join(" ")} }
locations [${places.join("; ")}]
exists (x[0] = 1 \\/ x[0] != 1)
`);
};

const halves = testOf(`Linux HALVES
{ page x = anon; page y = anon; }
P0 { x = 0xbeef0001; r0 = x.lo; r1 = x.hi; y.lo = 300; y.hi = 65535; r2 = y; }
locations [P0:r0; P0:r1; P0:r2; x; y]
exists (P0:r0 = 1)
`);

const emitted = (of: ReturnType<typeof testOf>) =>
  emitC([{ test: of, orders: orders(of).orders }], {});

test("a test that asks more than the tables hold is skipped, with the reason", () => {
  expect(emitted(asking(47)).skips).toEqual([]);
  expect(emitted(asking(48)).skips[0]?.why).toBe("more than 47 observed values");
});

describe.skipIf(noCompiler !== undefined)(
  `on this machine's kernel${noCompiler ? ` (skipped: ${noCompiler})` : ""}`,
  () => {
    test.each([
      ["forty values", asking(40)],
      ["halves", halves],
    ])("%s are those of the model", (_, of) => {
      const { cases } = runProgram(compileC(emitted(of).source), "--trials", "1");
      const { valuations } = check(of, findKernel("v6.12")!);
      const allowed = valuations.map(({ values }) => valuationKey(values));
      const seen = cases.flatMap((one) => Object.keys(one.valuations));
      expect(seen.length).toBeGreaterThan(0);
      for (const one of seen) expect(allowed).toContain(one);
    });
  },
);
