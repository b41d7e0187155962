import { describe, expect, test } from "vitest";
import { findKernel } from "../../src/kernels/index.ts";
import { expand, parseFile } from "../../src/litmus/index.ts";
import { check } from "../../src/verdict/check.ts";
import { compareFree } from "../../src/verdict/compare-free.ts";
import { realResult } from "../../src/verdict/real.ts";

const parsed = parseFile(`Linux TEAR
"A fork copies pinned pages one after the other."
{ page x[2] = anon; }
P0 { h = io_uring_register(x); signal(go); fork(P1); }
P0.T1 { await(go); x[0] = 1; x[1] = 1; }
P1 { r0 = x[1]; r1 = x[0]; }
exists (P1:r0 = 1 /\\ P1:r1 = 0)
`);
const litmus = parsed.ok ? expand(parsed.value)[0]! : undefined;

function compared(kernel: string, counts: Record<string, number>) {
  const valuations = Object.entries(counts).map(([text, count]) => ({ text, count }));
  const trials = valuations.reduce((sum, { count }) => sum + count, 0);
  const ran = { trials, valuations, status: "ok" as const, why: "" };
  const real = realResult(litmus!, "rig", [ran], false, "free");
  return compareFree(real, check(litmus!, findKernel(kernel)!), "sometimes");
}

const whole = { "1:r0=0; 1:r1=0;": 8, "1:r0=1; 1:r1=1;": 3 };
const torn = { "1:r0=1; 1:r1=0;": 1 };

describe("a free-running kernel and all interleavings", () => {
  test("a torn end is no news to a kernel that copies early, and an alarm to one that shares", () => {
    expect(compared("v6.1", { ...whole, ...torn }).status).not.toBe("forbid-seen");
    expect(compared("v5.8", { ...whole, ...torn })).toMatchObject({
      status: "forbid-seen",
      schedule: "free",
      why: expect.stringContaining("1:r0=1; 1:r1=0;"),
    });
  });

  test("what was not seen proves nothing", () => {
    const comparison = compared("v6.1", whole);
    expect(comparison).toMatchObject({ status: "allow-unseen", asExpected: true });
    expect(comparison.why).toContain("1:r0=1; 1:r1=0;");
  });
});
