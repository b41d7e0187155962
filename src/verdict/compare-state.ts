/**
 * A test's states in one order, the model's beside a real kernel's: after each statement, entry by
 * entry. Pins are compared exactly, and so are references, after the lists of pages that are not yet
 * on the LRU were emptied, but for what `tolerated` names.
 */
import type { Kernel } from "../kernels/index.ts";
import type { Test } from "../litmus/ast.ts";
import { printStatement } from "../litmus/index.ts";
import { decided, turnsAlong } from "./forced.ts";
import { type Order, orderText, stepName } from "./orders.ts";
import { takesFewer } from "./repeated.ts";
import { type EntryState, modelTable, type SmallPages, type StateTable } from "./state-table.ts";
import { loadWorld } from "./world.ts";

/** What may differ without being a difference, for readers. */
export const tolerated = [
  "references of a huge page that small entries map: the kernel's has 512 small pages, the model's 4",
  "pins that a ring or a region has of such a page: between the model's and those of all its small pages",
  "one reference more to a page of a file on a disk: its buffers'",
  "the frame behind a handle that only the kernel knows: a ring's, a region's, a pipe's",
] as const;

/** One entry, or one page that a handle holds, on both sides. */
export interface StateRow {
  /** "P0:x[2]", or "h[0]" for what a handle holds. */
  readonly place: string;
  readonly model: EntryState | undefined;
  readonly real: EntryState | undefined;
  /** The frame's letter within its side's state: A for the first. */
  readonly modelFrame: string | undefined;
  readonly realFrame: string | undefined;
  /** What of it differs: "writable", "pins", "frame" ... */
  readonly differs: readonly string[];
}

export interface StateStep {
  /** "" before the first statement; else "P0.1" and the statement's text. */
  readonly step: string;
  readonly statement: string;
  /** Statements before it that had to wait, and have ended with it. */
  readonly late: readonly string[];
  /** Statements whose turn has come and that have not ended: this one may be among them. */
  readonly waits: readonly string[];
  readonly rows: readonly StateRow[];
}

export interface OrderStates {
  readonly order: string;
  readonly steps: readonly StateStep[];
  /** Why there is nothing to compare, or "". */
  readonly skipped: string;
}

/** Sets the model beside what the kernel showed before each statement of the order, by its number. */
export function compareStates(
  test: Test,
  kernel: Kernel,
  order: Order,
  shown: ReadonlyMap<number, StateTable>,
  smallPages: SmallPages = () => 1,
): OrderStates {
  const chosen = decided(test, order);
  const world = loadWorld(chosen.test, kernel);
  const head = { order: orderText(order) };
  if (world.notModelled.length > 0) {
    return { ...head, steps: [], skipped: `not modelled: ${world.notModelled.join(", ")}` };
  }
  if (takesFewer(test)) {
    return { ...head, steps: [], skipped: "the model counts fewer references than the test takes" };
  }
  const turns = turnsAlong(world, chosen.order);
  const steps = turns.flatMap(({ rows, waiting }, number): StateStep[] => {
    const real = shown.get(number);
    if (real === undefined) return [];
    const sides = rows.map((row) => compareTables(modelTable(world, row, smallPages), real, test));
    // Where the model allows several states, the kernel may be in any of them.
    const [closest = []] = sides.sort((one, other) => differences(one) - differences(other));
    const before = turns[number - 1]?.waiting ?? [];
    const late = before.filter((step) => !waiting.includes(step)).map(stepName);
    const waits = waiting.map(stepName);
    return [{ ...labelOf(test, order[number - 1]), late, waits, rows: closest }];
  });
  return { ...head, steps, skipped: "" };
}

/** How many rows differ. */
export function differences(rows: readonly StateRow[]): number {
  return rows.filter(({ differs }) => differs.length > 0).length;
}

function labelOf(
  test: Test,
  done: Order[number] | undefined,
): Pick<StateStep, "step" | "statement"> {
  if (done === undefined) return { step: "", statement: "" };
  const actor = test.actors.find(({ name }) => name === done.actor);
  const statement = actor?.statements[done.index];
  return {
    step: stepName(done),
    statement: statement === undefined ? "" : printStatement(statement),
  };
}

function compareTables(model: StateTable, real: StateTable, test: Test): readonly StateRow[] {
  const places = [...new Set([...model.entries, ...real.entries].map(placeOf))];
  const [modelLetters, realLetters] = [model, real].map((side) => lettersOf(side, places));
  const rows = places.map((place): StateRow => {
    const [left, right] = [model, real].map((side) =>
      side.entries.find((entry) => placeOf(entry) === place),
    );
    const modelFrame = letterOf(modelLetters, left?.frame);
    const realFrame = letterOf(realLetters, right?.frame);
    const differs = [
      ...(modelFrame === realFrame ? [] : ["frame"]),
      ...entryDifferences(left, right, { test, entries: model.entries }),
    ];
    return { place, model: left, real: right, modelFrame, realFrame, differs };
  });
  return [...rows, ...heldRows({ model, real }, { modelLetters, realLetters })];
}

const placeOf = ({ process, page }: EntryState): string => `${process}:${page}`;

type Letters = ReadonlyMap<string, string> | undefined;

/** Frames are lettered as they appear, entries first, so that equal letters mean equal partitions. */
function lettersOf({ entries, held }: StateTable, places: readonly string[]): Letters {
  const letters = new Map<string, string>();
  const inOrder = places.flatMap(
    (place) => entries.find((entry) => placeOf(entry) === place) ?? [],
  );
  for (const { frame } of [...inOrder, ...held]) {
    if (frame !== undefined && !letters.has(frame)) letters.set(frame, letter(letters.size));
  }
  return letters;
}

/** A, B ... Z, A1, B1 ... */
function letter(number: number): string {
  const round = Math.floor(number / 26);
  return String.fromCharCode(65 + (number % 26)) + (round === 0 ? "" : String(round));
}

function letterOf(letters: Letters, frame: string | undefined): string | undefined {
  return frame === undefined ? undefined : letters?.get(frame);
}

const marks = ["kind", "writable", "dirty", "exclusive", "softDirty", "uffdWp", "huge"] as const;

function entryDifferences(
  model: EntryState | undefined,
  real: EntryState | undefined,
  sides: { readonly test: Test; readonly entries: readonly EntryState[] },
): readonly string[] {
  if (model === undefined || real === undefined) return ["process"];
  const different: string[] = marks.filter((mark) => model[mark] !== real[mark]);
  const [left, right] = [model.counts, real.counts];
  if (left === undefined || right === undefined) return different;
  if (!pinsAgree(model, real)) different.push("pins");
  if (left.map !== right.map) different.push("map");
  const more = right.ref - left.ref;
  if (more === 0 || !comparesReferences(model, real) || splitSomewhere(model, sides))
    return different;
  if (more === 1 && isOnDisk(model, sides.test)) return different;
  return [...different, "ref"];
}

/**
 * Another process maps the declaration by small entries: those that the model does not have may still be
 * the huge page's, even if all that it has have gone to copies.
 */
function splitSomewhere(
  { page, large, process }: EntryState,
  { entries }: { readonly entries: readonly EntryState[] },
): boolean {
  const name = page.replace(/\[.*/, "");
  const isSmall = ({ kind, huge }: EntryState) => kind !== "unmapped" && kind !== "empty" && !huge;
  return (
    large &&
    entries.some(
      (one) => isSmall(one) && one.process !== process && one.page.startsWith(`${name}[`),
    )
  );
}

function comparesReferences(model: EntryState, real: EntryState): boolean {
  return !(model.large || real.large) || (model.huge && real.huge);
}

/** A range's pins of a huge page that small entries map: how many of them it still maps is not known. */
function pinsAgree({ counts, large, huge }: EntryState, real: EntryState): boolean {
  if (counts === undefined || real.counts === undefined) return true;
  const { pins } = real.counts;
  if (!large || huge || real.huge) return counts.pins === pins;
  return counts.pinsAtLeast <= pins && pins <= counts.pins;
}

function isOnDisk({ page }: EntryState, test: Test): boolean {
  const name = page.replace(/\[.*/, "");
  const declared = test.declarations.find((one) => one.name === name)?.pageKind;
  return declared === "file" || declared === "private file";
}

/** Handles whose frames the kernel does not tell are left out; what it tells must be the model's. */
function heldRows(
  { model, real }: { readonly model: StateTable; readonly real: StateTable },
  { modelLetters, realLetters }: { readonly modelLetters: Letters; readonly realLetters: Letters },
): readonly StateRow[] {
  return real.held.flatMap(({ handle, index, frame }): StateRow[] => {
    const own = model.held.filter((one) => one.handle === handle);
    // A pin taken several times over holds the same pages again.
    if (own.length > 0 && index >= own.length) return [];
    const other = own.find((one) => one.index === index);
    const modelFrame = letterOf(modelLetters, other?.frame);
    const realFrame = letterOf(realLetters, frame);
    const differs = modelFrame === realFrame ? [] : ["frame"];
    const place = `${handle}[${index}]`;
    return [{ place, model: undefined, real: undefined, modelFrame, realFrame, differs }];
  });
}
