/** What a set of tests notices of the decision tables, and that less tests notice less. */
import { describe, expect, it } from "vitest";
import { findKernel, withDecisions } from "../../src/kernels/index.ts";
import { coverage } from "../../src/synth/coverage.ts";
import { coverageJson, coverageText } from "../../src/synth/output/coverage-report.ts";
import { check } from "../../src/verdict/check.ts";
import { library } from "../verdict/library.ts";

const all = library().map(({ test }) => test);
const named = (...names: readonly string[]) => all.filter(({ name }) => names.includes(name));
const kernels = ["v5.9", "v6.1"].map((name) => findKernel(name)!);

describe("coverage", () => {
  const found = coverage(named("MPROTECT+pin", "THP+fork"), kernels);

  it("names what is noticed, and the checker agrees", () => {
    const noticed = found.values.filter((value) => value.noticed.length > 0);
    expect(noticed.length).toBeGreaterThan(3);
    for (const { name, value, noticed: on, tests } of noticed) {
      const kernel = findKernel(on[0]!)!;
      const other = withDecisions(kernel, "other", { [name]: value });
      const [test] = named(tests[0]!.test);
      const words = [kernel, other].map((one) => check(test!, one).verdict);
      expect(words, `${name}=${value}`).toEqual([tests[0]!.verdict, tests[0]!.flipped]);
    }
  });

  it("counts every flip once, as noticed or as missed", () => {
    const counted = found.values.flatMap(({ noticed, missed }) => [...noticed, ...missed]);
    expect(counted).toHaveLength(found.flips);
    expect(found.noticed).toBeLessThan(found.flips);
    expect(found.values.find(({ name }) => name === "fork.hugetlb")!.noticed).toEqual([]);
  });

  it("loses what a test noticed when the test is taken out", () => {
    const less = coverage(named("THP+fork"), kernels);
    expect(less.noticed).toBeLessThan(found.noticed);
    const names = (of: typeof found) =>
      of.values.flatMap(({ name, value, noticed }) =>
        noticed.map((on) => `${on} ${name}=${value}`),
      );
    expect(names(found)).toEqual(expect.arrayContaining(names(less)));
  });

  it("of the whole library is the table, without a search", () => {
    const whole = coverage(all, kernels, { fromLibrary: true, onTest: () => expect.fail() });
    expect(whole.noticed).toBeGreaterThan(80);
    expect(whole.complete).toBe(true);
  });

  it("is not complete when somebody interrupts", () => {
    const cut = coverage(named("THP+fork"), kernels, { interrupted: () => true });
    expect(cut).toMatchObject({ complete: false, noticed: 0 });
    expect(coverageText(cut, { verbose: false }, { color: false, width: 60 })).toContain(
      "Interrupted",
    );
  });

  it("is told as JSON, and as text that keeps to the terminal's width", () => {
    expect(JSON.parse(coverageJson(found))).toMatchObject({ schema: 1, complete: true, tests: 2 });
    const text = coverageText(found, { verbose: true }, { color: false, width: 72 });
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(72);
    expect(text).toMatch(/Noticed on every kernel\n(.*\n)* {2}wp\.reuse=\S+ +MPROTECT\+pin/);
    expect(text).toMatch(/Not noticed at all\n/);
  });
});
