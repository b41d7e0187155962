/**
 * If weak memory order let nothing happen, or more than the named reorderings, these verdicts would
 * differ: each reordering alone opens its race, each is closed by the barriers of v6.1 or by the
 * absence of the steps, and without any of them weak order is sequential consistency.
 */
import { describe, expect, it } from "vitest";
import { findKernel, lineage } from "../../src/kernels/index.ts";
import { expectationFor, type Test } from "../../src/litmus/index.ts";
import { pathFiles } from "../../src/mm/entries.ts";
import { mmMachine } from "../../src/mm/index.ts";
import { reorderings } from "../../src/mm/reorderings.ts";
import { check } from "../../src/verdict/check.ts";
import { memoryOf } from "../../src/verdict/memory.ts";
import { library } from "./library.ts";

const all = library();
const names = reorderings.map(({ name }) => name);

function libraryTest(name: string): Test {
  return all.find(({ test }) => test.name === name)!.test;
}

function verdict(test: string, kernel: string, allowed: readonly string[] | undefined): string {
  const without = names.filter((name) => allowed?.includes(name) !== true);
  const memory = allowed === undefined ? {} : { memory: memoryOf("weak", without) };
  const result = check(libraryTest(test), findKernel(kernel)!, memory);
  expect(result.complete).toBe(true);
  return result.verdict;
}

/** A reordering, and a race that it alone opens on these kernels. */
const alone: readonly (readonly [string, string, readonly string[]])[] = [
  [
    "protect-after-pin-test",
    "FORK+gup-fast+longterm",
    ["v5.9-rc7", "peter-xu-v2", "linus-2020-09-25"],
  ],
  ["clear-after-pin-test", "RECLAIM+gup-fast+fork", ["v5.19", "v6.0"]],
  ["pin-after-recheck", "RECLAIM+gup-fast+fork", ["v5.19", "v6.0"]],
  ["exclusive-before-recheck", "KSM+gup-fast+ro+swapped", ["v5.19", "v6.0"]],
  ["set-before-unexclusive", "KSM+gup-fast+ro", ["v5.19", "v6.0"]],
];

describe("a named reordering", () => {
  it.each(alone)("%s alone opens %s", (name, test, kernels) => {
    for (const kernel of kernels) {
      expect([kernel, verdict(test, kernel, undefined)]).toEqual([kernel, "never"]);
      expect([kernel, verdict(test, kernel, [name])]).toEqual([kernel, "sometimes"]);
      expect([kernel, verdict(test, kernel, [])]).toEqual([kernel, "never"]);
      expect(verdict(test, "v6.1", names)).toBe("never");
    }
  });

  it("has a race of its own", () => {
    expect(alone.map(([name]) => name)).toEqual(names);
  });

  it("names two steps that its paths have", () => {
    const { steps } = mmMachine();
    for (const { earlier, later, paths } of reorderings) {
      const labels = steps
        .filter((step) => step?.path.some(({ name }) => paths.includes(name)))
        .map((step) => step!.label);
      expect(labels).toContain(later);
      expect(labels.some((label) => earlier.startsWith(label))).toBe(true);
    }
    expect(pathFiles).toContain("order.ts");
  });

  it("is told in the result", () => {
    const [only] = names;
    const memory = memoryOf("weak", names.slice(1));
    const result = check(libraryTest("FORK+gup-fast"), findKernel("v5.9-rc7")!, { memory });
    expect(result.memory).toEqual({ order: "weak", reorderings: [only] });
    expect(result.run?.steps.map(({ label }) => label).join("\n")).toContain("weak order");
  });
});

describe("expectations under weak memory order", () => {
  const on = ["v5.9-rc7", "peter-xu-v2", "linus-2020-09-25", "v5.14", "v5.19", "v6.0", "v6.1"];
  const small = 3_000;

  it("hold in the library, the plain ones where no weak one is stated", {
    timeout: 120_000,
  }, () => {
    const wrong: string[] = [];
    for (const { file, test } of all) {
      for (const name of on) {
        const expected = expectationFor(file, name, lineage, "weak");
        const options = { memory: memoryOf("weak"), maxStates: small };
        if (expected === undefined) continue;
        const { verdict: found } = check(test, findKernel(name)!, options);
        const open = found === "unknown" || found === "vacuous";
        if (!open && found !== expected)
          wrong.push(`${test.name} on ${name}: ${expected} expected, ${found} found`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it("differ from the plain ones somewhere", () => {
    const weak = all.filter(({ file }) => file.expectations.some((one) => one.memory === "weak"));
    expect(weak.length).toBeGreaterThanOrEqual(alone.length);
  });
});
