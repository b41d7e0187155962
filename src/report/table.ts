/**
 * Many kernels at a glance: one row a test, its kernels folded into ranges that answer alike.
 * A narrow terminal gets the same facts stacked; no line is wider than the terminal as long as its
 * words are not.
 */
import type { CheckedTest, CheckReport, Outcome, Tally } from "./check-report.ts";
import { foldKernels } from "./ranges.ts";
import { type Look, paletteOf } from "./style.ts";
import { counted, reach, verdictWord } from "./words.ts";
import { fill, padded, visibleWidth, wrapName, wrapWords } from "./wrap.ts";

const stackedBelow = 64;
const separator = " | ";

/** The table's lines, head line first. */
export function drawTable(
  report: Pick<CheckReport, "tests" | "lineage">,
  look: Look,
): readonly string[] {
  return look.width < stackedBelow ? stacked(report, look) : sideBySide(report, look);
}

function sideBySide(
  { tests, lineage }: Pick<CheckReport, "tests" | "lineage">,
  look: Look,
): readonly string[] {
  const paint = paletteOf(look);
  const longest = Math.max(4, ...tests.map(({ name }) => visibleWidth(name)));
  const nameWidth = Math.min(longest, Math.floor(look.width * 0.4));
  const cellWidth = look.width - nameWidth - 2;
  const lines = [paint.strong(`${padded("test", nameWidth)}  verdict`)];
  for (const test of tests) {
    const names = wrapName(test.name, nameWidth);
    const cells = cellLines(test, lineage, cellWidth, look);
    for (let row = 0; row < Math.max(names.length, cells.length); row++) {
      lines.push(`${padded(names[row] ?? "", nameWidth)}  ${cells[row] ?? ""}`.trimEnd());
    }
  }
  return lines;
}

function stacked(
  { tests, lineage }: Pick<CheckReport, "tests" | "lineage">,
  look: Look,
): readonly string[] {
  const paint = paletteOf(look);
  return tests.flatMap((test) => [
    ...wrapName(test.name, look.width).map((name) => paint.strong(name)),
    ...cellLines(test, lineage, look.width - 2, look).map((line) => `  ${line}`),
  ]);
}

function cellLines(
  test: CheckedTest,
  lineage: readonly string[],
  width: number,
  look: Look,
): readonly string[] {
  const groups = foldKernels(test.outcomes, lineage, (outcome) => cellWords(outcome));
  const cells = groups.map(({ label, item }) => ({
    text: `${label} ${cellWords(item)}`,
    paint: cellPaint(item, look),
  }));
  const lines: string[] = [];
  let short: string[] = [];
  const flush = (): void => {
    lines.push(...fill(short, separator, width));
    short = [];
  };
  for (const { text, paint } of cells) {
    if (visibleWidth(text) <= width) {
      short.push(paint(text));
      continue;
    }
    flush();
    // Colours are put on after the breaking, so that no line ends in the middle of one.
    const broken = wrapWords(text, width - 2);
    lines.push(...broken.map((line, index) => paint(index === 0 ? line : `  ${line}`)));
  }
  flush();
  return lines;
}

/** "never", "always (expected never)" */
function cellWords(outcome: Outcome): string {
  const word = verdictWord(outcome);
  const { result } = outcome;
  const cut = result?.complete === false && word === "unknown";
  const reached = cut ? cutWords(reach(result)) : word;
  if (result?.broken !== undefined) return `${reached} (breaks ${result.broken.invariant})`;
  const unexpected =
    outcome.judgement === "not-as-expected" ? ` (expected ${outcome.expected})` : "";
  return reached + unexpected;
}

function cutWords(reached: string): string {
  return reached.startsWith("unknown") ? reached : `unknown (${reached})`;
}

function cellPaint(outcome: Outcome, look: Look): (text: string) => string {
  const paint = paletteOf(look);
  switch (outcome.judgement) {
    case "as-expected":
      return paint.good;
    case "not-as-expected":
      return paint.bad;
    case "nothing-expected":
      return (text) => text;
    case "inconclusive":
    case "not-modelled":
    case "not-run":
      return paint.unsure;
  }
}

/** "3 tests on 12 kernels: 30 as expected, 0 not as expected, 6 with nothing expected" */
export function drawTally(
  { tests, kernels }: Pick<CheckReport, "tests" | "kernels">,
  count: Tally,
  look: Look,
): readonly string[] {
  const paint = paletteOf(look);
  const failed = `${count.notAsExpected} not as expected`;
  const parts = [
    `${count.asExpected} as expected`,
    count.notAsExpected > 0 ? paint.bad(failed) : failed,
    ...(count.nothingExpected > 0 ? [`${count.nothingExpected} with nothing expected`] : []),
    ...(count.inconclusive > 0 ? [paint.unsure(`${count.inconclusive} inconclusive`)] : []),
    ...(count.notModelled > 0 ? [paint.unsure(`${count.notModelled} not modelled`)] : []),
    ...(count.notRun > 0 ? [paint.unsure(`${count.notRun} not run`)] : []),
  ];
  const size = `${counted(tests.length, "test")} on ${counted(kernels.length, "kernel")}:`;
  const line = `${size} ${parts.join(", ")}`;
  return visibleWidth(line) <= look.width ? [line] : wrapWords(line, look.width);
}
