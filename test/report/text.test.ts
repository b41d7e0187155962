import { describe, expect, test } from "vitest";
import { plainLook } from "../../src/report/style.ts";
import { reportOutcome } from "../../src/report/text.ts";
import type { CheckResult } from "../../src/verdict/result.ts";
import { bad, good, outcomeOf, sampleRun, testOf } from "./samples.ts";

const kernel = { name: "v5.8", summary: "before the fix" };

function report(given: Partial<CheckResult>, quantifier: CheckResult["quantifier"] = "exists") {
  const outcome = outcomeOf("v5.8", "nothing-expected", { ...given, quantifier });
  const checked = { ...testOf([outcome]), quantifier };
  return reportOutcome(checked, outcome, kernel, { detail: "normal" }, plainLook);
}

const lineOf = (text: string, head: string): string | undefined =>
  text.split("\n").find((line) => line.startsWith(head));

describe("herd's shape for one kernel", () => {
  test("the whole report", () => {
    expect(report({ verdict: "sometimes", valuations: [bad, good] })).toBe(`Test RDMA+fork Allowed
States 2
0:r0=1;
0:r0=2;
Ok
Witnesses
Positive: 1 Negative: 1
Condition exists (P0:r0 = 1)
Observation RDMA+fork Sometimes 1 1
Time RDMA+fork 0.01
Hash=4eac32f5
Model v5.8: before the fix
Search complete, free schedule, sequential memory, 1,204 states, 3,100 transitions
Verdict v5.8 Sometimes (free schedule, sequential memory, complete): nothing expected
`);
  });

  test("with all runs: one run of each class, and how many there are", () => {
    const classes = {
      complete: false,
      classes: [
        { run: sampleRun, runs: "123456789012345678901", stuck: [] },
        { run: sampleRun, runs: "2", stuck: ["P1"] },
      ],
    };
    const text = report({ verdict: "sometimes", valuations: [bad, good], classes });
    expect(lineOf(text, "Classes")).toBe(
      "Classes 2, 123,456,789,012,345,678,903 runs and more: the search for classes was cut",
    );
    expect(lineOf(text, "Class 1")).toContain("123,456,789,012,345,678,901 runs of");
    expect(lineOf(text, "Stuck")).toBe("Stuck P1 waits for ever");
    expect(lineOf(text, "Trace")).toBeUndefined();
  });

  test("~exists: the witnesses swap, the observation does not", () => {
    const text = report({ verdict: "sometimes", valuations: [bad, good, good] }, "~exists");
    expect(lineOf(text, "Test")).toBe("Test RDMA+fork Forbidden");
    expect(lineOf(text, "Positive")).toBe("Positive: 2 Negative: 1");
    expect(lineOf(text, "Observation")).toBe("Observation RDMA+fork Sometimes 1 2");
    expect(text).toContain("\nNo\n");
  });

  test("forall is validated by no end against it", () => {
    const all = report({ verdict: "always", valuations: [bad] }, "forall");
    expect(lineOf(all, "Test")).toBe("Test RDMA+fork Required");
    expect(all).toContain("\nOk\n");
    expect(report({ verdict: "sometimes", valuations: [bad, good] }, "forall")).toContain("\nNo\n");
  });

  test("a cut search says Loop, Unknown and where it stopped", () => {
    const text = report({ verdict: "unknown", complete: false, bound: "1,000 states" });
    expect(text).toContain("\nLoop No\n");
    expect(lineOf(text, "Observation")).toBe("Observation RDMA+fork Unknown 0 1");
    expect(lineOf(text, "Search")).toContain("cut, unknown beyond 1,000 states");
    expect(lineOf(text, "Verdict")).toContain("unknown beyond 1,000 states");
    const stopped = report({ verdict: "unknown", complete: false, bound: "interrupted" });
    expect(lineOf(stopped, "Verdict")).toBe(
      "Verdict v5.8 Unknown (free schedule, sequential memory, interrupted): nothing expected",
    );
  });

  test("a vacuous test is neither Ok nor No and carries a flag before its condition", () => {
    const lines = report({
      verdict: "vacuous",
      valuations: [],
      notes: ["the filter kept nothing"],
    });
    expect(lines).toContain("\nUndef\n");
    expect(lines).toMatch(/Negative: 0\nFlag vacuous\nCondition/);
    expect(lines).toContain("Note the filter kept nothing");
  });

  test("a verdict that was not expected says what was", () => {
    const outcome = outcomeOf("v5.8", "not-as-expected", { verdict: "always" }, "never");
    const text = reportOutcome(testOf([outcome]), outcome, kernel, { detail: "quiet" }, plainLook);
    expect(text.trimEnd().split("\n").at(-1)).toBe(
      "Verdict v5.8 Always (free schedule, sequential memory, complete): not as expected (expected Never)",
    );
  });

  test("the run stands behind Hash, the verdict last", () => {
    const text = report({ verdict: "always", valuations: [bad], run: sampleRun });
    const heads = text.split("\n").map((line) => line.split(/[ =]/, 1)[0]);
    expect(heads.indexOf("Hash")).toBeLessThan(heads.indexOf("Trace"));
    expect(heads.at(-2)).toBe("Verdict");
  });
});
