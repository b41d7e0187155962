/** What diff claims of two kernels holds in the ordinary checker, and it finds what is known. */
import { describe, expect, it } from "vitest";
import { findKernel, withDecisions } from "../../src/kernels/index.ts";
import { expand, parseFile } from "../../src/litmus/index.ts";
import { type DiffOptions, type DiffResult, diff } from "../../src/synth/diff.ts";
import { check } from "../../src/verdict/check.ts";

const kernel = (name: string) => findKernel(name)!;
const small: DiffOptions = { pages: 1, depth: 4 };

/** Every test as its text says it, checked anew. */
function confirm(result: DiffResult): void {
  for (const { litmus, verdicts } of result.tests) {
    const parsed = parseFile(litmus);
    expect(parsed.diagnostics, litmus).toEqual([]);
    const [test] = parsed.ok ? expand(parsed.value) : [];
    const said = Object.entries(verdicts);
    expect(said[0]![1]).not.toBe(said[1]![1]);
    for (const [name, verdict] of said) expect(check(test!, kernel(name)).verdict).toBe(verdict);
  }
}

describe("diff", () => {
  it("finds what v5.9-rc4 broke: the registered page and mprotect", () => {
    const options = { ...small, families: ["write", "pin", "mprotect", "fork", "dma"], depth: 5 };
    const found = diff(kernel("v5.8"), kernel("v5.9-rc4"), options);
    confirm(found);
    const reuse = found.tests.filter(({ decisions }) => decisions.join() === "wp.reuse");
    expect(reuse.map(({ outcome }) => outcome)).toContain("lost DMA write");
    expect(reuse.map(({ commits }) => commits.join())).toContain("09854ba94c6a");
    expect(reuse.some(({ litmus }) => litmus.includes("mprotect"))).toBe(true);
    expect(found.unconfirmed).toEqual([]);
  });

  it("tells another way to the same damage, and no longer way of the same", () => {
    const families = ["write", "pin", "mprotect", "fork", "dma"];
    const found = diff(kernel("v5.8"), kernel("v5.9-rc4"), { pages: 1, depth: 5, families });
    const lost = found.tests.filter(({ outcome }) => outcome === "lost DMA write");
    const ways = lost.map(({ litmus }) => ["mprotect", "fork"].filter((w) => litmus.includes(w)));
    expect(ways).toEqual([["mprotect"], ["fork"]]);
  });

  it("tells a kernel from itself with nothing, and says how far it looked", () => {
    const found = diff(kernel("v5.9"), kernel("v5.9"), { ...small, depth: 3 });
    expect(found).toMatchObject({ tests: [], complete: true, depth: 3, bound: undefined });
  });

  it("names the one decision that was changed", () => {
    const base = kernel("v5.11");
    const wrong = withDecisions(base, "wrong", { "fork.copyPinned": false });
    const found = diff(base, wrong, { ...small, families: ["write", "pin", "fork", "dma"] });
    expect(found.tests.length).toBeGreaterThan(0);
    for (const { decisions } of found.tests) expect(decisions).toEqual(["fork.copyPinned"]);
  });

  it("is not complete when a limit stopped it", () => {
    const found = diff(kernel("v5.8"), kernel("v5.9-rc4"), { ...small, limit: 1 });
    expect(found).toMatchObject({ complete: false, bound: "enough" });
    expect(found.tests).toHaveLength(1);
  });
});
