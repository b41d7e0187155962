/** What a campaign tells of orders that gave no result: which, why, and what the guest said last. */
import { describe, expect, it } from "vitest";
import { enter, newBook, type Pair } from "../../src/campaign/book.ts";
import { type BulkPlan, itemsOf, runOf } from "../../src/campaign/bulk.ts";
import { coverageOf } from "../../src/campaign/exercised.ts";
import { drawRandom, randomJson } from "../../src/cli/rig/random-report.ts";
import { findKernel } from "../../src/kernels/index.ts";
import { parseFile, type Test } from "../../src/litmus/index.ts";
import { type CaseResult, lostCase } from "../../src/rig/protocol.ts";

function read(name: string): Test {
  const parsed = parseFile(`Linux ${name}
{ page x = anon; }
P0 { x = 1; }
P0.T1 { madvise(x, DONTNEED); }
exists (x = 1)
`);
  if (!parsed.ok) throw new Error("the test's own text parses");
  const { declarations, ...rest } = parsed.value;
  return { ...rest, declarations: declarations.filter((one) => one.kind === "page") };
}

const pair: Pair = {
  rig: { name: "made-up", origin: "", release: "6.1.0", kernel: "", hash: "" } as Pair["rig"],
  kernel: findKernel("stable-6.1")!,
};
const [item] = itemsOf([read("WRITE")], 2, 1);
const plan: BulkPlan = { ...item!, skipped: undefined };
const off = { end: "off", why: "", boots: 1, seconds: 1, lastLines: [] } as const;

function reported(orderIndex: number, text: string): CaseResult {
  const whole = { order: "", trials: 1, valuations: [{ text, count: 1 }], notes: [] };
  return { test: "WRITE", orderIndex, status: "ok", why: "", ...whole };
}

function statuses(plans: readonly BulkPlan[], cases: readonly (CaseResult | undefined)[]) {
  const book = newBook(pair);
  for (const [number, order] of plans[0]!.orders.entries()) {
    const real = cases[number];
    if (real !== undefined) enter(book, { test: plans[0]!.test, order }, real);
  }
  return book;
}

describe("a campaign", () => {
  it("counts every order of a test that no real kernel can run as skipped, with the reason", () => {
    const skipped = { ...plan, skipped: "a umem is given back by the last close only" };
    const one = lostCase("WRITE.o0", "skip", skipped.skipped);
    const { cases } = runOf(pair.rig, [skipped], [one], off);
    const book = statuses([skipped], cases[0]!);
    expect(book.counts).toEqual({ skip: 2 });
    expect([...book.skips]).toEqual([["a umem is given back by the last close only", 2]]);
  });

  it("names what was lost, and what the guest said last", () => {
    const console = ["# running WRITE.o1 2", "Kernel panic - not syncing: Fatal exception"];
    const panic = { ...lostCase("WRITE.o1", "panic", "Kernel panic"), console };
    const { cases } = runOf(pair.rig, [plan], [reported(0, "x=0;"), panic], off);
    const { lost, counts, skips, exercised } = statuses([plan], cases[0]!);
    expect(counts).toEqual({ agree: 1, lost: 1 });
    const result = {
      ...{ tests: 1, interrupted: false, spines: 0, skipped: 0, endlessLeftOut: 3 },
      pairs: [
        {
          ...{ rig: "made-up", kernel: "stable-6.1", counts, skips, lost, disagreements: [] },
          ...{ exercised: exercised.counts(), seconds: 1 },
          coverage: coverageOf(exercised.counts(), new Set(), new Set()),
        },
      ],
    };
    const text = drawRandom(result);
    expect(text).toContain("Linux WRITE");
    expect(text).toContain("3 orders that never end left out");
    expect(text).toContain(`// lost in the order ${lost[0]!.order}`);
    expect(text).toContain("// made-up: panic: Kernel panic");
    for (const line of console) expect(text).toContain(`//   | ${line}`);
    const told = JSON.parse(randomJson(result)).pairs[0].lost[0];
    expect(told).toMatchObject({ test: "WRITE", why: "panic: Kernel panic", console });
  });

  it("gives what a guest never reported the end of the guest as its reason", () => {
    const hang = {
      ...off,
      end: "hang",
      why: "the guest fell silent",
      lastLines: ["last"],
    } as const;
    const { cases } = runOf(pair.rig, [plan], [reported(0, "x=0;")], hang);
    expect(cases[0]![1]).toMatchObject({
      status: "hang",
      why: "the guest reported nothing (hang: the guest fell silent)",
      console: ["last"],
    });
    const ended = { ...off, end: "interrupted", why: "interrupted" } as const;
    expect(runOf(pair.rig, [plan], [reported(0, "x=0;")], ended).cases[0]![1]).toBeUndefined();
  });
});
