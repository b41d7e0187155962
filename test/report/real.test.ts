import { expect, test } from "vitest";
import { comparisonGrid, realGrid } from "../../src/report/grid.ts";
import { reportGridJunit } from "../../src/report/junit.ts";
import { reportGridKtap } from "../../src/report/ktap.ts";
import { comparisonsJson, type Judged, realJson } from "../../src/report/real-json.ts";
import { drawComparisonCount, drawComparisons, reportReal } from "../../src/report/real-text.ts";
import { plainLook } from "../../src/report/style.ts";
import { visibleWidth } from "../../src/report/wrap.ts";
import { compareOrders } from "../../src/verdict/compare.ts";
import type { RealResult } from "../../src/verdict/real.ts";
import { bad, good } from "./samples.ts";

const real: RealResult = {
  hash: "0123456789abcdef",
  test: "RDMA+fork",
  rig: "debian:6.1",
  schedule: "forced",
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
  cases: [],
  console: [],
  complete: true,
};
const litmus = { name: "RDMA+fork", condition: "~exists (P0:r0 = 1)", hash: "4eac" };
const order = { index: 0, status: "ok", why: "", notes: [], trials: 100, hits: 3 } as const;
const ran = { ...real, cases: [{ ...order, histogram: real.histogram }] };
const forced = { valuations: [good], stuck: [], notModelled: [] };
const model = [{ order: [{ actor: "P0", index: 0 }], forced }];
const comparison = compareOrders("v5.8", ran, model);
const allowsBoth = { ...forced, valuations: [bad, good] };
const judged: Judged = {
  result: real,
  kernel: "stable-6.1",
  expected: "never",
  asExpected: false,
  interval: { low: 0.01, high: 0.085 },
};

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

test("of a rig that is a file its table shows the name alone, and the JSON all of it", () => {
  const rig = "/kernels/older/linux-image-6.1.0-47-amd64.deb";
  const shown = drawComparisons([{ ...comparison, rig }], plainLook).join(" ");
  expect(shown).toContain("v5.8 / linux-image-6.1.0-47-amd64.deb  never");
  expect(shown).not.toContain("/kernels/");
  expect(comparisonsJson([{ ...comparison, rig }])).toContain(rig);
});

test("what the test does not expect is told even where model and kernel agree", () => {
  const both = [{ order: [], forced: allowsBoth }];
  const unlike = compareOrders("v5.8", ran, both, "never");
  expect(unlike).toMatchObject({ status: "agree", asExpected: false });
  const lines = drawComparisons([unlike], plainLook).join(" ");
  expect(lines.replaceAll(/\s+/g, " ")).toContain("agree, but the test expects never");
  expect(drawComparisonCount([unlike])).toBe("1 comparison: 1 agree, 1 not as the test expects");
  expect(compareOrders("v5.8", ran, both, "sometimes").asExpected).toBe(true);
});

test("JSON with the agreed names", () => {
  expect(JSON.parse(comparisonsJson([comparison]))).toMatchObject({
    schema: 1,
    rows: [
      {
        test: "RDMA+fork",
        rig: "debian:6.1",
        schedule: "forced",
        modelVerdict: "never",
        realVerdict: "sometimes",
        trials: 100,
        hits: 3,
        status: "forbid-seen",
        orders: [{ order: "P0.0", status: "forbid-seen", model: ["0:r0=2;"] }],
      },
    ],
  });
  expect(JSON.parse(realJson([judged]))).toMatchObject({
    schema: 1,
    results: [
      { test: "RDMA+fork", verdict: "sometimes", trials: 100, hits: 3, status: "ok", why: "" },
    ],
  });
});

test("KTAP: one test a litmus test, one subtest a rig", () => {
  const untried = { ...real, trials: 0, status: "skip", why: "no RDMA" } as const;
  const grid = realGrid([judged, { ...judged, result: untried, asExpected: undefined }]);
  expect(`\n${reportGridKtap(grid)}`).toMatchInlineSnapshot(`
    "
    KTAP version 1
    1..1
      KTAP version 1
      1..2
      # RDMA+fork.debian:6.1: expected never, the kernel showed sometimes 3/100
      not ok 1 RDMA+fork.debian:6.1
      ok 2 RDMA+fork.debian:6.1 # SKIP skip: no RDMA
    not ok 1 RDMA+fork
    "
  `);
  expect(`\n${reportGridKtap(comparisonGrid([comparison]))}`).toMatchInlineSnapshot(`
    "
    KTAP version 1
    1..1
      KTAP version 1
      1..1
      # RDMA+fork.v5.8_on_debian:6.1: forbid-seen: the model forbids 0:r0=1;
      not ok 1 RDMA+fork.v5.8_on_debian:6.1
    not ok 1 RDMA+fork
    "
  `);
});

test("JUnit: one suite a litmus test, one case a rig", () => {
  const agrees = compareOrders("v5.8", ran, [{ order: [], forced: allowsBoth }]);
  const unlike = compareOrders("v5.8", ran, [{ order: [], forced: allowsBoth }], "never");
  const grid = comparisonGrid([comparison, agrees, unlike]);
  expect(`\n${reportGridJunit(grid, "pinfold compare")}`).toMatchInlineSnapshot(`
    "
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="pinfold compare" tests="3" failures="2" errors="0" skipped="0">
      <testsuite name="RDMA+fork" tests="3" failures="2" errors="0" skipped="0">
        <testcase classname="RDMA+fork" name="v5.8 on debian:6.1">
          <failure message="forbid-seen: the model forbids 0:r0=1;"/>
        </testcase>
        <testcase classname="RDMA+fork" name="v5.8 on debian:6.1"/>
        <testcase classname="RDMA+fork" name="v5.8 on debian:6.1">
          <failure message="agree, but the test expects never"/>
        </testcase>
      </testsuite>
    </testsuites>
    "
  `);
});
