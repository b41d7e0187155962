/** A self-test's twin: as JSON, and for people. */
import { lineage } from "../../kernels/index.ts";
import { printFile } from "../../litmus/index.ts";
import { foldKernels } from "../../report/ranges.ts";
import { type Look, paletteOf } from "../../report/style.ts";
import { hang } from "../../report/wrap.ts";
import { type AnsweredCell, cellName, type Twin } from "../twin.ts";
import { kernelsText, valueText } from "./coverage-report.ts";

/** One document. */
export function twinJson({ covered, missing, ...rest }: Twin): string {
  const { program, complete, kernels, cells, unshown } = rest;
  const { values, flips, noticed } = covered;
  const uncovered = values
    .filter(({ missed }) => missed.length > 0)
    .map(({ name, value, missed }) => ({ name, value, kernels: missed }));
  const document = {
    schema: 1,
    program,
    complete,
    kernels,
    cells: cells.map(({ impliedBy, ...cell }) => ({ ...cell, impliedBy: impliedBy ?? null })),
    coverage: { flips, noticed },
    uncovered,
    unshown,
    missing: missing.map(({ test, shows }) => ({ litmus: printFile(test), shows })),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

export interface TwinTextOptions {
  /** Also lists every value that no cell shows, with its kernels. */
  readonly verbose: boolean;
}

/** The matrix, the cells that could go, what no cell shows, and the tests that would show it. */
export function twinText(found: Twin, options: TwinTextOptions, look: Look): string {
  const { strong } = paletteOf(look);
  const line = (text: string) => hang("", text, look.width);
  const blocks = [
    line(headText(found)),
    ...scenarios(found).map((cells) => [strong(cells[0]!.scenario), ...rows(cells, look)]),
    [strong("Cells that are needed"), ...line(neededText(found)), ...needed(found, look)],
    [
      strong("What no cell shows"),
      ...line(uncoveredText(found)),
      ...uncovered(found, options, look),
    ],
    [strong("Tests that are missing"), ...line(missingText(found)), ...missing(found, look)],
  ];
  const cut = found.complete ? [] : [["Interrupted: not every test was asked."]];
  return `${[...blocks, ...cut].map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

function headText({ program, cells, kernels }: Twin): string {
  const scenarioCount = new Set(cells.map(({ scenario }) => scenario)).size;
  const asked = cells.filter(({ tests }) => tests.length > 0).length;
  return `${program}: ${cells.length} cells of ${scenarioCount} scenarios, ${asked} of them asked of ${kernels.length} modelled kernels. A cell goes wrong always, sometimes or never.`;
}

function scenarios({ cells }: Twin): readonly (readonly AnsweredCell[])[] {
  const names = [...new Set(cells.map(({ scenario }) => scenario))];
  return names.map((name) => cells.filter(({ scenario }) => scenario === name));
}

/** Kinds of pages that answer alike stand together. */
function rows(cells: readonly AnsweredCell[], look: Look): readonly string[] {
  const groups = new Map<string, string[]>();
  for (const cell of cells) {
    const text = cell.tests.length === 0 ? "no test asks this" : vectorText(cell);
    groups.set(text, [...(groups.get(text) ?? []), cell.page]);
  }
  return [...groups].flatMap(([text, pages]) =>
    hang("  ", `${text}: ${pages.join(", ")}`, look.width),
  );
}

function vectorText({ verdicts }: AnsweredCell): string {
  return foldKernels(verdicts, lineage, ({ verdict }) => verdict)
    .map(({ label, item }) => `${item.verdict} on ${label}`)
    .join("; ");
}

function neededText({ cells }: Twin): string {
  const implied = cells.filter(({ impliedBy }) => impliedBy !== undefined).length;
  const asked = cells.filter(({ tests }) => tests.length > 0).length;
  return `${implied} of ${asked} cells are implied by another: the same verdict on every modelled kernel. These ${asked - implied} say all that the others say there:`;
}

function needed({ cells }: Twin, look: Look): readonly string[] {
  return cells
    .filter(({ impliedBy, tests }) => impliedBy === undefined && tests.length > 0)
    .flatMap((cell) => {
      const others = cells.filter(({ impliedBy }) => impliedBy === cellName(cell)).length;
      const alone = others === 0 ? "" : ` (and ${others} more)`;
      return hang("  ", `${cellName(cell)}${alone}`, look.width);
    });
}

function uncoveredText({ covered, unshown, program }: Twin): string {
  const { flips, noticed } = covered;
  return `Of ${flips} decisions set otherwise, one kernel and one value at a time, the cells of ${program} notice ${noticed}. Of the other ${flips - noticed} the library notices ${flips - noticed - unshown}, and no test that we know the rest.`;
}

function uncovered({ covered }: Twin, { verbose }: TwinTextOptions, look: Look): readonly string[] {
  const values = covered.values.filter(({ missed }) => missed.length > 0);
  const nowhere = values.filter(({ noticed }) => noticed.length === 0);
  if (verbose)
    return values.flatMap((one) =>
      hang(`  ${valueText(one)}  `, `not on ${kernelsText(one.missed)}`, look.width),
    );
  return hang("  on no kernel: ", nowhere.map(valueText).join(", "), look.width);
}

function missingText({ missing: tests }: Twin): string {
  return `${tests.length} tests of the library, the fullest first, show all of it that the library shows; --emit-litmus and --emit-c write them.`;
}

function missing({ missing: tests }: Twin, look: Look): readonly string[] {
  return tests.flatMap(({ test, shows }) => {
    const head = `  ${test.name}  `;
    const values = shows.map(({ value }) => value).join(", ");
    const isWide = head.length > look.width / 2;
    return isWide
      ? [head.trimEnd(), ...hang("      ", values, look.width)]
      : hang(head, values, look.width);
  });
}
