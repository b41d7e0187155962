/** What diff found, for people: each test, what it shows on either kernel, and why. */
import { drawRun } from "../../report/run.ts";
import { type Look, paletteOf } from "../../report/style.ts";
import type { Telling } from "../diff.ts";
import type { LensesResult } from "../lenses.ts";
import { boundText, searchedText } from "./bound.ts";

export interface DiffTextOptions {
  /** Draws the run on the kernel that shows the outcome. */
  readonly runs: boolean;
}

/** The report, ended by how far was looked. */
export function diffText(result: LensesResult, options: DiffTextOptions, look: Look): string {
  const blocks = result.tests.map((telling) => tellingText(telling, options, look));
  const unconfirmed = result.searches.flatMap((search) =>
    search.unconfirmed.map((text) => `not confirmed by the checker: ${text}`),
  );
  return `${[...blocks, ...unconfirmed, ...summary(result)].join("\n")}\n`;
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

function summary({ kernels, tests, searches, complete }: LensesResult): string[] {
  const [one, other] = kernels;
  const many = `${tests.length} test${tests.length === 1 ? "" : "s"} tell${tests.length === 1 ? "s" : ""}`;
  const none = complete ? "no difference between" : "no difference found between";
  const head =
    tests.length > 0 ? `${many} ${one} from ${other}. Searched:` : `${none} ${one} and ${other} in`;
  const lines = searches.map((search) => {
    const cut = boundText(search);
    return `  ${searchedText(search)}${cut === undefined ? "" : `; ${cut}`}`;
  });
  return [head, ...lines];
}
