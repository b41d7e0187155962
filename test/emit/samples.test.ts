/** The seed tests as C, all in one program, run on this machine and held to their expectations. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { emitC } from "../../src/emit/c/index.ts";
import { expand, parseFile, type Test } from "../../src/litmus/index.ts";
import { orders, orderText } from "../../src/verdict/orders.ts";
import { compileC, noCompiler, runProgram } from "./run-c.ts";

const folder = join(import.meta.dirname, "../fixtures/litmus");

function seedTests(): Test[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".litmus"))
    .sort()
    .flatMap((name) => {
      const parsed = parseFile(readFileSync(join(folder, name), "utf8"));
      return parsed.ok ? expand(parsed.value) : [];
    });
}

const tests = seedTests();
const items = tests.map((one) => ({ test: one, orders: orders(one).orders }));

test("every seed test is emitted; the one that needs more than user space is named", () => {
  expect(tests.length).toBeGreaterThanOrEqual(9);
  expect(emitC(items).skips).toEqual([
    { test: "ALLOC+atomic", why: "allocation failure is for the model only" },
  ]);
});

describe.skipIf(noCompiler !== undefined)(
  `on this machine's kernel${noCompiler ? ` (skipped: ${noCompiler})` : ""}`,
  () => {
    const output = noCompiler === undefined ? runProgram(compileC(emitC(items).source)) : undefined;

    test("every order of every test is reported once, in order, under its name", () => {
      const expected = items.flatMap((item) =>
        emitC([item]).skips.length > 0
          ? [`${item.test.name}.o0`]
          : item.orders.map((_, index) => `${item.test.name}.o${index}`),
      );
      expect(output!.cases.map((one) => one.name)).toEqual(expected);
      expect(output!.cases.every((one) => one.line.startsWith("ok "))).toBe(true);
    });

    test("what ran says its order, and never shows what new kernels forbid", () => {
      const ran = output!.cases.filter((one) => !one.line.includes("# SKIP"));
      expect(ran.map((one) => one.name)).toContain("MPROTECT+pin.o0");
      for (const one of ran) {
        const name = one.name.replace(/\.o\d+$/, "");
        const index = Number(/\.o(\d+)$/.exec(one.name)![1]);
        const item = items.find((each) => each.test.name === name)!;
        expect(one.order).toBe(orderText(item.orders[index]!));
      }
      expect(output!.text).not.toMatch(/^# observation (sometimes|always)/m);
    });

    test("red control: without the device's writes every test that has one shows its bad end", () => {
      const red = emitC(items, { leaveOutDeviceWrite: true }).source;
      const mprotect = runProgram(compileC(red)).cases.find(
        (one) => one.name === "MPROTECT+pin.o0",
      )!;
      expect(mprotect.valuations).toEqual({ "0:r0=1;": 1 });
    });
  },
);
