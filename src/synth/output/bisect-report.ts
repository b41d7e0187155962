/** What bisect found: as JSON, and for people. */
import { type Look, paletteOf } from "../../report/style.ts";
import type { BisectResult, Change } from "../bisect.ts";

/** `kernel` is the latest change; `changes` has all of them. */
export function bisectJson(result: BisectResult): string {
  const last = result.changes.at(-1);
  const kernel = last === undefined ? null : { from: last.from, to: last.to };
  const head = { schema: 1, test: result.test, kernel };
  const why = { decisions: last?.decisions ?? [], commits: last?.commits ?? [] };
  const rest = { changes: result.changes, verdicts: result.verdicts };
  return `${JSON.stringify({ ...head, ...why, ...rest, notModelled: result.notModelled }, null, 2)}\n`;
}

/** One paragraph per change. */
export function bisectText(result: BisectResult, look: Look): string {
  const { strong } = paletteOf(look);
  const lines = [strong(result.test)];
  const first = result.verdicts[0];
  if (result.notModelled.length > 0) lines.push(`  not modelled: ${result.notModelled.join(", ")}`);
  else if (result.changes.length === 0)
    lines.push(`  ${first?.verdict} on every kernel of the line`);
  for (const change of result.changes) lines.push(...changeLines(change));
  return `${lines.join("\n")}\n`;
}

function changeLines({ from, to, verdicts, decisions, commits }: Change): string[] {
  const why =
    decisions.length === 0
      ? "no set of decisions alone"
      : `${decisions.join(" and ")}${commits.length > 0 ? ` (${commits.join(", ")})` : ""}`;
  return [`  ${from}: ${verdicts[0]}  ->  ${to}: ${verdicts[1]}`, `    flipped by ${why}`];
}
