/** Which kernel changed a verdict, by which decisions; and tests made smallest. */
import { describe, expect, it } from "vitest";
import { findKernel } from "../../src/kernels/index.ts";
import { expand, parseFile, printFile, type Test } from "../../src/litmus/index.ts";
import { bisect, overKind } from "../../src/synth/bisect.ts";
import { minimise } from "../../src/synth/minimise.ts";
import { check } from "../../src/verdict/check.ts";

const kernel = (name: string) => findKernel(name)!;

function read(text: string): Test {
  const parsed = parseFile(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.diagnostics));
  return expand(parsed.value)[0]!;
}

const rdma = read(`Linux RDMA
{ page x = anon; }
P0 { mr = ibv_reg_mr(x, WRITE); fork(P1); wait(P1); x = 1; dma_write(mr, 2); r0 = x; }
P1 { exit(); }
exists (P0:r0 = 1)
`);

describe("bisect", () => {
  const line = ["v5.8", "v5.9-rc4", "v5.9-rc7", "v5.9"].map(kernel);

  it("explains a regression and its fix, each by its commit", () => {
    const { changes } = bisect(rdma, line);
    expect(changes.map(({ from, to }) => `${from} ${to}`)).toEqual([
      "v5.8 v5.9-rc4",
      "v5.9-rc4 v5.9-rc7",
    ]);
    expect(changes[0]).toMatchObject({ decisions: ["wp.reuse"], commits: ["09854ba94c6a"] });
    expect(changes[1]!.decisions).toContain("fork.presentPte");
    expect(changes[1]!.commits).toContain("70e806e4e645");
  });

  it("finds another step of the lineage over another kind of pages", () => {
    const alive = read(`Linux ALIVE
{ page x = anon; }
P0 { mr = ibv_reg_mr(x, WRITE); fork(P1); x = 1; dma_write(mr, 2); r0 = x; }
P1 { }
exists (P0:r0 = 1)
`);
    const later = ["v5.9", "v5.11", "v5.12"].map(kernel);
    const steps = bisect(overKind(alive, "hugetlb")!, later).changes;
    expect(steps.map(({ from, to }) => `${from} ${to}`)).toEqual(["v5.11 v5.12"]);
    expect(bisect(alive, later).changes).toEqual([]);
    expect(overKind(alive, "nothing")).toBeUndefined();
  });

  it("calls no change what a cut search left unknown", () => {
    expect(bisect(rdma, line, { maxStates: 5 }).changes).toEqual([]);
  });

  it("has nothing to say of a test that no kernel of the line changes", () => {
    expect(bisect(rdma, [kernel("v5.11"), kernel("v5.12")]).changes).toEqual([]);
  });
});

describe("minimise", () => {
  const padded = read(`Linux PADDED
{ page y = thp; page x = anon; }
P0 {
  y = 1; mr = ibv_reg_mr(x, WRITE); r1 = y; fork(P1); fork(P2); signal(e); x = 3;
  mprotect(y, R); await(f); x = 1; dma_write(mr, 2); r0 = x;
}
P1 { await(e); r2 = y; signal(f); }
P2 { r3 = y; y = 4; }
exists (P0:r0 = 1)
`);
  const kernels = ["v5.8", "v5.9"].map(kernel);
  const words = (test: Test) => kernels.map((one) => check(test, one).verdict).join();

  it("leaves only what the verdicts need", () => {
    const wanted = words(padded);
    expect(wanted).toBe("always,never");
    const { test, after } = minimise(padded, (candidate) => words(candidate) === wanted);
    expect(words(test)).toBe(wanted);
    expect(after).toBe(5);
    expect(printFile(test)).not.toMatch(/\by\b|P2|signal/);
  });

  it("leaves a smallest test as it is", () => {
    const { test } = minimise(
      rdma,
      (candidate) => check(candidate, kernel("v5.9-rc4")).verdict === "always",
    );
    expect(
      printFile(minimise(test, (one) => check(one, kernel("v5.9-rc4")).verdict === "always").test),
    ).toBe(printFile(test));
  });
});
