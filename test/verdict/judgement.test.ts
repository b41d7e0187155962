import { describe, expect, test } from "vitest";
import { judge } from "../../src/verdict/judgement.ts";
import { observe } from "../../src/verdict/observation.ts";
import type { Valuation } from "../../src/verdict/result.ts";
import { bad, good, resultOf } from "../report/samples.ts";

describe("whether a result is what was expected", () => {
  test("the word decides when the search was complete", () => {
    expect(judge(resultOf({ verdict: "never" }), "never")).toBe("as-expected");
    expect(judge(resultOf({ verdict: "sometimes" }), "never")).toBe("not-as-expected");
    expect(judge(resultOf({ verdict: "never" }), undefined)).toBe("nothing-expected");
  });

  test("a cut search proves neither never nor always, but refutes what it saw refuted", () => {
    const cut = (valuations: readonly Valuation[]) =>
      resultOf({ verdict: "unknown", complete: false, bound: "10 states", valuations });
    expect(judge(cut([good]), "never")).toBe("inconclusive");
    expect(judge(cut([good, bad]), "never")).toBe("not-as-expected");
    expect(judge(cut([bad]), "always")).toBe("inconclusive");
    expect(judge(cut([good, bad]), "always")).toBe("not-as-expected");
    expect(judge(cut([]), "sometimes")).toBe("inconclusive");
  });

  test("vacuity is never a pass", () => {
    const vacuous = resultOf({ verdict: "vacuous", valuations: [] });
    expect(judge(vacuous, "never")).toBe("not-as-expected");
    expect(judge(vacuous, undefined)).toBe("inconclusive");
  });

  test("what the model leaves out is its own word", () => {
    const left = resultOf({ verdict: "unknown", notModelled: ["thp pages"] });
    expect(judge(left, "never")).toBe("not-modelled");
  });
});

describe("the counts of an observation", () => {
  test.each([
    { quantifier: "exists", witnesses: 1, against: 2, validated: true },
    { quantifier: "~exists", witnesses: 2, against: 1, validated: false },
    { quantifier: "forall", witnesses: 1, against: 2, validated: false },
  ] as const)("$quantifier", ({ quantifier, witnesses, against, validated }) => {
    const seen = observe({ quantifier, valuations: [bad, good, good] });
    expect(seen).toEqual({ positive: 1, negative: 2, witnesses, against, validated });
  });
});
