/**
 * A review as the mail that a maintainer would send: what is mended, what breaks and how, what it
 * costs, what its tests exclude, what real kernels say. At most 40 lines of at most 76 columns.
 */
import { printStatement, type Test } from "../../litmus/index.ts";
import { briefLines, briefRun } from "../../report/brief-run.ts";
import { wrapWords } from "../../report/wrap.ts";
import type { CheckResult } from "../../verdict/result.ts";
import type { ForkCost } from "../cost.ts";
import type { Guard } from "../guards.ts";
import type { Changed, Review } from "../review.ts";
import { boundText } from "./bound.ts";
import { costWords, savingText } from "./cost-report.ts";
import { type RealReview, realLines } from "./review-real.ts";

const linesMax = 40;
export const columns = 76;

/** The mail's body; `real` is what real kernels showed of its programs. */
export function reviewText(review: Review, real?: RealReview): string {
  const head = [`Review of ${review.kernel} against ${review.base}.`, ""];
  const tail = [
    ...tellingLines(review),
    ...costLines(review),
    ...review.guards.flatMap(guardLines),
    ...(real === undefined ? [] : realLines(real, columns)),
    ...boundLines(review),
  ];
  const library = libraryLines(review);
  const room = linesMax - head.length - library.length - tail.length;
  const kept = [...head, ...library, ...brokenLines(review, room), ...tail].slice(0, linesMax);
  return `${kept.join("\n")}\n`;
}

/** Text under a head, its later lines indented as far. */
export function wrapped(head: string, text: string, indent = head.length): string[] {
  const [first = "", ...rest] = wrapWords(text, columns - head.length);
  const more = wrapWords(rest.join(" "), columns - indent);
  return [head + first, ...more.map((line) => " ".repeat(indent) + line)];
}

const namesMax = 3;

interface Named {
  readonly test: Test;
}

/** "anon: A, B; thp: C", or how many more there are. */
function byKind(some: readonly Named[]): string {
  const kinds = new Map<string, string[]>();
  for (const { test } of some) {
    const kind = kindsOf(test);
    kinds.set(kind, [...(kinds.get(kind) ?? []), test.name]);
  }
  return [...kinds]
    .map(([kind, names]) => {
      const more = names.length - namesMax;
      return `${kind}: ${names.slice(0, namesMax).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
    })
    .join("; ");
}

function kindsOf({ declarations }: Test): string {
  return [...new Set(declarations.map(({ pageKind }) => String(pageKind)))].join(" and ");
}

function libraryLines({ changed, unmended, library, further, breaches, base }: Review): string[] {
  const mended = changed.filter(({ to }) => to === "never");
  const worse = changed.filter(({ from, to }) => from === "never" && to !== "never");
  const other = changed.length - mended.length - worse.length;
  const lines = [
    `Library: ${library.run} tests, ${mended.length} mended, ${worse.length} newly wrong, ${other} otherwise changed.`,
  ];
  const list = (head: string, some: readonly Named[]) => {
    if (some.length > 0) lines.push(...wrapped(`  ${head}`, byKind(some), 4));
  };
  list("Mended, by kind of page: ", mended);
  list(`Wrong, and right on ${base}: `, worse);
  list("Still wrong, as before: ", unmended);
  return [...lines, ...furtherLines(further, changed.length === 0), ...breachLines(breaches), ""];
}

/** "I5 broken by 12 tests, first THP+fork: frame 1 is exclusive, mapped 2 times" */
function breachLines(breaches: Review["breaches"]): string[] {
  const byName = new Map<string, Review["breaches"][number][]>();
  for (const one of breaches)
    byName.set(one.breach.invariant, [...(byName.get(one.breach.invariant) ?? []), one]);
  return [...byName].flatMap(([name, all]) => {
    const { test, breach } = all[0]!;
    const many = `${all.length} test${all.length === 1 ? "" : "s"}`;
    return wrapped("", `${name} broken in ${many}, as ${test.name}: ${breach.broken}.`, 2);
  });
}

/** The rest of the library: names only where the first tests have none to name. */
function furtherLines({ run, changed }: Review["further"], namesIt: boolean): string[] {
  if (run === 0) return [];
  const mended = changed.filter(({ to }) => to === "never");
  const worse = changed.filter(({ from, to }) => from === "never" && to !== "never");
  const other = changed.filter((one) => !mended.includes(one) && !worse.includes(one));
  const told = (some: readonly Changed[], words: string): string => {
    const names = namesIt ? some.slice(0, namesMax).map(({ test }) => test.name) : [];
    const more = some.length > namesMax ? " ..." : "";
    return `${some.length} ${words}${names.length === 0 ? "" : ` (${names.join(", ")}${more})`}`;
  };
  if (changed.length === 0) return [`${run} more: no verdict changes.`];
  const all = [
    told(mended, "mended"),
    told(worse, "newly wrong"),
    told(other, "otherwise changed"),
  ];
  return wrapped("", `${run} more: ${all.join(", ")}.`, 2);
}

type Shown = Review["broken"][number];

/** Programs with their runs for as long as there is room; then programs alone. */
function brokenLines({ broken, base }: Review, room: number): string[] {
  if (broken.length === 0) return ["No promise is broken within the searches below.", ""];
  const lines = ["It goes wrong here (shortest programs, and what becomes of the pages):"];
  for (const one of worstFirst(broken)) {
    const what = `${one.outcome}, ${one.kinds.join(" and ")}${one.isNew ? `, not on ${base}` : ""}: `;
    const program = wrapped("  - ", what + programText(one.test));
    const run = runLines(one.result);
    const left = room - lines.length - 1;
    if (program.length + run.length <= left) lines.push(...program, ...run);
    else if (program.length <= left) lines.push(...program);
  }
  return [...lines, ""];
}

function runLines({ run }: CheckResult): readonly string[] {
  if (run === undefined) return [];
  const brief = briefRun(run);
  const ends = brief.findIndex(({ changes }) => changes.some((text) => text.startsWith("pinned")));
  const kept = ends < 0 ? brief : brief.slice(0, ends + 1);
  return briefLines(kept, columns - 6).map((line) => `      ${line}`);
}

/** One of each kind before a second of any; what is new, and lost device writes, first. */
export function worstFirst(broken: readonly Shown[]): readonly Shown[] {
  const bySeverity = [...broken].sort((one, other) => severity(one) - severity(other));
  const kinds = new Map<string, number>();
  const needs = new Set<string>();
  const ranked: { one: Shown; rank: number }[] = [];
  for (const one of bySeverity) {
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

/** Lost device writes come before everything else where there is room for a few. */
export function severity({ outcome }: Pick<Shown, "outcome">): number {
  return outcome === "lost DMA write" ? 0 : 1;
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
  if (first === undefined) return [`No program tells it from ${base}.`];
  const many = `${tests.length} program${tests.length === 1 ? " tells" : "s tell"} the two apart`;
  const shortest = wrapped("", `${many}: ${programText(first.test)} (${first.outcome})`, 2);
  return shortest.length <= 2
    ? shortest
    : wrapped("", `${many}: pinfold diff ${base} ${kernel}`, 2);
}

/** Classes of pages that cost alike before and alike after stand together. */
function costLines({ cost }: Review): string[] {
  const groups = new Map<string, string[]>();
  cost.after.forEach((after, i) => {
    const change = changeWords(cost.before[i]!, after);
    if (change !== undefined) groups.set(change, [...(groups.get(change) ?? []), after.pages]);
  });
  const changes = [...groups].map(([change, pages]) => `${change} (${pages.length} classes)`);
  const told = [...groups].map(([change, pages], i) =>
    pages.length === 1 ? `${change} (${pages[0]})` : changes[i]!,
  );
  const text = told.length === 0 ? "as before" : told.join(", ");
  const saving = cost.countsLast === undefined ? "" : ` ${capital(savingText(cost.countsLast))}`;
  return wrapped("Fork, loads + read-modify-writes per page: ", `${text}.${saving}`, 2);
}

function changeWords(before: ForkCost, after: ForkCost): string | undefined {
  const [from, to] = [costWords(before), costWords(after)];
  return from === to ? undefined : `${from} -> ${to}`;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function guardLines({ label, reached, excluded }: Guard): string[] {
  const there = reached.mappings.filter(({ program }) => program !== undefined);
  const away = excluded?.mappings.filter(({ program }) => program !== undefined) ?? [];
  const excludes =
    excluded === undefined
      ? ""
      : ` It excludes ${away.length === 0 ? "none of them" : namesOf(away)} (programs up to ${excluded.depth}; not modelled: ${excluded.notModelled.join(", ")}).`;
  return wrapped(`"${label}" is reached by `, `${namesOf(there)}.${excludes}`, 2);
}

function namesOf(some: readonly { readonly mapping: string }[]): string {
  const plain = some.map(({ mapping }) => mapping.replace(/^(untouched|readonly|swapped) /, ""));
  return [...new Set(plain)].join(", ");
}

function boundLines({ searches, library, further }: Review): string[] {
  const span = (numbers: readonly number[]): string => {
    const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
    return least === most ? `${least}` : `${least} to ${most}`;
  };
  const depths = span(searches.map(({ depth }) => depth));
  const operations = span(searches.map((search) => search.operations.length));
  const short = searches.filter((search) => boundText(search) !== undefined).length;
  const ended = short === 0 ? "" : `, ${short} of them cut`;
  const cut = library.cut + further.cut;
  const left = cut === 0 ? "" : `; ${cut} test${cut === 1 ? "" : "s"} cut`;
  return wrapped(
    "",
    `Searched: ${searches.length} sets of ${operations} operations, to depth ${depths}${ended}${left}.`,
    2,
  );
}
