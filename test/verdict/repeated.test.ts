/** A page is taken as often as its test says, where a cell has room for it; else often enough to look so. */
import { expect, test } from "vitest";
import { findKernel } from "../../src/kernels/index.ts";
import { check } from "../../src/verdict/check.ts";
import { repetitions, takesFewer, tooOften } from "../../src/verdict/repeated.ts";
import { testOf } from "./library.ts";

const taken = (statements: string, condition = "P0:r0 = 1") =>
  testOf(`Linux T
{ page x = anon; }
P0 { ${statements} fork(P1); x = 1; r0 = x; }
P1 { }
exists (${condition})
`);

test.each([1, 57, 64, 100, 1024, 100_000])("%d pins keep the books", (times) => {
  const of = taken(`h = pin(x, WRITE) times ${times};`);
  const { verdict, broken } = check(of, findKernel("v6.12")!);
  expect({ verdict, broken }).toEqual({ verdict: "always", broken: undefined });
});

test("what fits is taken as often as it says", () => {
  const of = taken("h = pin(x, WRITE) times 58; g = get(x) times 4;");
  expect(takesFewer(of)).toBe(false);
});

test("what does not fit is taken often enough", () => {
  const of = taken("h = pin(x, WRITE) times 1024; g = get(x) times 60000;");
  const [pins, gets] = of.actors[0]!.statements.flatMap((one) =>
    one.kind === "call" && one.times > 1 ? [repetitions(one, of)] : [],
  );
  expect(pins).toBeGreaterThan(1);
  expect(gets).toBeGreaterThanOrEqual(1024);
  expect(tooOften(of)).toEqual([]);
});

test("a test that counts such references is not answered", () => {
  const of = taken("h = pin(x, WRITE) times 1024;", "ref(x) = 1048577");
  expect(check(of, findKernel("v6.12")!).verdict).toBe("unknown");
  expect(tooOften(of)).toHaveLength(1);
  expect(tooOften(taken("h = pin(x, WRITE) times 2;", "ref(x) = 2049"))).toEqual([]);
});
