/**
 * Translations that outlive their entries. If these fail, a thread's store is lost or kept where the
 * hardware does otherwise, or every test pays for a TLB that only tests with threads need.
 */
import { describe, expect, test } from "vitest";
import { findKernel, type Kernel, withDecisions } from "../../src/kernels/index.ts";
import { check } from "../../src/verdict/check.ts";
import { loadWorld } from "../../src/verdict/world.ts";
import { testOf } from "../verdict/library.ts";

const on = (name: string): Kernel => findKernel(name)!;
const verdict = (text: string, kernel: Kernel): string => check(testOf(text), kernel).verdict;

const lostStore = (change: string): string => `Linux T
{ page x = anon; }
P0 { h = get(x); signal(go); ${change} }
P0.T1 { await(go); x.lo = 1; }
P0.T2 { await(go); x.hi = 1; r0 = x.hi; }
exists (P0.T2:r0 = 0)
`;

describe("a store through an old translation", () => {
  test("goes to the page that another thread copies while uffd-wp has not flushed", () => {
    expect(verdict(lostStore("uffd_wp(x);"), on("v5.11"))).toBe("sometimes");
    const flushing = withDecisions(on("v5.11"), "flushing", { "wp.flushesPending": true });
    expect(verdict(lostStore("uffd_wp(x);"), flushing)).toBe("never");
    const careless = withDecisions(on("v5.12"), "careless", { "wp.flushesPending": false });
    expect(verdict(lostStore("uffd_wp(x);"), careless)).toBe("sometimes");
  });

  test("is harmless under mprotect, which keeps faults out until it has flushed", () => {
    const text = lostStore("mprotect(x, R); mprotect(x, RW);").replace(
      "r0 = x.hi",
      "await(back); x.hi = 1; r0 = x.hi",
    );
    expect(verdict(text.replace("RW); }", "RW); signal(back); }"), on("v5.9"))).toBe("never");
  });

  const alone = (advice: string): string => `Linux T
{ page x = anon; }
P0 { h = pin(x, WRITE); ${advice} x = 1; dma_write(h, 2); r0 = x; }
exists (P0:r0 = 1)
`;

  test("goes unnoticed in the same thread after a clear_refs that never flushes", () => {
    expect(verdict(alone("clear_refs(P0);"), on("v5.9"))).toBe("sometimes");
    const flushing = withDecisions(on("v5.9"), "flushing", { "softDirty.flushes": true });
    expect(verdict(alone("clear_refs(P0);"), flushing)).toBe("always");
  });

  test("is over with the next flush of that page, not of another", () => {
    const twice = alone("clear_refs(P0); mprotect(y, R); mprotect(y, RW);").replace(
      "x = anon;",
      "x = anon; page y = anon;",
    );
    expect(verdict(twice, on("v5.9"))).toBe("sometimes");
    expect(verdict(twice.replaceAll("mprotect(y,", "mprotect(x,"), on("v5.9"))).toBe("always");
    const forked = alone("clear_refs(P0); fork(P1); wait(P1);").replace(
      "exists",
      "P1 { exit(); }\nexists",
    );
    expect(verdict(forked.replace("pin(x, WRITE)", "get(x, WRITE)"), on("v5.9"))).toBe("always");
  });
});

describe("the cells", () => {
  const cells = (text: string): number =>
    loadWorld(testOf(text), on("v7.2")).model.layout.counts.tlb!;
  const one =
    "Linux T\n{ page x = anon; }\nP0 { fork(P1); x = 1; }\nP1 { x = 2; }\nexists (true)\n";

  test("exist only where two threads share an mm, or the kernel may forget to flush", () => {
    expect(cells(one)).toBe(0);
    expect(cells(one.replace("P1 {", "P0.T1 { x = 3; }\nP1 {"))).toBe(2);
    expect(cells(one.replace("fork(P1);", "clear_refs(P0); fork(P1);"))).toBe(2);
  });
});
