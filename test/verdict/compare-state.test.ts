/**
 * The model's page tables and counts beside lines as the module prints them. The lines are those of
 * Debian's 6.1 for two seeds; each is also changed, and the change must show.
 */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { findKernel } from "../../src/kernels/index.ts";
import { drawStates } from "../../src/report/states.ts";
import { readStates } from "../../src/rig/state-lines.ts";
import { compareStates, differences, type OrderStates } from "../../src/verdict/compare-state.ts";
import { orders } from "../../src/verdict/orders.ts";
import { testOf } from "./library.ts";

const present = 0x1;
const writable = 0x2;
const dirty = 0x4;
const exclusive = 0x20;
const softDirty = 0x100;
const own = present | writable | dirty | exclusive | softDirty;
const readonly = own & ~writable;

/** FLAGS FRAME REF MAP PINS after each statement of MPROTECT+pin. */
const shown = [
  [own, "81b2", 1, 1, 0],
  [own, "81b3", 1025, 1, 1],
  [readonly, "81b4", 1025, 1, 1],
  [own, "81b5", 1025, 1, 1],
  [own, "81b6", 1025, 1, 1],
  [own, "81b7", 1025, 1, 1],
  [own, "81b8", 1025, 1, 1],
] as const;

type Shown = readonly (readonly [number, string, number, number, number])[];

function compared(kernel: string, rows: Shown): OrderStates {
  const test = testOf(readFileSync("litmus/seed/MPROTECT+pin.litmus", "utf8"));
  const [order = []] = orders(test).orders;
  const lines = rows.map(([flags, frame, ...counts], step) =>
    ["state", step, "P0", "x", 0, flags.toString(16), frame, ...counts].join(" "),
  );
  const found = findKernel(kernel);
  if (found === undefined) throw new Error(kernel);
  return compareStates(test, found, order, readStates(lines, test));
}

const allDifferences = ({ steps }: OrderStates): string[] =>
  steps.flatMap(({ step, rows }) =>
    rows.flatMap((row) => row.differs.map((what) => `${step} ${what}`)),
  );

describe("states after each statement", () => {
  test("6.1 has the entries, counts and pins that stable-6.1 has", () => {
    const states = compared("stable-6.1", shown);
    expect(states.steps).toHaveLength(7);
    expect(allDifferences(states)).toEqual([]);
  });

  test("red control: held to v5.9-rc4, the entry after mprotect and the frame's counts differ", () => {
    expect(allDifferences(compared("v5.9-rc4", shown))).toContain("P0.2 writable");
  });

  test.each([
    ["a pin that is not there", 1, [own, "1", 1, 1, 0], ["P0.0 pins"]],
    ["a reference too many", 1, [own, "1", 1026, 1, 1], ["P0.0 ref"]],
    ["a mapping too many", 0, [own, "1", 1, 2, 0], [" map"]],
    ["a clean entry", 4, [own & ~dirty, "1", 1025, 1, 1], ["P0.3 dirty"]],
    ["an entry that lost its page", 4, [0, "0", -1, -1, -1], ["P0.3 frame", "P0.3 kind"]],
  ] as const)("red control: %s", (_title, step, row, expected) => {
    const changed = shown.map((one, index) => (index === step ? row : one));
    const found = allDifferences(compared("stable-6.1", changed));
    for (const one of expected) expect(found).toContain(one);
  });

  test("two entries of one frame on one side, and of two on the other, differ", () => {
    const test = testOf(readFileSync("litmus/seed/RDMA+fork+child-alive.litmus", "utf8"));
    const kernel = findKernel("stable-6.1");
    const [order = []] = orders(test).orders;
    const forked = order.findIndex(({ actor, index }) => actor === "P0" && index === 1) + 1;
    const line = (process: string, frame: string, pins: number) =>
      `state ${forked} ${process} x 0 ${own.toString(16)} ${frame} ${pins * 1024 + 1} 1 ${pins}`;
    const states = (child: string) =>
      kernel &&
      compareStates(
        test,
        kernel,
        order,
        readStates([line("P0", "a", 1), line("P1", child, 0)], test),
      );
    const early = states("b")?.steps[0]?.rows ?? [];
    const same = states("a")?.steps[0]?.rows ?? [];
    expect(early.map(({ modelFrame, realFrame }) => [modelFrame, realFrame])).toEqual([
      ["A", "A"],
      ["B", "B"],
    ]);
    expect(differences(same)).toBeGreaterThan(0);
  });

  test("the table has a row a statement and page, and marks what differs", () => {
    const changed = shown.map((one, index) => (index === 1 ? ([own, "1", 1, 1, 0] as const) : one));
    const orderStates = [compared("stable-6.1", changed)];
    const one = { test: "T", kernel: "stable-6.1", rig: "debian:6.1", orders: orderStates };
    const lines = drawStates([one], { color: false, width: 100 }, false);
    const marked = lines.filter((line) => line.startsWith("!"));
    expect(marked).toHaveLength(1);
    expect(marked[0]).toMatch(/P0\.0 .*P0:x +A +WDXS\.\. +1 +1 +1 \| A +WDXS\.\. +1 +1 +0 +pins/);
    expect(lines.filter((line) => line.includes("P0:x"))).toHaveLength(7);
  });
});

describe("a statement that waits", () => {
  test("is named as waiting, and beside the statement that lets it end", () => {
    const test = testOf(`Linux WAITS
{ page x = thp; page y = untouched thp; }
P0 { h = pin(x, LONGTERM); r0 = fork(P1); r1 = uffd_move(x[1], y[1]); y[1] = 2; }
P1 { unpin(h); }
exists (P0:r1 = 0)
`);
    const order = orders(test).orders.find((one) => one.at(-1)?.actor === "P1" && one.length === 5);
    const lines = [0, 1, 2, 3, 4, 5].map(
      (number) => `state ${number} P0 x 0 ${own.toString(16)} 1 1 1 0`,
    );
    const { steps } = compareStates(
      test,
      findKernel("v7.2")!,
      order ?? [],
      readStates(lines, test),
    );
    const told = steps.map(({ step, late, waits }) => [step, late.join(" "), waits.join(" ")]);
    expect(told).toEqual([
      ["", "", ""],
      ["P0.0", "", ""],
      ["P0.1", "", ""],
      ["P0.2", "", "P0.2"],
      ["P0.3", "", "P0.2 P0.3"],
      ["P1.0", "P0.2 P0.3", ""],
    ]);
    const drawn = drawStates(
      [{ test: "WAITS", kernel: "v7.2", rig: "r", orders: [{ order: "", steps, skipped: "" }] }],
      { width: 100, color: false },
      true,
    ).join("\n");
    expect(drawn).toContain("P0.2 r1 = uffd_move(x[1], y[1]); (waits)");
    expect(drawn).toContain("P1.0 unpin(h); then P0.2, P0.3");
  });
});
