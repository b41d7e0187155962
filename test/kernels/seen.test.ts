/**
 * If these fail, a decision is said to be seen on a real kernel by a test that is another by now, or
 * whose real end is no more what the model says: compare again and run `npm run seen`.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { top } from "../../scripts/repository.ts";
import { modelledEnds, ordersByText, type RealRun, toldApart } from "../../src/campaign/seen.ts";
import { decisionNames, decisionValues, findKernel } from "../../src/kernels/index.ts";
import { withDecisions } from "../../src/kernels/kernel.ts";
import { seenRows } from "../../src/kernels/seen.generated.ts";
import { ruledOut, seenOn, seenRow } from "../../src/kernels/seen.ts";
import { whyDecision } from "../../src/kernels/why.ts";
import { testHash } from "../../src/litmus/index.ts";
import { drawWhy } from "../../src/report/why.ts";
import { orders } from "../../src/verdict/orders.ts";
import { library } from "../verdict/library.ts";

const runs: readonly RealRun[] = readFileSync(join(top, "test/fixtures/real-runs.jsonl"), "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => JSON.parse(line) as RealRun);
const tests = new Map(library().map(({ test: one }) => [one.name, one]));

/** What is stale in a run: nothing where its test is the same and ends on the model as it did. */
function staleness({ test: name, hash, kernel, orders: ran }: RealRun): string | undefined {
  const one = tests.get(name);
  if (one === undefined || testHash(one) !== hash) return `${name} is another test by now`;
  const known = ordersByText(orders(one).orders);
  const asked = ran.map(({ order }) => known.get(order)!);
  const ends = modelledEnds(one, findKernel(kernel)!, asked);
  const at = ran.findIndex((real, index) => ends[index]?.join() !== real.ends.join());
  return at < 0 ? undefined : `${name} on ${kernel}, ${ran[at]!.order}: the model says ${ends[at]}`;
}

describe("runs on real kernels", () => {
  test("are of the library's tests, and what the model says", { timeout: 60_000 }, () => {
    expect(runs.length).toBeGreaterThan(100);
    expect(runs.flatMap((run) => staleness(run) ?? [])).toEqual([]);
  });

  test("that are stale are found", () => {
    const [run] = runs;
    const [order] = run!.orders;
    expect(staleness({ ...run!, hash: "0" })).toContain("another test");
    const other = { ...run!, orders: [{ ...order!, ends: ["0:r0=77;"] }] };
    expect(staleness(other)).toContain("the model says");
  });
});

describe("the table of what was seen", () => {
  const rows = ruledOut();
  const byRun = new Map(runs.map((run) => [`${run.test} ${run.kernel}`, run]));

  test("names decisions, values and runs that there are", () => {
    expect(rows.map(seenRow)).toEqual(seenRows);
    for (const { name, value, instead, kernel, tests: telling } of rows) {
      expect(decisionNames).toContain(name);
      expect(findKernel(kernel)!.decisions[name].value).toBe(value);
      expect(decisionValues(name)).toContain(instead);
      expect(instead).not.toBe(value);
      for (const one of telling) expect(byRun.has(`${one} ${kernel}`), one).toBe(true);
    }
  });

  /** Every row's first test; the others claim the same. */
  test("each row's test would have ended otherwise", { timeout: 60_000 }, () => {
    const wrong = rows.filter(({ name, instead, kernel, tests: telling }) => {
      const run = byRun.get(`${telling[0]} ${kernel}`)!;
      const one = tests.get(run.test)!;
      const known = ordersByText(orders(one).orders);
      const asked = run.orders.map(({ order }) => known.get(order)!);
      const flips = toldApart(
        one,
        findKernel(kernel)!,
        asked,
        (flip) => flip.name === name && flip.value === instead,
      );
      return flips.length === 0;
    });
    expect(wrong.map(seenRow)).toEqual([]);
  });
});

describe("what a decision's evidence says", () => {
  const kernel = findKernel("stable-6.1")!;
  const look = { color: false, width: 200 };

  test("a kernel's own run comes first, then others that decide the same", () => {
    const found = seenOn(kernel, "fork.copyPinned").map((seen) => seen.kernel);
    expect(found[0]).toBe("stable-6.1");
    expect(found).toContain("v7.2");
    expect(seenOn(findKernel("v5.19")!, "fork.copyPinned").length).toBeGreaterThan(0);
  });

  test("--why names the real kernel and the tests, or says that it is read only", () => {
    const text = drawWhy(whyDecision(kernel, "fork.copyPinned"), look);
    expect(text).toMatch(/Evidence {2}seen on real kernel debian:6\.1 .*; read in /);
    expect(text).toContain("were it false: ");
    const unseen = decisionNames.find((name) => seenOn(kernel, name).length === 0)!;
    expect(drawWhy(whyDecision(kernel, unseen), look)).toContain(" only: ");
  });

  test("a value set by hand is a question, though a real kernel gives the same", () => {
    const set = withDecisions(findKernel("v5.8")!, "set", { "fork.copyPinned": true });
    expect(seenOn(set, "fork.copyPinned")).toEqual([]);
    expect(seenOn(set, "wp.reuse")).toEqual(seenOn(findKernel("v5.8")!, "wp.reuse"));
  });
});
