/**
 * If a reduction lost a behaviour of the memory manager, a plain search of the same test would know
 * an outcome, a stuck actor or a local state that the reduced one does not. A sample of the library;
 * scripts/reductions-sweep.ts does all of it.
 */
import { describe, expect, it } from "vitest";
import { findKernel } from "../../src/kernels/index.ts";
import { loadWorld, type World } from "../../src/verdict/world.ts";
import { library } from "../verdict/library.ts";
import { compareSearches, disagreements } from "./agree.ts";

const all = library();
const every = 127;
const on = ["v5.9", "v5.18", "v6.1", "v5.7", "peter-xu-v1"];

const worldOf = (name: string, kernel: string): World =>
  loadWorld(all.find(({ test }) => test.name === name)!.test, findKernel(kernel)!);

describe("reductions on and off", () => {
  it("agree on a sample of the library", { timeout: 300_000 }, () => {
    let compared = 0;
    all.forEach(({ test }, i) => {
      if (i % every !== 0) return;
      const kernel = on[i % on.length]!;
      const world = loadWorld(test, findKernel(kernel)!);
      const found = compareSearches(world, 20_000);
      if (found.kind !== "compared") return;
      compared++;
      expect([test.name, kernel, disagreements(found.plain, found.reduced)]).toEqual([
        test.name,
        kernel,
        [],
      ]);
    });
    expect(compared).toBeGreaterThan(8);
  });

  it.each([
    ["FORK+gup-fast", "v5.9"],
    ["FORK+gup-fast", "v6.12"],
    ["COW+two-threads", "v6.12"],
    ["NUMA+migrate+pin", "v6.1"],
    ["LEAK+vfio-child+anon", "v5.9"],
    ["DONTNEED+gup-fast", "v5.18"],
  ])("agree on %s on %s, with fewer states", { timeout: 120_000 }, (name, kernel) => {
    const found = compareSearches(worldOf(name, kernel), 100_000);
    if (found.kind !== "compared") throw new Error(found.kind);
    expect(disagreements(found.plain, found.reduced)).toEqual([]);
    expect(found.reduced.states).toBeLessThan(found.plain.states);
  });

  it("disagree where footprints are empty", { timeout: 120_000 }, () => {
    const world = worldOf("COW+two-threads", "v6.12");
    const found = compareSearches(world, 100_000, () => true);
    if (found.kind !== "compared") throw new Error(found.kind);
    expect(disagreements(found.plain, found.reduced)).not.toEqual([]);
  });
});
