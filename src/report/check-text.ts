/**
 * The whole answer of a `check` for people: herd's report for one kernel; for several a table, then
 * the run that matters most, then the count.
 */
import { valuationKey } from "../verdict/valuation.ts";
import {
  type CheckedTest,
  type CheckReport,
  type KernelName,
  type Outcome,
  tally,
} from "./check-report.ts";
import { foldKernels } from "./ranges.ts";
import { drawRun } from "./run.ts";
import type { Look } from "./style.ts";
import { paletteOf } from "./style.ts";
import { drawTable, drawTally } from "./table.ts";
import { reportOutcome, type TextOptions } from "./text.ts";
import { counted, memoryWords } from "./words.ts";
import { hang } from "./wrap.ts";

/** At most so many runs are drawn below a table; the others are a command away. */
const runsMax = 3;

/** The text of a check, ending in a line break unless there is nothing to say. */
export function reportCheck(report: CheckReport, options: TextOptions, look: Look): string {
  const blocks =
    report.kernels.length === 1
      ? oneKernel(report, options, look)
      : manyKernels(report, options, look);
  return blocks.filter((block) => block !== "").join("\n");
}

function oneKernel(report: CheckReport, options: TextOptions, look: Look): readonly string[] {
  const [kernel] = report.kernels;
  if (kernel === undefined) {
    return [];
  }
  const blocks = report.tests.flatMap((test) =>
    test.outcomes.map((outcome) => reportOutcome(test, outcome, kernel, options, look)),
  );
  return report.tests.length > 1 ? [...blocks, tallyBlock(report, look)] : blocks;
}

function manyKernels(given: CheckReport, options: TextOptions, look: Look): readonly string[] {
  if (given.tests.length === 0) {
    return [];
  }
  const { report, set } = withoutSet(given);
  const reasons = reasonLines(report, look);
  const runs = options.detail === "quiet" ? [] : runBlocks(report, options, look);
  return [
    set === undefined ? "" : `${hang("", `Every kernel with ${set}`, look.width).join("\n")}\n`,
    `${drawTable(report, look).join("\n")}\n`,
    reasons.length === 0 ? "" : `${reasons.join("\n")}\n`,
    ...runs,
    tallyBlock(report, look),
  ];
}

/**
 * Where all kernels are variants by the same decisions, the table names these once and folds the
 * kernels into ranges of the lineage as ever. A kernel that decides so already is no variant.
 */
function withoutSet(report: CheckReport): { report: CheckReport; set: string | undefined } {
  const parts = report.kernels.map(({ name }) => name.split(" with "));
  const sets = new Set(parts.flatMap(([, set]) => set ?? []));
  const [set] = sets;
  if (sets.size !== 1 || set === undefined) return { report, set: undefined };
  const bare = (name: string): string => name.split(" with ")[0]!;
  const kernels = report.kernels.map((kernel) => ({ ...kernel, name: bare(kernel.name) }));
  const tests = report.tests.map((test) => ({
    ...test,
    outcomes: test.outcomes.map((one) => ({ ...one, kernel: bare(one.kernel) })),
  }));
  return { report: { ...report, kernels, tests }, set };
}

function tallyBlock(report: CheckReport, look: Look): string {
  const results = report.tests.flatMap(({ outcomes }) =>
    outcomes.flatMap(({ result }) => result ?? []),
  );
  const weak = results.find(({ memory }) => memory.order === "weak");
  const order = weak === undefined ? "" : `All verdicts: ${memoryWords(weak)}\n`;
  return `${order}${drawTally(report, tally(report), look).join("\n")}\n`;
}

/** Why verdicts are missing or vacuous, each reason once for each test, with its kernels. */
function reasonLines(report: CheckReport, look: Look): readonly string[] {
  return report.tests.flatMap((test) => {
    const reasons = new Map<string, Outcome[]>();
    for (const outcome of test.outcomes) {
      for (const reason of reasonsOf(outcome)) {
        reasons.set(reason, [...(reasons.get(reason) ?? []), outcome]);
      }
    }
    return [...reasons].flatMap(([reason, outcomes]) => {
      const groups = foldKernels(outcomes, report.lineage, () => reason);
      const where =
        outcomes.length === test.outcomes.length
          ? ""
          : ` on ${groups.map(({ label }) => label).join(", ")}`;
      return hang("", `${test.name}${where}: ${reason}`, look.width);
    });
  });
}

function reasonsOf({ judgement, result, why }: Outcome): readonly string[] {
  const unclear = judgement !== "as-expected" && judgement !== "nothing-expected";
  return [
    ...why.map((left) => `not modelled: ${left}`),
    ...brokenWords(result),
    ...(unclear || result?.verdict === "vacuous" ? (result?.notes ?? []) : []),
  ];
}

function brokenWords(result: Outcome["result"]): readonly string[] {
  const broken = result?.broken;
  return broken === undefined
    ? []
    : [`breaks ${broken.invariant}: ${broken.holds} ${broken.broken}.`];
}

/** Runs of verdicts that were not expected; for a lone test the latest kernel's on which it happens. */
function runBlocks(report: CheckReport, options: TextOptions, look: Look): readonly string[] {
  const wrong = report.tests.flatMap((test) =>
    test.outcomes
      .filter(({ judgement, result }) => judgement === "not-as-expected" && hasTellingRun(result))
      .map((outcome) => ({ test, outcome })),
  );
  const [only] = report.tests;
  const telling = only !== undefined && report.tests.length === 1 ? tellingRun(only, report) : [];
  const chosen = wrong.length > 0 ? wrong : telling;
  const blocks = chosen
    .slice(0, runsMax)
    .map(({ test, outcome }) => runBlock(test, outcome, report.kernels, options, look));
  const rest = chosen.length - blocks.length;
  return rest > 0
    ? [...blocks, `${counted(rest, "more run")}: pinfold check FILE --kernel NAME shows each.\n`]
    : blocks;
}

/** A run of a vacuous test shows nothing: what did not happen is told by its notes. */
function hasTellingRun(result: Outcome["result"]): boolean {
  return result?.run !== undefined && result.verdict !== "vacuous";
}

function tellingRun(
  test: CheckedTest,
  { lineage }: CheckReport,
): readonly { readonly test: CheckedTest; readonly outcome: Outcome }[] {
  const age = ({ kernel }: Outcome): number => lineage.indexOf(kernel);
  const latest = test.outcomes
    .filter(({ result }) => hasTellingRun(result))
    .reduce<Outcome | undefined>(
      (best, outcome) => (best === undefined || age(outcome) >= age(best) ? outcome : best),
      undefined,
    );
  return latest === undefined ? [] : [{ test, outcome: latest }];
}

function runBlock(
  test: CheckedTest,
  { kernel, result }: Outcome,
  kernels: readonly KernelName[],
  options: TextOptions,
  look: Look,
): string {
  if (result?.run === undefined) {
    return "";
  }
  const paint = paletteOf(look);
  const summary = kernels.find(({ name }) => name === kernel)?.summary ?? "";
  return `${[
    ...hang(
      "",
      `${test.name} on ${kernel} (${summary}): a shortest run, ${counted(result.run.steps.length, "step")}`,
      look.width,
    ).map(paint.strong),
    ...drawRun(result.run, { sources: options.detail === "loud" }, look),
    `End ${valuationKey(result.run.end.values)}`,
  ].join("\n")}\n`;
}
