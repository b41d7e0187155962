/** Every decision on which two kernels differ is told by a test, or said to be told by none. */
import { describe, expect, it } from "vitest";
import { findKernel, kernels } from "../../src/kernels/index.ts";
import { differingDecisions } from "../../src/synth/cause.ts";
import { diff } from "../../src/synth/diff.ts";
import { stepsOf } from "../../src/synth/history.ts";
import { diffJson } from "../../src/synth/output/diff-json.ts";
import { diffText } from "../../src/synth/output/diff-text.ts";
import { toldDecisions } from "../../src/synth/told-decisions.ts";
import { check } from "../../src/verdict/check.ts";
import { library } from "../verdict/library.ts";

const tests = new Map(library().map(({ test }) => [test.name, test]));
const find = (name: string) => tests.get(name);

describe("the decisions on which two kernels differ", () => {
  it("are all named, and a library test that tells one tells it in the checker", () => {
    for (const [from, to] of stepsOf(kernels)) {
      const told = toldDecisions(from, to, [], find);
      expect(told.map(({ decision }) => decision)).toEqual(differingDecisions(from, to));
      for (const { library: one } of told) {
        if (one === undefined) continue;
        const words = [from, to].map((kernel) => check(find(one.test)!, kernel).verdict);
        expect(words, `${one.test} ${from.name} ${to.name}`).toEqual(one.verdicts);
        expect(words[0]).not.toBe(words[1]);
      }
    }
  }, 60_000);

  it("are told by found tests first, and none is left without a word", () => {
    const [from, to] = ["v5.8", "v5.9-rc4"].map((name) => findKernel(name)!);
    const families = ["write", "pin", "fork", "dma"];
    const found = diff(from!, to!, { pages: 1, depth: 4, families });
    const told = toldDecisions(from!, to!, found.tests, find);
    const [first] = found.tests;
    const cause = told.find(({ decision }) => decision === first!.decisions[0])!;
    expect(cause.tests).toContain(first!.test.name);
    const result = { ...found, searches: [found] };
    const text = diffText(result, told, { runs: false }, { color: false, width: 80 });
    for (const { decision } of told) expect(text).toMatch(new RegExp(`${decision} +(told|none)`));
    const { decisions } = JSON.parse(diffJson(result, told));
    expect(decisions).toHaveLength(told.length);
  });

  it("without a library are told by no test, and the text says how far was looked", () => {
    const [from, to] = ["v6.12", "v6.18"].map((name) => findKernel(name)!);
    const found = diff(from!, to!, { pages: 1, depth: 3 });
    const told = toldDecisions(from!, to!, found.tests, () => undefined);
    const text = diffText(
      { ...found, searches: [found] },
      told,
      { runs: false },
      {
        color: false,
        width: 300,
      },
    );
    expect(text).toContain("none up to these depths over these operations");
    expect(text).toMatch(/programs of up to 3 of \d+ operations \(write, read, pin,/);
  });
});
