/**
 * States after each statement, the model's beside a real kernel's, one row a page: which frame its
 * entry names, the entry's bits, and the frame's counts. A row that differs is marked, and says in what.
 */
import {
  differences,
  type OrderStates,
  type StateStep,
  tolerated,
} from "../verdict/compare-state.ts";
import type { EntryState } from "../verdict/state-table.ts";
import { type Look, paletteOf } from "./style.ts";
import { counted, rigWord } from "./words.ts";
import { padded } from "./wrap.ts";

export interface ComparedStates {
  readonly test: string;
  readonly kernel: string;
  readonly rig: string;
  readonly orders: readonly OrderStates[];
}

const legend = [
  "Frames are lettered as they appear in a state; equal letters: the same frame.",
  "W writable  D dirty  X exclusive  S soft-dirty  U uffd-wp  P mapped by a PMD",
  "ref without the pins of a small page. Not compared:",
  ...tolerated.map((words) => `  ${words}`),
] as const;

/** Many tests: a line each, and the tables of those that differ; `inFull`: every table. */
export function drawStates(
  compared: readonly ComparedStates[],
  look: Look,
  inFull: boolean,
): readonly string[] {
  const tables = compared.flatMap((one) => drawTest(one, look, inFull));
  const key = tables.length > compared.length ? ["", ...legend] : [];
  return [...tables, ...key, "", drawCount(compared)];
}

function drawTest(one: ComparedStates, look: Look, inFull: boolean): readonly string[] {
  const { bad, good, unsure, strong } = paletteOf(look);
  const { test, kernel, rig, orders } = one;
  const different = countDifferences(orders);
  const steps = orders.flatMap((order) => order.steps).length;
  const skipped = orders.find((order) => order.skipped !== "")?.skipped;
  const head = `${strong(test)}  ${kernel} | ${rigWord(rig)}`;
  if (steps === 0) return [`${head}  ${unsure(`skip: ${skipped ?? "it has no order"}`)}`];
  const words =
    different > 0
      ? bad(`${counted(different, "row")} ${different === 1 ? "differs" : "differ"}`)
      : good("agree");
  const title = `${head}  ${counted(steps, "state")}: ${words}`;
  const shown = orders.filter((order) => inFull || countDifferences([order]) > 0);
  return [title, ...shown.flatMap((order) => drawOrder(order, look))];
}

function countDifferences(orders: readonly OrderStates[]): number {
  return orders.flatMap(({ steps }) => steps).reduce((sum, { rows }) => sum + differences(rows), 0);
}

function drawOrder({ order, steps, skipped }: OrderStates, look: Look): readonly string[] {
  const { bad, faint } = paletteOf(look);
  if (steps.length === 0) return [`  ${order}`, `  skip: ${skipped}`];
  const width = Math.max(...steps.map((step) => titleOf(step).length));
  const places = Math.max(4, ...steps.flatMap(({ rows }) => rows.map(({ place }) => place.length)));
  const head = `  ${padded("after", width)}  ${padded("page", places)}  ${padded("model     ref  map  pin", cell)} | real      ref  map  pin`;
  const lines = steps.flatMap((step) =>
    step.rows.map((row, index) => {
      const title = padded(index === 0 ? titleOf(step) : "", width);
      const sides = `${side(row.model, row.modelFrame)} | ${side(row.real, row.realFrame)}`;
      const line = `${title}  ${padded(row.place, places)}  ${sides}`;
      if (row.differs.length === 0) return `  ${line.trimEnd()}`;
      return bad(`! ${line}  ${row.differs.join(", ")}`);
    }),
  );
  return [faint(`  ${order}`), faint(head), ...lines];
}

/** "P0.1 uffd_move(x, y); (waits)", and later "P1.0 unpin(h); then P0.1" */
function titleOf({ step, statement, late, waits }: StateStep): string {
  if (step === "") return "the start";
  const others = waits.filter((one) => one !== step);
  const held = others.length === 0 ? "" : ` (${others.join(", ")} waits)`;
  const ended = late.length === 0 ? "" : ` then ${late.join(", ")}`;
  return `${step} ${statement}${waits.includes(step) ? " (waits)" : held}${ended}`;
}

/** Frame, six bits, and three counts of five columns. */
const cell = 4 + 6 + 15;

function side(entry: EntryState | undefined, frame: string | undefined): string {
  if (entry === undefined) return padded(frame ?? "-", cell);
  const name = entry.kind === "present" ? frame : entry.kind === "swap" ? `~${frame}` : undefined;
  const words = { unmapped: "no VMA", empty: "none", zero: "zero page" } as const;
  if (entry.kind === "unmapped" || entry.kind === "empty") return padded(words[entry.kind], cell);
  const text = `${padded(name ?? "0", 4)}${bits(entry)}${counts(entry)}`;
  return padded(text, cell);
}

function bits(entry: EntryState): string {
  const marks: readonly (readonly [boolean, string])[] = [
    [entry.writable, "W"],
    [entry.dirty, "D"],
    [entry.exclusive, "X"],
    [entry.softDirty, "S"],
    [entry.uffdWp, "U"],
    [entry.huge, "P"],
  ];
  return marks.map(([on, mark]) => (on ? mark : ".")).join("");
}

function counts({ counts }: EntryState): string {
  if (counts === undefined) return "";
  return [counts.ref, counts.map, counts.pins].map((one) => String(one).padStart(5)).join("");
}

function drawCount(compared: readonly ComparedStates[]): string {
  const orders = compared.flatMap((one) => one.orders);
  const states = orders.flatMap(({ steps }) => steps);
  const rows = states.reduce((sum, step) => sum + step.rows.length, 0);
  const skipped = compared.filter((one) => one.orders.every(({ steps }) => steps.length === 0));
  const different = countDifferences(orders);
  const size = `${counted(compared.length, "test")}, ${counted(states.length, "state")}, ${counted(rows, "row")}`;
  return `${size}: ${different} differ; ${skipped.length} tests skipped`;
}

/** `pinfold compare --state --format json`. */
export function statesJson(compared: readonly ComparedStates[]): string {
  const tests = compared.map((one) => ({
    ...one,
    differences: countDifferences(one.orders),
  }));
  return `${JSON.stringify({ schema: 1, tests }, undefined, 2)}\n`;
}
