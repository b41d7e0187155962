/**
 * Real runs as text. One test has the shape of herd's hardware logs, histogram and all; many tests
 * are one line each; a comparison is one line a test and kernel.
 */
import type { Comparison } from "../verdict/compare.ts";
import { wilsonInterval } from "../verdict/interval.ts";
import type { RealResult } from "../verdict/real.ts";
import { comparisonWords } from "./grid.ts";
import { type Look, type Palette, paletteOf } from "./style.ts";
import { capitalised, counted, rigWord } from "./words.ts";
import { hang, padded } from "./wrap.ts";

/** What of a test the log repeats. */
export interface RealTest {
  readonly name: string;
  readonly condition: string;
  readonly hash: string;
}

const kindWords = { exists: "Allowed", "~exists": "Forbidden", forall: "Required" } as const;

/** One result in the shape of a hardware log, ending in a line break. */
export function reportReal(test: RealTest, result: RealResult, interval: string): string {
  const { histogram, hits, trials, quantifier } = result;
  const misses = trials - hits;
  const [witnesses, against] = quantifier === "~exists" ? [misses, hits] : [hits, misses];
  const validated = quantifier === "exists" ? hits > 0 : against === 0;
  const head = `Test ${test.name} ${kindWords[quantifier]}`;
  if (trials === 0) {
    const said = `Rig ${rigWord(result.rig)}: ${result.status}, ${result.why}`;
    return `${[head, said, ...consoleLines(result)].join("\n")}\n`;
  }
  const lines = [
    head,
    `Histogram (${counted(histogram.length, "state")})`,
    ...histogram.map(
      ({ text, count, holds }) => `${String(count).padEnd(6)}${holds ? "*" : ":"}>${text}`,
    ),
    validated ? "Ok" : "No",
    "",
    "Witnesses",
    `Positive: ${witnesses}, Negative: ${against}`,
    `Condition ${test.condition} ${validated ? "is validated" : "is NOT validated"}`,
    `Hash=${test.hash}`,
    `Observation ${test.name} ${capitalised(result.verdict)} ${hits} ${misses}`,
    `Rig ${rigWord(result.rig)}: ${hits} of ${trials} trials ${howRun(result)}, ${interval}`,
    ...(result.status === "ok" ? [] : [`Note ${result.status}: ${result.why}`]),
    ...consoleLines(result),
  ];
  return `${lines.join("\n")}\n`;
}

function howRun({ schedule, orders }: RealResult): string {
  return schedule === "free" ? "free-running" : `in ${counted(orders, "order")}`;
}

/** What a lost guest said last. */
function consoleLines({ console }: RealResult): readonly string[] {
  return console.map((line) => `  | ${line}`);
}

/** Many results, one line each. */
export function drawRealTable(results: readonly RealResult[], look: Look): readonly string[] {
  const paint = paletteOf(look);
  const rows = results.map((result) => ({
    name: result.test,
    rig: rigWord(result.rig),
    text:
      result.trials > 0
        ? `${result.verdict} ${result.hits}/${result.trials}${lost(result)}`
        : `${result.status}: ${result.why}`,
    paint: result.trials > 0 ? (text: string) => text : paint.unsure,
    below: consoleLines(result),
  }));
  return drawRows(rows, paint, look);
}

function lost({ status, why }: RealResult): string {
  return status === "ok" ? "" : ` (${status}: ${why})`;
}

/** Many comparisons, one line each. */
export function drawComparisons(comparisons: readonly Comparison[], look: Look): readonly string[] {
  const paint = paletteOf(look);
  const paints: Readonly<Record<Comparison["status"], (text: string) => string>> = {
    agree: paint.good,
    "forbid-seen": paint.bad,
    "allow-unseen": paint.unsure,
    refused: paint.unsure,
    skip: paint.unsure,
    fail: paint.bad,
    panic: paint.bad,
    hang: paint.bad,
    "no-boot": paint.bad,
  };
  const rows = comparisons.map((comparison) => {
    const { test, kernel, rig, modelVerdict, real, status, asExpected } = comparison;
    const verdicts = `${modelVerdict} / ${real.verdict} ${real.hits}/${real.trials}${rate(real)}`;
    return {
      name: test,
      rig: `${kernel} / ${rigWord(rig)}`,
      text: `${verdicts}  ${comparisonWords(comparison)}`,
      paint: asExpected === false ? paint.bad : paints[status],
      below: consoleLines(real),
    };
  });
  return drawRows(rows, paint, look);
}

/** Of a free run: between which rates the true one lies. A forced order leaves nothing to chance. */
function rate({ schedule, hits, trials }: RealResult): string {
  if (schedule !== "free" || trials === 0) return "";
  const { low, high } = wilsonInterval(hits, trials);
  return ` (${(low * 100).toFixed(1)} to ${(high * 100).toFixed(1)} %)`;
}

/** "4 comparisons: 3 agree, 1 forbid-seen" */
export function drawComparisonCount(comparisons: readonly Comparison[]): string {
  const counts = new Map<string, number>();
  for (const { status } of comparisons) {
    counts.set(status, (counts.get(status) ?? 0) + 1);
  }
  const parts = [...counts].sort().map(([status, count]) => `${count} ${status}`);
  const unlike = comparisons.filter(({ asExpected }) => asExpected === false).length;
  const told = unlike === 0 ? [] : [`${unlike} not as the test expects`];
  const text = [...parts, ...told].join(", ") || "nothing to compare";
  return `${counted(comparisons.length, "comparison")}: ${text}`;
}

interface Row {
  readonly name: string;
  readonly rig: string;
  readonly text: string;
  readonly paint: (text: string) => string;
  readonly below: readonly string[];
}

function drawRows(rows: readonly Row[], paint: Palette, look: Look): readonly string[] {
  const nameWidth = Math.max(0, ...rows.map(({ name }) => name.length));
  const rigWidth = Math.max(0, ...rows.map(({ rig }) => rig.length));
  const wide = nameWidth + rigWidth + 4 <= look.width * 0.6;
  return rows.flatMap(({ name, rig, text, paint: color, below }) => {
    const lines = wide
      ? hang(`${padded(name, nameWidth)}  ${padded(rig, rigWidth)}  `, text, look.width).map(color)
      : [paint.strong(name), ...hang(`  ${rig}  `, text, look.width).map(color)];
    return [...lines, ...below];
  });
}
