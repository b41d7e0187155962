import { describe, expect, test } from "vitest";
import { expand, parseFile, type Test } from "../../src/litmus/index.ts";
import { compareResults } from "../../src/verdict/compare.ts";
import { isAsExpected, type RealCase, realResult } from "../../src/verdict/real.ts";
import { bad, good, resultOf } from "../report/samples.ts";

function testWith(tail: string): Test {
  const parsed = parseFile(`Linux T
"A pinned page is made read-only and writable again."
{ page x = anon; }
P0 { h = io_uring_register(x); mprotect(x, R); mprotect(x, RW); x = 1; dma_write(h, 2); r0 = x; }
${tail}
`);
  const [first] = parsed.ok ? expand(parsed.value) : [];
  return first!;
}

const litmus = testWith("exists (P0:r0 = 1)");

function ranWith(counts: Record<string, number>, given: Partial<RealCase> = {}): RealCase {
  const valuations = Object.entries(counts).map(([text, count]) => ({ text, count }));
  const trials = valuations.reduce((sum, { count }) => sum + count, 0);
  return { trials, valuations, status: "ok", why: "", ...given };
}

describe("what a real kernel showed", () => {
  test("trials and hits of all orders together, the valuations sorted", () => {
    const cases = [ranWith({ "0:r0=2;": 97, "0:r0=1;": 3 }), ranWith({ "0:r0=1;": 50 })];
    expect(realResult(litmus, "debian:6.1", cases, true)).toMatchObject({
      verdict: "sometimes",
      trials: 150,
      hits: 53,
      status: "ok",
      complete: true,
      histogram: [
        { text: "0:r0=1;", count: 53, holds: true },
        { text: "0:r0=2;", count: 97, holds: false },
      ],
    });
  });

  test("always and never", () => {
    expect(realResult(litmus, "k", [ranWith({ "0:r0=1;": 9 })], true).verdict).toBe("always");
    expect(realResult(litmus, "k", [ranWith({ "0:r0=2;": 9 })], true).verdict).toBe("never");
  });

  test("an order lost to a panic is the status, the others still count", () => {
    const panic = ranWith({}, { status: "panic", why: "BUG at mm" });
    expect(realResult(litmus, "k", [ranWith({ "0:r0=2;": 9 }), panic], true)).toMatchObject({
      status: "panic",
      why: "BUG at mm",
      trials: 9,
      complete: false,
    });
  });

  test("a skip is no verdict", () => {
    const skip = ranWith({}, { status: "skip", why: "no RDMA" });
    expect(realResult(litmus, "k", [skip], true)).toMatchObject({
      verdict: "unknown",
      status: "skip",
      why: "no RDMA",
    });
    expect(realResult(litmus, "k", [], true).status).toBe("skip");
  });

  test("the filter takes ends out", () => {
    const filtered = testWith("filter (P0:r0 = 2)\nexists (P0:r0 = 1)");
    const result = realResult(filtered, "k", [ranWith({ "0:r0=2;": 4, "0:r0=1;": 5 })], true);
    expect(result).toMatchObject({ trials: 4, hits: 0 });
  });

  test("a sometimes that was not seen is forgiven, a never that was seen is not", () => {
    const never = realResult(litmus, "k", [ranWith({ "0:r0=2;": 9 })], true);
    const some = realResult(litmus, "k", [ranWith({ "0:r0=2;": 8, "0:r0=1;": 1 })], true);
    expect(isAsExpected(never, "sometimes")).toBe(true);
    expect(isAsExpected(some, "never")).toBe(false);
    expect(isAsExpected(some, "always")).toBe(false);
    expect(isAsExpected(never, "never")).toBe(true);
  });
});

describe("model and real kernel", () => {
  const model = resultOf({ schedule: "serial", valuations: [good], quantifier: "exists" });
  const real = (counts: Record<string, number>, all = true) =>
    realResult(litmus, "k", [ranWith(counts)], all);

  test("the same ends agree", () => {
    expect(compareResults(model, real({ "0:r0=2;": 9 })).status).toBe("agree");
  });

  test("an end that the model forbids is an alarm", () => {
    const comparison = compareResults(model, real({ "0:r0=2;": 9, "0:r0=1;": 1 }));
    expect(comparison).toMatchObject({ status: "forbid-seen" });
    expect(comparison.why).toContain("0:r0=1;");
  });

  test("an end that was never seen is weak, and nothing where not every order ran", () => {
    const both = { ...model, valuations: [good, bad] };
    expect(compareResults(both, real({ "0:r0=2;": 9 })).status).toBe("allow-unseen");
    expect(compareResults(both, real({ "0:r0=2;": 9 }, false)).status).toBe("agree");
  });

  test("a cut search raises no alarm, and what is not modelled is a skip", () => {
    const cut = { ...model, complete: false, bound: "9 states" };
    expect(compareResults(cut, real({ "0:r0=1;": 9 })).status).toBe("skip");
    const left = { ...model, notModelled: ["thp pages"], valuations: [] };
    expect(compareResults(left, real({ "0:r0=1;": 9 })).status).toBe("skip");
  });

  test("a kernel that panicked agrees with nothing", () => {
    const panic = ranWith({}, { status: "panic", why: "BUG" });
    expect(compareResults(model, realResult(litmus, "k", [panic], true)).status).toBe("panic");
  });
});
