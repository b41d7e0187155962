/**
 * The races that this memory manager must find, on the kernels that have them, and must prove absent
 * on the kernels that closed them: fork against GUP-fast (v5.9, and Peter Xu's first version),
 * reclaim against GUP-fast, fork of hugetlb pages against GUP-fast. Every search is complete. Each
 * race is one of atomic steps: with whole statements as steps (serial) none of them happens.
 */
import { describe, expect, it } from "vitest";
import { findKernel } from "../../src/kernels/index.ts";
import type { Test } from "../../src/litmus/index.ts";
import { check } from "../../src/verdict/check.ts";
import { library, testOf } from "./library.ts";

interface Race {
  readonly name: string;
  readonly present: readonly string[];
  readonly absent: readonly string[];
  /** A test of the library. */
  readonly small: string;
  /** The same with two pages and two pinners. */
  readonly large: string;
}

const twoOf = (page: string, first: string, second: string): string => `Linux TWO
{ ${page} }
P0 {
  fork(P1); await(a); await(b);
  ${first} = 1; dma_write(h[0], 2); r0 = ${first};
  ${second} = 1; dma_write(g[0], 2); r1 = ${second};
}
P0.T1 { h = pin(${first}, WRITE | FAST); signal(a); }
P0.T2 { g = pin(${second}, WRITE | FAST); signal(b); }
P1 { }
exists (P0:r0 = 1 \\/ P0:r1 = 1)
`;

const twoAgainstReclaim = `Linux TWO
{ page x[2] = anon; }
P0 {
  h = pin(x[0], WRITE | FAST); signal(a); await(b);
  r1 = x[0]; x[0] = 1; dma_write(h, 2); r0 = x[0];
  r2 = x[1]; x[1] = 1; dma_write(g, 2); r3 = x[1];
}
P0.T1 { g = pin(x[1], WRITE | FAST); signal(b); }
K0 { may reclaim(x); }
exists (P0:r0 = 1 \\/ P0:r3 = 1)
`;

const races: readonly Race[] = [
  {
    name: "v5.9's: fork against GUP-fast",
    present: ["v5.9", "linus-2020-09-28"],
    absent: [
      "v5.9-rc7",
      "v5.11",
      "v5.12",
      "v5.18",
      "v5.19",
      "v6.1",
      "v6.12",
      "v7.1",
      "stable-5.10",
    ],
    small: "FORK+gup-fast",
    large: twoOf("page x[2] = anon;", "x[0]", "x[1]"),
  },
  {
    name: "version 1's: pin test before write-protection",
    present: ["peter-xu-v1"],
    absent: ["peter-xu-v2"],
    small: "FORK+gup-fast+longterm",
    large: twoOf("page x[2] = anon;", "x[0]", "x[1]"),
  },
  {
    name: "R6: a pin after reclaim's look",
    present: ["v5.11", "v5.12", "v5.14", "v5.17", "v5.18"],
    absent: ["v5.19", "v6.1", "v6.6", "v7.1"],
    small: "RECLAIM+gup-fast",
    large: twoAgainstReclaim,
  },
  {
    name: "R8: fork of hugetlb outside the sequence count",
    present: ["v5.12", "v5.14", "v5.17", "v5.18"],
    absent: ["v5.19", "v6.1", "v7.1"],
    small: "FORK+gup-fast+hugetlb",
    large: twoOf("page x = hugetlb; page y = hugetlb;", "x", "y"),
  },
];

const all = library("seed", "races");
const named = (name: string): Test => all.find(({ test }) => test.name === name)!.test;

/** The verdict of a search that nothing cut. */
function verdict(test: Test, kernel: string, schedule: "free" | "serial" = "free"): string {
  const plain = { reduce: { ample: false } };
  const result = check(test, findKernel(kernel)!, { schedule, ...plain });
  return result.complete ? result.verdict : `cut: ${result.bound}`;
}

describe.each(races)("$name", ({ present, absent, small, large }) => {
  it("is found where it is, by a run that can be shown", () => {
    for (const kernel of present) {
      expect([kernel, verdict(named(small), kernel)]).toEqual([kernel, "sometimes"]);
      const { run } = check(named(small), findKernel(kernel)!);
      expect(run!.steps.length).toBeGreaterThan(10);
    }
  });

  it("is proved absent where it was closed", () => {
    for (const kernel of absent)
      expect([kernel, verdict(named(small), kernel)]).toEqual([kernel, "never"]);
  });

  it("is one of atomic steps: whole statements do not show it", () => {
    for (const kernel of present)
      expect([kernel, verdict(named(small), kernel, "serial")]).toEqual([kernel, "never"]);
  });

  it("is the same with two pages and two pinners", { timeout: 120_000 }, () => {
    const two = testOf(large);
    const [here] = present.slice(-1);
    expect([here, verdict(two, here!)]).toEqual([here, "sometimes"]);
    expect([absent[0], verdict(two, absent[0]!)]).toEqual([absent[0], "never"]);
  });
});

describe("what the sequence count hides", () => {
  it("a pin made before the fork is safe since v5.12, and was not on v5.11: hugetlb", () => {
    const before = testOf(`Linux BEFORE
{ page x = hugetlb; }
P0 { h = pin(x, WRITE | FAST); fork(P1); x = 1; dma_write(h[0], 2); r0 = x; signal(done); }
P1 { await(done); }
exists (P0:r0 = 1)
`);
    expect(verdict(before, "v5.11")).toBe("always");
    for (const kernel of races[3]!.present) expect(verdict(before, kernel)).toBe("never");
  });
});
