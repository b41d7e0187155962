/**
 * Faults under a VMA's own lock. If these fail, a fault runs while fork copies its VMA, waits where the
 * kernel does not, or forgets to fall back to mmap_lock.
 */
import { describe, expect, test } from "vitest";
import { findKernel, type Kernel, withDecisions } from "../../src/kernels/index.ts";
import { check } from "../../src/verdict/check.ts";
import { loadWorld } from "../../src/verdict/world.ts";
import { testOf } from "../verdict/library.ts";

const on = (name: string): Kernel => findKernel(name)!;
const without = (kernel: Kernel): Kernel =>
  withDecisions(kernel, "careless", { "fork.locksVmas": false });

const twoWriters = `Linux T
{ page x = anon; }
P0 { fork(P1); }
P0.T1 { x.lo = 1; }
P0.T2 { x.hi = 1; r0 = x.hi; }
P1 { }
exists (P0.T2:r0 = 0)
`;

/** What ran in one order of steps that shows the condition. */
const labels = (text: string, kernel: Kernel): readonly string[] =>
  check(testOf(text), kernel).run!.steps.map(({ label }) => label);

describe("a write fault while its process forks", () => {
  test("loses a store when fork does not lock the VMA, on kernels whose faults take VMA locks", () => {
    for (const name of ["v6.6", "v6.12", "v7.2"]) {
      expect(check(testOf(twoWriters), on(name)).verdict, name).toBe("never");
      expect(check(testOf(twoWriters), without(on(name))).verdict, name).toBe("sometimes");
    }
    expect(check(testOf(twoWriters), without(on("v6.2"))).verdict).toBe("never");
  });

  const oneWriter = `Linux T
{ page x = readonly anon; page y = KIND; }
P0 { mprotect(y, R); mprotect(y, RW); signal(go); }
P0.T1 { await(go); y = 1; }
exists (y = 1)
`;
  const fault = (kind: string, kernel: string): readonly string[] =>
    labels(oneWriter.replace("KIND", kind), on(kernel)).filter((label) =>
      /rcu|for reading/.test(label),
    );

  test("takes the VMA's lock for anonymous memory from v6.6, for files from v6.12", () => {
    const vma = "lock_vma_under_rcu: try the VMA's lock";
    const mmap = "lock mmap_lock for reading";
    expect(fault("untouched private file", "v6.2")).toEqual([mmap]);
    expect(fault("untouched private file", "v6.6")).toEqual([vma, mmap]);
    expect(fault("untouched private file", "v6.12")).toEqual([vma]);
  });

  test("needs mmap_lock for the first anonymous page of a VMA", () => {
    expect(fault("untouched anon", "v7.2")).toContain("lock mmap_lock for reading");
  });
});

test("a test without threads has no cells for VMA locks, an older kernel none either", () => {
  const cells = (text: string, kernel: string): number =>
    loadWorld(testOf(text), on(kernel)).model.layout.counts.vma_lock!;
  expect(cells(twoWriters, "v6.6")).toBe(2);
  expect(cells(twoWriters, "v6.2")).toBe(0);
  expect(
    cells(twoWriters.replace(/P0\.T. .*\n/g, "").replace(/exists.*/, "exists (true)"), "v6.6"),
  ).toBe(0);
});
