import { expect, test } from "vitest";
import { comparisonsJson, realJson } from "../../src/report/real-json.ts";
import { drawComparisonCount, drawComparisons, reportReal } from "../../src/report/real-text.ts";
import { plainLook } from "../../src/report/style.ts";
import { visibleWidth } from "../../src/report/wrap.ts";
import { compareResults } from "../../src/verdict/compare.ts";
import type { RealResult } from "../../src/verdict/real.ts";
import { resultOf } from "./samples.ts";

const real: RealResult = {
  test: "RDMA+fork",
  rig: "debian:6.1",
  quantifier: "~exists",
  verdict: "sometimes",
  trials: 100,
  hits: 3,
  status: "ok",
  why: "",
  histogram: [
    { text: "0:r0=1;", count: 3, holds: true },
    { text: "0:r0=2;", count: 97, holds: false },
  ],
  orders: 1,
  complete: true,
};
const litmus = { name: "RDMA+fork", condition: "~exists (P0:r0 = 1)", hash: "4eac" };
const comparison = compareResults(resultOf({ schedule: "serial" }), real);

test("herd's hardware log, the witnesses swapped for ~exists", () => {
  expect(`\n${reportReal(litmus, real, "95 % interval 1.0 % to 8.5 %")}`).toMatchInlineSnapshot(`
    "
    Test RDMA+fork Forbidden
    Histogram (2 states)
    3     *>0:r0=1;
    97    :>0:r0=2;
    No

    Witnesses
    Positive: 97, Negative: 3
    Condition ~exists (P0:r0 = 1) is NOT validated
    Hash=4eac
    Observation RDMA+fork Sometimes 3 97
    Rig debian:6.1: 3 of 100 trials in 1 order, 95 % interval 1.0 % to 8.5 %
    "
  `);
});

test("a comparison names both verdicts, the count and the alarm", () => {
  const lines = drawComparisons([comparison], plainLook);
  expect(lines.join(" ")).toContain("never / sometimes 3/100 forbid-seen");
  expect(drawComparisonCount([comparison])).toBe("1 comparison: 1 forbid-seen");
  const narrow = drawComparisons([comparison], { color: true, width: 40 });
  expect(Math.max(...narrow.map(visibleWidth))).toBeLessThanOrEqual(40);
});

test("JSON with the agreed names", () => {
  expect(JSON.parse(comparisonsJson([comparison]))).toMatchObject({
    schema: 1,
    rows: [
      {
        test: "RDMA+fork",
        rig: "debian:6.1",
        schedule: "serial",
        modelVerdict: "never",
        realVerdict: "sometimes",
        trials: 100,
        hits: 3,
        status: "forbid-seen",
      },
    ],
  });
  const judged = {
    result: real,
    kernel: "stable-6.1",
    expected: "never",
    asExpected: false,
    interval: { low: 0.01, high: 0.085 },
  };
  expect(JSON.parse(realJson([judged]))).toMatchObject({
    schema: 1,
    results: [
      { test: "RDMA+fork", verdict: "sometimes", trials: 100, hits: 3, status: "ok", why: "" },
    ],
  });
});
