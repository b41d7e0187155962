/** Races that tell kernels apart, each confirmed by the ordinary checker from its text. */
import { describe, expect, it } from "vitest";
import { findKernel } from "../../src/kernels/index.ts";
import { expand, parseFile } from "../../src/litmus/index.ts";
import { type ConcurrentResult, diffConcurrent } from "../../src/synth/concurrent.ts";
import { check } from "../../src/verdict/check.ts";

const kernel = (name: string) => findKernel(name)!;

function races(one: string, other: string, kind: string, maxStates = 100_000): ConcurrentResult {
  return diffConcurrent(kernel(one), kernel(other), { kinds: [kind], maxStates });
}

function lost({ tests }: ConcurrentResult): readonly string[] {
  return tests
    .filter(({ outcome }) => outcome === "lost DMA write")
    .map(({ decisions }) => decisions.join());
}

describe("diff --concurrent", () => {
  it("finds the race of GUP-fast with fork that v5.11 closed", { timeout: 120_000 }, () => {
    const found = races("v5.9", "v5.11", "anon");
    expect(lost(found)).toContain("gup.checksSequence,fork.writeProtectSeq");
    for (const { litmus, verdicts } of found.tests) {
      const parsed = parseFile(litmus);
      const [test] = parsed.ok ? expand(parsed.value) : [];
      for (const [name, verdict] of Object.entries(verdicts))
        expect(check(test!, kernel(name)).verdict).toBe(verdict);
    }
  });

  it("finds the hugetlb race that v5.19 closed", { timeout: 120_000 }, () => {
    expect(lost(races("v5.18", "v5.19", "hugetlb"))).toContain("fork.hugetlbSeq");
  });

  it("tells a kernel from itself with nothing", { timeout: 120_000 }, () => {
    const found = races("v5.11", "v5.11", "anon");
    expect(found).toMatchObject({ tests: [], cut: [], bound: undefined });
    expect(found.asked).toBe(found.programs);
  });

  it("claims nothing of what was cut", () => {
    const found = races("v5.9", "v5.11", "anon", 20);
    expect(found.tests).toEqual([]);
    expect(found.cut.length + found.asked).toBe(found.programs);
    expect(found.cut.length).toBeGreaterThan(0);
  });
});
