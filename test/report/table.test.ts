import { describe, expect, test } from "vitest";
import { reportCheck } from "../../src/report/check-text.ts";
import { foldKernels } from "../../src/report/ranges.ts";
import { plainLook } from "../../src/report/style.ts";
import { drawTable } from "../../src/report/table.ts";
import { visibleWidth } from "../../src/report/wrap.ts";
import { bad, lineage, outcomeOf, reportOf, sampleOutcomes, testOf } from "./samples.ts";

const fold = (answers: Record<string, string>) =>
  foldKernels(
    Object.entries(answers).map(([kernel, word]) => ({ kernel, word })),
    lineage,
    ({ word }) => word,
  ).map(({ label, item }) => `${label} ${item.word}`);

describe("ranges of kernels that answer alike", () => {
  test("open ends where the lineage ends", () => {
    expect(fold({ "v5.7": "a", "v5.8": "a", "v5.9-rc4": "b", "v5.9": "b" })).toEqual([
      "..v5.8 a",
      "v5.9-rc4.. b",
    ]);
  });

  test("a bump in the middle, and kernels off the line by name", () => {
    expect(
      fold({ "v5.7": "a", "v5.8": "b", "v5.9-rc4": "b", "v5.9": "a", p1: "b", l25: "b" }),
    ).toEqual(["v5.7 a", "v5.8..v5.9-rc4 b", "v5.9 a", "p1, l25 b"]);
  });

  test("a range never reaches over a kernel that was not asked", () => {
    expect(fold({ "v5.7": "a", "v5.9": "a" })).toEqual(["v5.7 a", "v5.9 a"]);
  });

  test("all alike is said in one word", () => {
    expect(fold({ "v5.7": "a", "v5.8": "a", "v5.9-rc4": "a", "v5.9": "a", p1: "a" })).toEqual([
      "all 5 kernels a",
    ]);
    expect(fold({ "v5.7": "a", "v5.8": "a", "v5.9-rc4": "a", "v5.9": "a", p1: "b" })).toEqual([
      "mainline a",
      "p1 b",
    ]);
  });
});

describe("the table", () => {
  const wrong = outcomeOf(
    "v5.9",
    "not-as-expected",
    { verdict: "always", valuations: [bad] },
    "never",
  );
  const report = reportOf([
    testOf(sampleOutcomes),
    testOf([...sampleOutcomes.slice(0, 3), wrong], "RDMA+fork+child-alive+and+a+long+tail"),
  ]);

  test("one row a test, mismatches named", () => {
    expect(`\n${drawTable(report, plainLook).join("\n")}\n`).toMatchInlineSnapshot(`
      "
      test                              verdict
      RDMA+fork                         ..v5.9-rc4 always | v5.9 never
      RDMA+fork+child-alive+and+a+      ..v5.9-rc4 always
      long+tail                         v5.9 always (expected never)
      "
    `);
  });

  test("40 columns: stacked, nothing overflows, no word is broken", () => {
    expect(
      `\n${drawTable(report, { color: false, width: 40 }).join("\n")}\n`,
    ).toMatchInlineSnapshot(`
      "
      RDMA+fork
        ..v5.9-rc4 always | v5.9 never
      RDMA+fork+child-alive+and+a+long+tail
        ..v5.9-rc4 always
        v5.9 always (expected never)
      "
    `);
    for (const width of [24, 40, 63, 64, 80, 120]) {
      const lines = drawTable(report, { color: true, width });
      expect(Math.max(...lines.map(visibleWidth))).toBeLessThanOrEqual(width);
    }
  });

  test("the whole answer: table, the runs that were not expected, the count last", () => {
    const text = reportCheck(report, { detail: "normal" }, plainLook);
    expect(text.trimEnd().split("\n").at(-1)).toBe(
      "2 tests on 4 kernels: 7 as expected, 1 not as expected",
    );
  });

  test("a lone test shows the run of the latest kernel on which it happens", () => {
    const text = reportCheck(reportOf([testOf(sampleOutcomes)]), { detail: "normal" }, plainLook);
    expect(text).toContain("RDMA+fork on v5.9-rc4 (summary of v5.9-rc4): a shortest run, 4 steps");
    expect(
      reportCheck(reportOf([testOf(sampleOutcomes)]), { detail: "quiet" }, plainLook),
    ).not.toContain("shortest run");
  });
});
