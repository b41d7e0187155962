/**
 * Reclaim against pins: which pages it takes, and what it leaves. If these fail, a pinned page goes
 * to swap on a kernel that would keep it, or is kept where the lost write is real.
 */
import { describe, expect, test } from "vitest";
import { findKernel, type Kernel, withDecisions } from "../../src/kernels/index.ts";
import { check } from "../../src/verdict/check.ts";
import { testOf } from "../verdict/library.ts";

const on = (name: string): Kernel => findKernel(name)!;
const verdict = (text: string, kernel: Kernel): string => check(testOf(text), kernel).verdict;

const pinned = `Linux T
{ page x = anon; }
P0 { h = pin(x, WRITE); signal(pinned); await(done); }
K0 { await(pinned); must reclaim(x); signal(done); }
exists (PTE(P0:x) = swap)
`;
const racing = `Linux T
{ page x = anon; }
P0 { h = pin(x, WRITE | FAST); r1 = x; x = 1; dma_write(h, 2); r0 = x; }
K0 { may reclaim(x); }
exists (P0:r0 = 1)
`;
const lazyfree = `Linux T
{ page x = anon; }
P0 { x = 1; madvise(x, FREE); h = get(x); signal(held); await(done); r0 = x; }
K0 { await(held); must reclaim(x); signal(done); }
exists (P0:r0 = 0)
`;

describe("a pinned page", () => {
  test("is unmapped up to v5.10, left alone from v5.11", () => {
    expect(verdict(pinned, on("v5.9"))).toBe("always");
    expect(verdict(pinned, on("v5.11"))).toBe("never");
    const blind = withDecisions(on("v5.11"), "blind", { "reclaim.skipsPinned": "never" });
    expect(verdict(pinned, blind)).toBe("always");
  });

  test("a pin that comes after the look is missed until the exclusive mark is asked", () => {
    expect(verdict(racing, on("v5.18"))).toBe("sometimes");
    expect(verdict(racing, on("v5.19"))).toBe("never");
  });

  test("an unpinned page is taken on every kernel", () => {
    const free = pinned.replace("h = pin(x, WRITE); ", "");
    for (const kernel of ["v4.19", "v5.11", "v7.2"])
      expect(verdict(free, on(kernel)), kernel).toBe("always");
  });
});

describe("a page of MADV_FREE", () => {
  test("is dropped under a reference up to v5.17, kept from v5.18", () => {
    expect(verdict(lazyfree, on("v5.17"))).toBe("always");
    expect(verdict(lazyfree, on("v5.18"))).toBe("never");
    const flipped = withDecisions(on("v5.18"), "flipped", { "reclaim.lazyfree": "clean" });
    expect(verdict(lazyfree, flipped)).toBe("always");
  });

  test("is dropped on every kernel when nobody holds it, and never once written again", () => {
    const alone = lazyfree.replace("h = get(x); ", "");
    const rewritten = alone.replace("FREE); ", "FREE); x = 2; ");
    expect(verdict(alone, on("v7.2"))).toBe("always");
    expect(verdict(rewritten, on("v7.2"))).toBe("never");
  });
});

describe("MADV_PAGEOUT", () => {
  const paged = (body: string): string =>
    `Linux T\n{ page x = anon; }\n${body}\nexists (PTE(P0:x) = swap)\n`;

  test("does nothing before it exists", () => {
    expect(verdict(paged("P0 { madvise(x, PAGEOUT); }"), on("v4.19"))).toBe("never");
    expect(verdict(paged("P0 { madvise(x, PAGEOUT); }"), on("v5.4"))).toBe("always");
  });

  test("takes a page that a child maps, too, in v5.4 alone", () => {
    const shared = paged("P0 { fork(P1); madvise(x, PAGEOUT); }\nP1 { }");
    expect(verdict(shared, on("v5.4"))).toBe("always");
    expect(verdict(shared, on("v5.7"))).toBe("never");
  });

  test("splits a huge page, unless somebody holds it", () => {
    const huge = paged("P0 { madvise(x, PAGEOUT); }").replace("= anon", "= thp");
    expect(verdict(huge, on("v6.12"))).toBe("always");
    const held = huge.replace("madvise", "h = get(x[1]); madvise");
    expect(verdict(held, on("v6.12"))).toBe("never");
  });
});
