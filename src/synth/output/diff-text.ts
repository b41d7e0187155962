/** What diff found, for people: each test, what it shows on either kernel, and why. */
import { drawRun } from "../../report/run.ts";
import { type Look, paletteOf } from "../../report/style.ts";
import { hang, padded } from "../../report/wrap.ts";
import type { Telling } from "../diff.ts";
import type { LensesResult } from "../lenses.ts";
import type { ToldDecision } from "../told-decisions.ts";
import { boundText, searchedText } from "./bound.ts";

export interface DiffTextOptions {
  /** Draws the run on the kernel that shows the outcome. */
  readonly runs: boolean;
}

/** The report, ended by how far was looked, and by what tells each decision. */
export function diffText(
  result: LensesResult,
  decisions: readonly ToldDecision[],
  options: DiffTextOptions,
  look: Look,
): string {
  const blocks = result.tests.map((telling) => tellingText(telling, options, look));
  const unconfirmed = result.searches.flatMap((search) =>
    search.unconfirmed.map((text) => `not confirmed by the checker: ${text}`),
  );
  const lines = [...summary(result, look), ...decisionLines(decisions, look)];
  return `${[...blocks, ...unconfirmed, ...lines].join("\n")}\n`;
}

/** What tells each decision on which the two differ, or that nothing was found to. */
function decisionLines(decisions: readonly ToldDecision[], look: Look): string[] {
  if (decisions.length === 0) return [];
  const width = Math.max(...decisions.map(({ decision }) => decision.length));
  const count = `${decisions.length} decision${decisions.length === 1 ? "" : "s"}`;
  const rows = decisions.flatMap((one) =>
    hang(`  ${padded(one.decision, width)}  `, toldText(one), look.width),
  );
  return ["", `They differ in ${count}:`, ...rows];
}

function toldText({ tests, library, alone }: ToldDecision): string {
  if (tests.length > 0) return `told by ${tests.join(", ")}`;
  if (library !== undefined) {
    const [first, second] = library.verdicts;
    return `told by ${library.test} of the library: ${first}, ${second}`;
  }
  const none = "none up to these depths over these operations";
  if (alone.length === 0) return `${none}, and none in the library`;
  return `${none}; where it alone is set otherwise, ${alone[0]} of the library tells it`;
}

/** One test: its text, what decides it, how it ends on either kernel. */
export function tellingText(telling: Telling, { runs }: DiffTextOptions, look: Look): string {
  const { strong, faint } = paletteOf(look);
  const lines = [strong(telling.outcome), telling.litmus.trimEnd(), causeText(telling)];
  for (const result of telling.results) {
    const ends = result.valuations.map(({ values }) =>
      values.map(({ name, value }) => `${name}=${value}`).join(" "),
    );
    lines.push(faint(`  ${result.kernel}: ${ends.join("; ")}`));
    if (runs && result.run !== undefined)
      lines.push(...drawRun(result.run, { sources: false }, look));
  }
  return `${lines.join("\n")}\n`;
}

function causeText({ decisions, commits }: Telling): string {
  if (decisions.length === 0) return "  decided by the kernel's own paths";
  const made = commits.length === 0 ? "" : ` (${commits.join(", ")})`;
  return `  decided by ${decisions.join(" and ")}${made}`;
}

function summary({ kernels, tests, searches, complete }: LensesResult, look: Look): string[] {
  const [one, other] = kernels;
  const many = `${tests.length} test${tests.length === 1 ? "" : "s"} tell${tests.length === 1 ? "s" : ""}`;
  const none = complete ? "no difference between" : "no difference found between";
  const head =
    tests.length > 0 ? `${many} ${one} from ${other}. Searched:` : `${none} ${one} and ${other} in`;
  const lines = searches.flatMap((search) => {
    const cut = boundText(search);
    return hang("  ", `${searchedText(search)}${cut === undefined ? "" : `; ${cut}`}`, look.width);
  });
  return [head, ...lines];
}
