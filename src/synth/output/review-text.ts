/**
 * A review as the mail that a maintainer would send: what changes, what breaks, the shortest run of
 * the worst, what it costs. At most 40 lines of at most 76 columns.
 */
import { printStatement, type Test } from "../../litmus/index.ts";
import { wrapWords } from "../../report/wrap.ts";
import type { ForkCost } from "../cost.ts";
import type { Review } from "../review.ts";

const linesMax = 40;
const columns = 76;

/** The mail's body. */
export function reviewText(review: Review): string {
  const lines = [
    `Review of ${review.kernel} against ${review.base}.`,
    "",
    ...changedLines(review),
    ...brokenLines(review),
    ...tellingLines(review),
    ...costLines(review),
    ...boundLines(review),
  ];
  const kept = lines.length <= linesMax ? lines : [...lines.slice(0, linesMax - 1), "[...]"];
  return `${kept.join("\n")}\n`;
}

function wrapped(head: string, text: string): string[] {
  const [first = "", ...rest] = wrapWords(text, columns - head.length);
  return [head + first, ...rest.map((line) => " ".repeat(head.length) + line)];
}

const shownMax = 4;

function changedLines({ changed, library, base }: Review): string[] {
  const fixed = changed.filter(({ to }) => to === "never");
  const worse = changed.filter(({ from, to }) => from === "never" && to !== "never");
  const other = changed.length - fixed.length - worse.length;
  const lines = [
    `${library.run} tests of the library: ${fixed.length} no longer happen, ${worse.length} newly happen, ${other} otherwise changed.`,
  ];
  const list = (title: string, some: typeof changed) => {
    if (some.length === 0) return;
    lines.push(title);
    for (const { test, from, to } of some.slice(0, shownMax))
      lines.push(`  ${test.name} (${from} -> ${to})`);
    if (some.length > shownMax) lines.push(`  ... and ${some.length - shownMax} more`);
  };
  list(`Wrong now, right on ${base}:`, worse);
  list("Fixed:", fixed);
  return [...lines, ""];
}

function brokenLines({ broken, base }: Review): string[] {
  if (broken.length === 0) return ["No promise is broken within the searches below.", ""];
  const lines = ["It goes wrong here:"];
  for (const one of worstFirst(broken).slice(0, shownMax)) {
    const what = `${one.outcome}, ${one.kinds.join(" and ")}${one.isNew ? `, not on ${base}` : ""}: `;
    lines.push(...wrapped("  - ", what + programText(one.test)));
  }
  return [...lines, ""];
}

type Shown = Review["broken"][number];

/** What is new before what is old, then one of each page kind before a second of any. */
function worstFirst(broken: readonly Shown[]): readonly Shown[] {
  const kinds = new Map<string, number>();
  const needs = new Set<string>();
  const ranked: { one: Shown; rank: number }[] = [];
  for (const one of broken) {
    const key = `${one.families.join()} ${one.kinds.join()}`;
    if (needs.has(key)) continue;
    needs.add(key);
    const kind = one.kinds.join();
    const before = kinds.get(kind) ?? 0;
    kinds.set(kind, before + 1);
    ranked.push({ one, rank: one.isNew ? -1 : before });
  }
  return ranked.sort((a, b) => a.rank - b.rank).map(({ one }) => one);
}

/** The statements in order of processes, as one would tell them in a mail. */
export function programText({ actors }: Test): string {
  return actors
    .filter(({ statements }) => statements.length > 0)
    .map(({ name, statements }) => `${name} { ${statements.map(printStatement).join(" ")} }`)
    .join(" ");
}

function tellingLines({ tests, base, kernel }: Review): string[] {
  const [first] = tests;
  if (first === undefined) return [`No program tells it from ${base}.`, ""];
  const verdicts = `${first.verdicts[base]} on ${base}, ${first.verdicts[kernel]} on ${kernel}`;
  return [
    `${tests.length} programs tell the two apart; the shortest (${verdicts}):`,
    ...wrapped("  ", `${first.outcome}: ${programText(first.test)}`),
    "",
  ];
}

function costLines({ cost }: Review): string[] {
  const rows = cost.after.map((after, i) => {
    const before = cost.before[i]!;
    return `  ${after.pages.padEnd(50)} ${counts(before)} -> ${counts(after)}`;
  });
  return ["Fork, per page: loads + atomic read-modify-writes + copies:", ...rows, ""];
}

function counts({ loads, readModifyWrites, copies }: ForkCost): string {
  return `${loads}+${readModifyWrites}+${copies}`;
}

function boundLines({ searches, library }: Review): string[] {
  const bounds = searches.map(({ operations, depth }) => `${operations.length} to ${depth}`);
  const cut = library.cut === 0 ? "" : ` ${library.cut} library tests were cut short.`;
  return wrapped("", `Searched: programs over ${bounds.join(", ")} operations.${cut}`);
}
