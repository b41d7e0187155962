/** A campaign of random tests as text and as JSON. */
import type { LostOrder } from "../../campaign/book.ts";
import { type Coverage, exercisedEnough } from "../../campaign/exercised.ts";
import type { PairResult, RandomResult } from "../../campaign/random-campaign.ts";

/** A table of counts a kernel, and below it each order that was lost or disagrees. */
export function drawRandom(result: RandomResult): string {
  const { tests, spines, skipped, endlessLeftOut, pairs } = result;
  if (tests === 0) return "no random test was run\n";
  const share = (part: number) => `${((100 * part) / tests).toFixed(0)} %`;
  const lines = [
    `${tests} random tests; ${share(spines)} pin, fork and write later; ${share(skipped)} cannot run on a real kernel`,
    ...(endlessLeftOut > 0 ? [`${endlessLeftOut} orders that never end left out`] : []),
    "",
  ];
  for (const pair of pairs) {
    lines.push(...drawPair(pair), "");
  }
  return lines.join("\n");
}

function drawPair(pair: PairResult): readonly string[] {
  const counts = Object.entries(pair.counts).map(([status, count]) => `${count} ${status}`);
  const lines = [
    `${pair.rig} and ${pair.kernel}: ${counts.join(", ")} (orders)`,
    `  ${coverageText(pair.coverage)}`,
  ];
  const skips = [...pair.skips].sort(([, one], [, other]) => other - one);
  lines.push(...skips.map(([why, count]) => `  ${count} skipped: ${why}`));
  lines.push(...pair.lost.flatMap((lost) => drawLost(lost, pair.rig)));
  for (const { comparison, text } of pair.disagreements) {
    const { status, order, model, real } = comparison;
    lines.push(
      "",
      text.trimEnd(),
      `// ${status} in the order ${order}`,
      `// model: ${model.join(" or ")}`,
      `// ${pair.rig}: ${real.join(" or ")}`,
    );
  }
  return lines;
}

/** The test, which order of it, why there is no result, and what the guest said last. */
function drawLost({ order, why, text, console = [] }: LostOrder, rig: string): readonly string[] {
  return [
    "",
    text.trimEnd(),
    `// lost in the order ${order}`,
    `// ${rig}: ${why}`,
    ...console.map((line) => `//   | ${line}`),
  ];
}

function coverageText({ askable, enough, rarely }: Coverage): string {
  const others = rarely.map(({ decision, why }) => `${decision} ${why}`);
  const tail = others.length === 0 ? "" : `; the others: ${others.join(", ")}`;
  return `decisions: ${enough} of ${askable} in ${exercisedEnough} tests or more${tail}`;
}

export function randomJson(result: RandomResult): string {
  const pairs = result.pairs.map((pair) => ({
    ...pair,
    skips: Object.fromEntries(pair.skips),
    exercised: Object.fromEntries(pair.exercised),
  }));
  return `${JSON.stringify({ schema: 1, ...result, pairs }, undefined, 2)}\n`;
}
