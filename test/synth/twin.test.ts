/** The twin of Linux's self-test: answers are the checker's, and what it calls missing is missing. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { top } from "../../scripts/repository.ts";
import { findKernel, withDecisions } from "../../src/kernels/index.ts";
import { parseFile } from "../../src/litmus/index.ts";
import { twinJson, twinText } from "../../src/synth/output/twin-report.ts";
import { readCells, twin } from "../../src/synth/twin.ts";
import { check } from "../../src/verdict/check.ts";
import { library } from "../verdict/library.ts";

const tests = library().map(({ test }) => test);
const byName = new Map(tests.map((test) => [test.name, test]));
const table = readFileSync(join(top, "litmus/selftest/cells.tsv"), "utf8");
const all = readCells(table, "cow", (name) => byName.get(name));
const scenarios = ["a fixed buffer and a fork", "the parent writes after a fork"];
const some = all.filter(
  ({ scenario, page }) => scenarios.includes(scenario) && ["anon", "thp"].includes(page),
);
const found = twin("cow", some, tests);

describe("the twin of cow", () => {
  it("has a test for every cell", () => {
    expect(all).toHaveLength(173);
    expect(all.filter((cell) => cell.tests.length === 0)).toEqual([]);
  });

  it("answers as the checker does", () => {
    const cell = found.cells.find((one) => one.tests.includes("BUFFER+fork+thp"))!;
    for (const { kernel, verdict } of cell.verdicts)
      expect(check(byName.get("BUFFER+fork+thp")!, findKernel(kernel)!).verdict).toBe(verdict);
  });

  it("calls a cell implied where another says the same everywhere, and only there", () => {
    const said = found.cells.map(({ scenario, page, impliedBy }) => [scenario, page, impliedBy]);
    expect(said).toEqual([
      ["the parent writes after a fork", "anon", undefined],
      ["the parent writes after a fork", "thp", "the parent writes after a fork, anon"],
      ["a fixed buffer and a fork", "anon", undefined],
      ["a fixed buffer and a fork", "thp", undefined],
    ]);
  });

  it("names tests that notice what no cell notices", () => {
    expect(found.missing.length).toBeGreaterThan(10);
    const names = new Set(some.flatMap((cell) => cell.tests.map(({ name }) => name)));
    for (const { test, shows } of found.missing.slice(0, 8)) {
      expect(names).not.toContain(test.name);
      const [{ value, kernels }] = shows as [(typeof shows)[number]];
      const [name = "", word = ""] = value.split("=");
      const kernel = findKernel(kernels[0]!)!;
      const set = { [name]: word === "true" ? true : word === "false" ? false : word };
      const words = [kernel, withDecisions(kernel, "other", set)].map(
        (one) => check(test, one).verdict,
      );
      expect(words[0], `${test.name} ${value} on ${kernel.name}`).not.toBe(words[1]);
    }
  });

  it("misses more when a scenario is left out", () => {
    const less = twin(
      "cow",
      some.filter(({ scenario }) => scenario !== scenarios[0]),
      tests,
    );
    expect(less.covered.noticed).toBeLessThan(found.covered.noticed);
  });

  it("is told as text that keeps to the width, and as JSON whose tests parse", () => {
    const text = twinText(found, { verbose: false }, { color: false, width: 72 });
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(72);
    const document = JSON.parse(twinJson(found));
    expect(document).toMatchObject({ schema: 1, program: "cow", complete: true });
    for (const { litmus } of document.missing) expect(parseFile(litmus).ok).toBe(true);
  });
});
