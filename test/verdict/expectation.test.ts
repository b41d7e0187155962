import { describe, expect, test } from "vitest";
import type { Expectation, ExpectedVerdict, KernelRange } from "../../src/litmus/ast.ts";
import { expectedVerdict, judge } from "../../src/verdict/expectation.ts";
import { observe } from "../../src/verdict/observation.ts";
import type { Valuation } from "../../src/verdict/result.ts";
import { bad, good, resultOf } from "../report/samples.ts";

const lineage = ["v5.7", "v5.8", "v5.9-rc4", "v5.9", "v5.11"];
const span = { start: 0, end: 0 };
const on = (range: KernelRange, verdict: ExpectedVerdict): Expectation => ({
  range,
  verdict,
  span,
});
const range = (from?: string, to?: string): KernelRange => ({ kind: "range", from, to });
const one = (name: string): KernelRange => ({ kind: "one", name });

describe("what a test expects of a kernel", () => {
  const expectations = [on(range(undefined, "v5.8"), "always"), on(range("v5.9"), "never")];
  const expected = (kernel: string) =>
    expectedVerdict({ expectations, result: undefined }, kernel, lineage);

  test("ranges hold both their ends and nothing else", () => {
    expect(lineage.map(expected)).toEqual(["always", "always", undefined, "never", "never"]);
  });

  test("a kernel off the line is in no range, not even the open one", () => {
    expect(expected("peter-xu-v1")).toBeUndefined();
    const open = { expectations: [on(range(), "never")], result: undefined };
    expect(expectedVerdict(open, "peter-xu-v1", lineage)).toBeUndefined();
    expect(expectedVerdict(open, "v5.11", lineage)).toBe("never");
  });

  test("a kernel named on its own wins over a range", () => {
    const both = [on(range(), "never"), on(one("v5.9"), "sometimes")];
    const given = { expectations: both, result: undefined };
    expect(expectedVerdict(given, "v5.9", lineage)).toBe("sometimes");
  });

  test("Result: speaks for all kernels that no `with` names", () => {
    const result = { verdict: "sometimes", span } as const;
    expect(expectedVerdict({ expectations, result }, "peter-xu-v1", lineage)).toBe("sometimes");
    expect(expectedVerdict({ expectations, result }, "v5.9", lineage)).toBe("never");
  });
});

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
