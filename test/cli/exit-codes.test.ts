import { describe, expect, test } from "vitest";
import { exitCodeOf } from "../../src/cli/check/judge-answers.ts";
import { exitCodeHelp, exitCodes } from "../../src/cli/exit-codes.ts";
import { countedAs } from "../../src/cli/rig/compare-rig.ts";
import { codeOfStatuses } from "../../src/cli/rig/rig-session.ts";
import { parseFile } from "../../src/litmus/index.ts";
import { compareOrders } from "../../src/verdict/compare.ts";
import { realResult } from "../../src/verdict/real.ts";
import { bad, outcomeOf, reportOf, sampleOutcomes, testOf } from "../report/samples.ts";

const wrong = outcomeOf(
  "v5.9",
  "not-as-expected",
  { verdict: "always", valuations: [bad] },
  "never",
);
const cut = outcomeOf("v5.9", "inconclusive", {
  verdict: "unknown",
  complete: false,
  bound: "9 states",
});
const vacuous = outcomeOf("v5.9", "inconclusive", { verdict: "vacuous", valuations: [] });
const left = outcomeOf("v5.9", "not-modelled", undefined);
const broken = { file: "b.litmus", text: "", diagnostics: [] };

const codeOf = (...outcomes: Parameters<typeof testOf>[0]) =>
  exitCodeOf(reportOf([testOf(outcomes)]));

describe("the exit code of a check", () => {
  test.each([
    [0, "as expected", codeOf(...sampleOutcomes)],
    [0, "nothing expected", codeOf(outcomeOf("v5.9", "nothing-expected", {}))],
    [0, "some left out by the model, others as expected", codeOf(...sampleOutcomes, left)],
    [1, "one not as expected", codeOf(...sampleOutcomes, wrong)],
    [1, "not as expected outweighs a limit", codeOf(wrong, cut)],
    [4, "vacuous", codeOf(...sampleOutcomes, vacuous)],
    [4, "everything left out", codeOf(left)],
    [4, "no test at all", exitCodeOf(reportOf([]))],
    [124, "a limit was reached", codeOf(...sampleOutcomes, cut)],
    [2, "a file does not parse", exitCodeOf({ ...reportOf([testOf([wrong])]), broken: [broken] })],
    [130, "interrupted", exitCodeOf({ ...reportOf([testOf([wrong])]), interrupted: true })],
  ])("%i: %s", (code, _what, found) => {
    expect(found).toBe(code);
  });

  test("the help names every code", () => {
    for (const code of Object.values(exitCodes)) {
      expect(exitCodeHelp).toMatch(new RegExp(`^  ${code} `, "m"));
    }
  });
});

describe("the exit code of a comparison", () => {
  const parsed = parseFile("Linux T\n{ page x = anon; }\nP0 { x = 1; }\nexists (x = 1)\n");
  if (!parsed.ok) throw new Error("the test's own text parses");
  const { declarations, ...rest } = parsed.value;
  const litmus = {
    ...rest,
    declarations: declarations.filter((one) => one.kind === "page"),
  };
  const ended = {
    trials: 1,
    valuations: [{ text: "x=1;", count: 1 }],
    status: "ok",
    why: "",
  } as const;
  const hung = { trials: 0, valuations: [], status: "fail", why: "hang at P0.0" } as const;
  const codeFor = (stuck: readonly string[]) => {
    const model = [
      {
        order: [],
        forced: {
          valuations: [{ values: [{ name: "x", value: "1" }], holds: true }],
          stuck: [],
          notModelled: [],
        },
      },
      { order: [], forced: { valuations: [], stuck, notModelled: [] } },
    ];
    const comparison = compareOrders("v6.1", realResult(litmus, "k", [ended, hung], true), model);
    return codeOfStatuses([comparison].map(countedAs));
  };

  test("a guest that hangs where the model hangs has answered, any other has not", () => {
    expect(codeFor([])).toBe(exitCodes.inconclusive);
    expect(codeFor(["P0 waits for ever"])).toBe(exitCodes.asExpected);
  });
});
