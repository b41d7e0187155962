import { describe, expect, test } from "vitest";
import type { CheckReport } from "../../src/report/check-report.ts";
import { reportJson } from "../../src/report/json.ts";
import { reportJunit } from "../../src/report/junit.ts";
import { reportKtap } from "../../src/report/ktap.ts";
import { bad, outcomeOf, reportOf, sampleOutcomes, sampleRun, testOf } from "./samples.ts";

const wrong = outcomeOf(
  "v5.9",
  "not-as-expected",
  { verdict: "always", valuations: [bad] },
  "never",
);
const skipped = { ...outcomeOf("v5.9", "not-modelled", undefined), why: ["thp # pages"] };
const broken = {
  file: "b.litmus",
  text: "Linux b\nfrok",
  diagnostics: [
    { code: "PF101", severity: "error", message: "no <frok>", span: { start: 8, end: 12 } },
  ],
} as const;

const read = (report: CheckReport) => JSON.parse([...reportJson(report)].join(""));

describe("JSON", () => {
  test("a piece a result, laid out as one document", () => {
    const report = reportOf([testOf(sampleOutcomes), testOf([wrong], "A\u2028B")]);
    for (const each of [report, reportOf([]), { ...report, interrupted: true, broken: [broken] }]) {
      const pieces = [...reportJson(each)];
      const text = pieces.join("");
      expect(text).toBe(`${JSON.stringify(JSON.parse(text), undefined, 2)}\n`);
      expect(pieces.filter((piece) => piece.includes('"verdict"'))).toHaveLength(
        each.tests.flatMap(({ outcomes }) => outcomes).length,
      );
      for (const piece of pieces) expect(piece.split('"verdict"').length).toBeLessThanOrEqual(2);
    }
  });

  test("schema 1 with the agreed names", () => {
    const document = read(reportOf([testOf(sampleOutcomes)]));
    expect(document.schema).toBe(1);
    expect(document.results).toHaveLength(4);
    expect(document.results[2]).toMatchObject({
      test: "RDMA+fork",
      kernel: "v5.9-rc4",
      verdict: "always",
      complete: true,
      schedule: "free",
      expected: "always",
      states: 1204,
      transitions: 3100,
      seconds: 0.01,
    });
    expect(document.results[2].run).toHaveLength(sampleRun.steps.length);
    expect(document.results[3].run).toEqual([]);
  });

  test("errors stand beside the results with their places", () => {
    const document = read({ ...reportOf([]), broken: [broken] });
    expect(document.errors).toEqual([
      {
        file: "b.litmus",
        line: 2,
        column: 1,
        code: "PF101",
        severity: "error",
        message: "no <frok>",
      },
    ]);
  });
});

describe("KTAP", () => {
  test("strict nesting, unique leaves, skips with reasons, no # in a description", () => {
    const report = reportOf([
      testOf([...sampleOutcomes.slice(0, 2), wrong]),
      testOf([skipped], "THP+fork"),
    ]);
    expect(`\n${reportKtap(report)}`).toMatchInlineSnapshot(`
      "
      KTAP version 1
      1..2
        KTAP version 1
        1..3
        ok 1 RDMA+fork.v5.7
        ok 2 RDMA+fork.v5.8
        # RDMA+fork.v5.9: expected never, the model says always
        not ok 3 RDMA+fork.v5.9
      not ok 1 RDMA+fork
        KTAP version 1
        1..1
        ok 1 THP+fork.v5.9 # SKIP not modelled: thp  pages
      ok 2 THP+fork # SKIP no kernel gave a verdict
      "
    `);
  });

  test("a file that does not parse is not ok", () => {
    expect(reportKtap({ ...reportOf([]), broken: [broken] })).toContain("not ok 1 b.litmus");
  });
});

describe("JUnit", () => {
  test("failures, skips and errors are counted and escaped", () => {
    const report = { ...reportOf([testOf([wrong]), testOf([skipped], "A<B")]), broken: [broken] };
    const xml = reportJunit(report);
    expect(xml).toContain('tests="3" failures="1" errors="1" skipped="1"');
    expect(xml).toContain('name="A&lt;B"');
    expect(xml).toContain("b.litmus:2:1: PF101: no &lt;frok&gt;");
    expect(xml).not.toContain("no <frok>");
  });
});
