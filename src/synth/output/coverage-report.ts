/** What tests cover of the decision tables: as JSON, and for people. */
import { lineage } from "../../kernels/index.ts";
import { foldKernels } from "../../report/ranges.ts";
import { type Look, paletteOf } from "../../report/style.ts";
import { hang } from "../../report/wrap.ts";
import type { Coverage, CoveredValue } from "../coverage.ts";

/** One document. */
export function coverageJson(found: Coverage): string {
  const { tests, kernels, flips, noticed, complete, values } = found;
  const share = flips === 0 ? 0 : Math.round((1000 * noticed) / flips) / 1000;
  const head = { schema: 1, complete, tests, kernels, flips, noticed, share };
  return `${JSON.stringify({ ...head, values }, null, 2)}\n`;
}

export interface CoverageTextOptions {
  /** Also names the values that are noticed everywhere, with the tests. */
  readonly verbose: boolean;
}

/** What is noticed, what only on some kernels, and what nowhere. */
export function coverageText(found: Coverage, options: CoverageTextOptions, look: Look): string {
  const { strong } = paletteOf(look);
  const everywhere = found.values.filter(({ missed }) => missed.length === 0);
  const nowhere = found.values.filter(({ noticed }) => noticed.length === 0);
  const partly = found.values.filter(
    ({ noticed, missed }) => noticed.length > 0 && missed.length > 0,
  );
  const blocks = [
    hang("", headText(found), look.width),
    ...(options.verbose
      ? [section(strong("Noticed on every kernel"), everywhere, testsText, look)]
      : []),
    section(strong("Noticed, but not on every kernel"), partly, missedText, look),
    section(strong("Not noticed at all"), nowhere, missedText, look),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function headText({ tests, kernels, flips, noticed, complete, values }: Coverage): string {
  const percent = flips === 0 ? 0 : Math.floor((100 * noticed) / flips);
  const whole = values.filter(({ missed }) => missed.length === 0).length;
  const cut = complete ? "" : " Interrupted: not every test was asked.";
  return `${counted(tests, "test")} on ${counted(kernels.length, "kernel")}: of ${number(flips)} decisions set otherwise, one kernel and one value at a time, ${number(noticed)} change a verdict (${percent} %). Of ${values.length} values, ${whole} are noticed on every kernel that decides otherwise.${cut}`;
}

function section(
  title: string,
  values: readonly CoveredValue[],
  textOf: (value: CoveredValue) => string,
  look: Look,
): readonly string[] {
  if (values.length === 0) return [];
  return [
    title,
    ...values.flatMap((one) => hang(`  ${valueText(one)}  `, textOf(one), look.width)),
  ];
}

/** "fork.copyPinned=false" */
export function valueText({ name, value }: Pick<CoveredValue, "name" | "value">): string {
  return `${name}=${value}`;
}

function testsText({ tests }: CoveredValue): string {
  return tests.map(({ test }) => test).join(", ");
}

function missedText({ missed, tests }: CoveredValue): string {
  const seen = tests.length === 0 ? "" : `; elsewhere by ${tests[0]!.test}`;
  return `not on ${kernelsText(missed)}${seen}`;
}

/** "v5.9..v5.18, stable-5.10" */
export function kernelsText(names: readonly string[]): string {
  const answers = names.map((kernel) => ({ kernel }));
  return foldKernels(answers, lineage, () => "")
    .map(({ label }) => label)
    .join(", ");
}

function counted(count: number, noun: string): string {
  return `${number(count)} ${noun}${count === 1 ? "" : "s"}`;
}

function number(count: number): string {
  return count.toLocaleString("en-US");
}
