/** If a condition that nothing can fulfil passed as "never", a typo would be a green test. */
import { describe, expect, it } from "vitest";
import { findKernel } from "../../src/kernels/index.ts";
import { check } from "../../src/verdict/check.ts";
import { decidedBefore } from "../../src/verdict/satisfiable.ts";
import { library, testOf } from "./library.ts";

const withCondition = (condition: string) =>
  testOf(`Linux T
{ page x = anon; }
P0 { h = pin(x, WRITE); r1 = fork(P1); x = 1; dma_write(h, 2); r0 = x; }
P1 { r0 = x; }
${condition}
`);

describe("a condition that is decided before anything runs", () => {
  it.each([
    ["exists (P0:r0 = 3)", "cannot be true"],
    ["~exists (P0:r0 = 3)", "cannot be true"],
    ["exists (P0:r0 = 1 /\\ P0:r0 = 2)", "cannot be true"],
    ["exists (x = 1 /\\ ~(x = 1))", "cannot be true"],
    ["exists (P0:r1 = 2)", "cannot be true"],
    ["exists (false)", "cannot be true"],
    ["forall (P0:r0 != 3)", "cannot be false"],
  ])("%s: %s", (condition, reason) => {
    const test = withCondition(condition);
    expect(decidedBefore(test)[0]).toContain(reason);
    const result = check(test, findKernel("v5.9")!);
    expect(result.verdict).toBe("vacuous");
    expect(result.notes.join()).toContain(reason);
  });

  it.each([
    "exists (P0:r0 = 1)",
    "exists (P0:r1 = ENOMEM)",
    "exists (h.errno = EFAULT)",
    "exists (ref(x) = 7)",
    "exists (ref(x) != 7)",
    "exists (PTE(P0:x) = swap /\\ ~same(P0:x, P1:x))",
    "exists (P0:r0 != P1:r0)",
    "exists (true)",
    "forall (true)",
    "forall (P0:r0 = 2)",
    "~exists (P0:r0 = 0 /\\ P1:r0 = 2)",
  ])("is not %s", (condition) => expect(decidedBefore(withCondition(condition))).toEqual([]));

  it("knows the words that halves make", () => {
    const halves = (value: number) =>
      testOf(`Linux T
{ page x = anon; }
P0 { x.lo = 1; x.hi = 2; r0 = x; }
exists (P0:r0 = ${value})
`);
    expect(decidedBefore(halves(0x20001))).toEqual([]);
    expect(decidedBefore(halves(0x30001))).toHaveLength(1);
  });

  it("is in no test of the library", () => {
    expect(library().filter(({ test }) => decidedBefore(test).length > 0)).toEqual([]);
  });
});
