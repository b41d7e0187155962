import { describe, expect, test } from "vitest";
import { findKernel } from "../../src/kernels/index.ts";
import { expand, parseFile, type Test } from "../../src/litmus/index.ts";
import { compareOrders, type ModelOrder } from "../../src/verdict/compare.ts";
import { checkOrder } from "../../src/verdict/forced.ts";
import { orders } from "../../src/verdict/orders.ts";
import { isAsExpected, type RealCase, realResult } from "../../src/verdict/real.ts";
import type { Valuation } from "../../src/verdict/result.ts";
import { bad, good } from "../report/samples.ts";

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
  test("tells no state of a process that is gone: it is not so", () => {
    const gone = testWith("exists (soft_dirty(x))");
    const result = realResult(gone, "k", [ranWith({ "soft_dirty(x)=-;": 2 })], true);
    expect(result.histogram).toEqual([{ text: "soft_dirty(x)=0;", count: 2, holds: false }]);
  });

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

describe("model and real kernel, order by order", () => {
  const order = [{ actor: "P0", index: 0 }];
  const says = (
    valuations: readonly Valuation[],
    notModelled: readonly string[] = [],
  ): ModelOrder => ({
    order,
    forced: { valuations, stuck: [], notModelled },
  });
  const compared = (cases: readonly RealCase[], model = cases.map(() => says([good]))) =>
    compareOrders("v5.8", realResult(litmus, "k", cases, true), model);

  test("the same ends agree", () => {
    const comparison = compared([ranWith({ "0:r0=2;": 9 })]);
    expect(comparison).toMatchObject({ status: "agree", why: "", modelVerdict: "never" });
    expect(comparison.schedule).toBe("forced");
  });

  test("an end that the model forbids is an alarm", () => {
    const comparison = compared([ranWith({ "0:r0=2;": 9, "0:r0=1;": 1 })]);
    expect(comparison).toMatchObject({ status: "forbid-seen" });
    expect(comparison.why).toContain("0:r0=1;");
  });

  test("an end that another order allows is an alarm in this one", () => {
    const cases = [ranWith({ "0:r0=1;": 9 }), ranWith({ "0:r0=2;": 9 })];
    expect(compared(cases, [says([bad]), says([good])])).toMatchObject({
      status: "agree",
      modelVerdict: "sometimes",
    });
    const swapped = compared(cases, [says([good]), says([bad])]);
    expect(swapped).toMatchObject({ status: "forbid-seen", modelVerdict: "sometimes" });
    expect(swapped.orders.map(({ status }) => status)).toEqual(["forbid-seen", "forbid-seen"]);
  });

  test("cases are found by their order, not by their place", () => {
    const late = ranWith({ "0:r0=1;": 9 }, { orderIndex: 1 });
    const { orders } = compared([late], [says([good]), says([bad])]);
    expect(orders.map(({ status }) => status)).toEqual(["skip", "agree"]);
  });

  test("an end that was never seen is weak", () => {
    const cases = [ranWith({ "0:r0=2;": 9 })];
    expect(compared(cases, [says([good, bad])]).status).toBe("allow-unseen");
    const notes = ["on one node nothing moves at P0.1"];
    const bound = [ranWith({ "0:r0=2;": 9 }, { notes })];
    expect(compared(bound, [says([good, bad])]).status).toBe("agree");
    expect(compared(bound, [says([bad])]).status).toBe("forbid-seen");
  });

  test("an operation that the kernel refused is a result of its own", () => {
    const notes = ["refused EPERM at P0.1"];
    const refused = ranWith({ "0:r0=1;": 9 }, { notes });
    expect(compared([refused])).toMatchObject({ status: "refused", why: notes[0] });
    expect(compared([ranWith({ "0:r0=2;": 9 }, { notes })]).status).toBe("agree");
  });

  test("what is not modelled is a skip, and no alarm", () => {
    const cases = [ranWith({ "0:r0=1;": 9 })];
    const left = compared(cases, [says([], ["thp pages"])]);
    expect(left).toMatchObject({ status: "skip", modelVerdict: "unknown" });
  });

  test("a kernel that panicked agrees with nothing, whatever the other orders say", () => {
    const panic = ranWith({}, { status: "panic", why: "BUG" });
    expect(compared([panic, ranWith({ "0:r0=2;": 9 })]).status).toBe("panic");
  });

  test("an order that was skipped is told where the others agree", () => {
    const skip = ranWith({}, { status: "skip", why: "could not force" });
    const { status, why } = compared([skip, ranWith({ "0:r0=2;": 9 })]);
    expect(status).toBe("agree");
    expect(why).toBe("1 of 2 orders were skipped: could not force");
  });

  test("the model's own run of an order is what is compared", () => {
    const kernel = findKernel("v5.9-rc4")!;
    const [only] = orders(litmus).orders;
    const model = [{ order: only!, forced: checkOrder(litmus, kernel, only!) }];
    expect(compared([ranWith({ "0:r0=1;": 9 })], model).status).toBe("agree");
    expect(compared([ranWith({ "0:r0=2;": 9 })], model).status).toBe("forbid-seen");
  });
});
