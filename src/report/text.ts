/**
 * One test on one kernel, in herd's shape: `Test`, `States`, the valuations, `Ok` or `No`, the
 * witnesses, the condition and the observation, so that tools which read herd's report read this one.
 * What herd does not print stands after `Hash=`: the model, the search, the run and the verdict.
 */

import { observe } from "../verdict/observation.ts";
import type { CheckResult, ShownClasses } from "../verdict/result.ts";
import { valuationKey } from "../verdict/valuation.ts";
import type { CheckedTest, KernelName, Outcome } from "./check-report.ts";
import { drawRun } from "./run.ts";
import { type Look, paletteOf } from "./style.ts";
import { capitalised, counted, grouped, memoryWords, reach, verdictWord } from "./words.ts";
import { hang } from "./wrap.ts";

export interface TextOptions {
  /** quiet: the observation only. normal: with the run. loud: the run's sources as well. */
  readonly detail: "quiet" | "normal" | "loud";
}

const kindWords = { exists: "Allowed", "~exists": "Forbidden", forall: "Required" } as const;

/** The whole report of one outcome, ending in a line break. */
export function reportOutcome(
  test: CheckedTest,
  outcome: Outcome,
  kernel: KernelName,
  options: TextOptions,
  look: Look,
): string {
  const lines: string[] = [`Test ${test.name} ${kindWords[test.quantifier]}`];
  const { result } = outcome;
  if (result !== undefined) {
    lines.push(...herdLines(test, result));
  }
  lines.push(`Hash=${test.hash}`, `Model ${kernel.name}: ${kernel.summary}`);
  if (result !== undefined) {
    lines.push(searchLine(result), ...evidenceLines(result, options, look));
    lines.push(...brokenLines(result, options, look));
    lines.push(...result.notes.flatMap((note) => hang("Note ", note, look.width)));
  }
  lines.push(...outcome.why.flatMap((why) => hang("Not modelled ", why, look.width)));
  if (result !== undefined && options.detail !== "quiet") {
    lines.push(
      ...(result.classes === undefined
        ? traceLines(result, kernel, options, look)
        : classLines(result.classes, options, look)),
    );
  }
  lines.push(...verdictLines(outcome, kernel, look));
  return `${lines.join("\n")}\n`;
}

/** The part that herd prints too. `Time` is the one line that differs from run to run. */
function herdLines(test: CheckedTest, result: CheckResult): readonly string[] {
  const { positive, negative, witnesses, against } = observe(result);
  return [
    `States ${result.valuations.length}`,
    ...result.valuations.map(({ values }) => valuationKey(values)),
    validationWord(result),
    "Witnesses",
    `Positive: ${witnesses} Negative: ${against}`,
    ...flags(result).map((flag) => `Flag ${flag}`),
    `Condition ${test.condition}`,
    `Observation ${test.name} ${capitalised(result.verdict)} ${positive} ${negative}`,
    `Time ${test.name} ${result.seconds.toFixed(2)}`,
  ];
}

/** `Loop` before the word says that a bound cut the search, as in herd. */
function validationWord(result: CheckResult): string {
  if (flags(result).length > 0) {
    return "Undef";
  }
  const word = observe(result).validated ? "Ok" : "No";
  return result.complete ? word : `Loop ${word}`;
}

function flags(result: CheckResult): readonly string[] {
  return [
    ...(result.verdict === "vacuous" ? ["vacuous"] : []),
    ...(result.notModelled.length > 0 ? ["not-modelled"] : []),
  ];
}

function searchLine(result: CheckResult): string {
  const sizes = `${counted(result.states, "state")}, ${counted(result.transitions, "transition")}`;
  const assumed = `${result.schedule} schedule, ${memoryWords(result)}`;
  return result.complete
    ? `Search complete, ${assumed}, ${sizes}`
    : `Search cut, ${reach(result)}, ${assumed}, ${sizes}`;
}

/** What the kernel promises and does not keep, with the run to it. */
function brokenLines({ broken }: CheckResult, options: TextOptions, look: Look): readonly string[] {
  if (broken === undefined) return [];
  const lines = hang(
    `Broken ${broken.invariant} `,
    `${broken.holds} ${broken.broken}.`,
    look.width,
  );
  if (broken.run === undefined || options.detail === "quiet") return lines;
  const length = counted(broken.run.steps.length, "step");
  const run = drawRun(broken.run, { sources: options.detail === "loud" }, look);
  return [...lines, `Breach ${length}, a run after which it is broken`, ...run];
}

const evidenceWords = {
  seen: "seen on a real kernel",
  read: "read only",
  mail: "in a mail only",
  derived: "derived only",
  set: "set by you",
} as const;

/** So many decisions that no real kernel showed are named; more of them, on demand. */
const namedMax = 3;

/**
 * How what the verdict rests on is known. What no real kernel showed is named where it is little;
 * loud, everything is.
 */
function evidenceLines(
  { asks, kernel }: CheckResult,
  { detail }: TextOptions,
  look: Look,
): readonly string[] {
  if (asks.length === 0) return [];
  const unseen = asks.filter(({ evidence }) => evidence !== "seen").length;
  const kinds = Object.entries(evidenceWords).flatMap(([kind, words]) => {
    const names = asks.filter(({ evidence }) => evidence === kind).map(({ name }) => name);
    const isNamed = detail === "loud" || (kind !== "seen" && unseen <= namedMax);
    const listed = isNamed ? ` (${names.join(", ")})` : "";
    return names.length === 0 ? [] : [`${names.length} ${words}${listed}`];
  });
  const how = unseen > namedMax && detail !== "loud" ? "; --verbose names them" : "";
  const why = unseen > 0 ? `; pinfold kernels ${kernel} --why NAME` : "";
  const text = `${counted(asks.length, "decision")}: ${kinds.join(", ")}${how}${why}`;
  return hang("Rests on ", text, look.width);
}

function traceLines(
  result: CheckResult,
  kernel: KernelName,
  options: TextOptions,
  look: Look,
): readonly string[] {
  const { run } = result;
  if (run === undefined) {
    return [];
  }
  const outcome = result.quantifier === "forall" ? "does not hold" : "holds";
  return [
    `Trace ${counted(run.steps.length, "step")}, a shortest run on ${kernel.name} after which the proposition ${outcome}`,
    ...drawRun(run, { sources: options.detail === "loud" }, look),
    `End ${valuationKey(run.end.values)}`,
  ];
}

/** One run of each class of equivalent runs, with how many there are. */
function classLines(
  { classes, complete }: ShownClasses,
  options: TextOptions,
  look: Look,
): readonly string[] {
  const total = classes.reduce((sum, { runs }) => sum + BigInt(runs), 0n);
  const more = complete ? "" : " and more: the search for classes was cut";
  return [
    `Classes ${classes.length}, ${grouped(total)} runs${more}`,
    ...classes.flatMap(({ run, runs, stuck }, number) => [
      `Class ${number + 1} of ${classes.length}: ${grouped(BigInt(runs))} runs of ${counted(run.steps.length, "step")}`,
      ...drawRun(run, { sources: options.detail === "loud" }, look),
      stuck.length === 0
        ? `End ${valuationKey(run.end.values)}`
        : `Stuck ${stuck.join(", ")} waits for ever`,
    ]),
  ];
}

/** The last lines: the verdict, and whether it was expected. */
export function verdictLines(outcome: Outcome, kernel: KernelName, look: Look): readonly string[] {
  const paint = paletteOf(look);
  const { result, expected } = outcome;
  const scope =
    result === undefined
      ? ""
      : ` (${result.schedule} schedule, ${memoryWords(result)}, ${reach(result)})`;
  const head = `Verdict ${kernel.name} ${capitalised(verdictWord(outcome))}${scope}`;
  switch (outcome.judgement) {
    case "as-expected":
      return [`${head}: ${paint.good("as expected")}`];
    case "not-as-expected": {
      const of = kernel.expectedOf === undefined ? "" : ` of ${kernel.expectedOf}`;
      const breach = result?.broken;
      if (breach !== undefined)
        return [`${head}: ${paint.bad(`not as expected (breaks ${breach.invariant})`)}`];
      const wanted = `expected ${capitalised(expected ?? "")}${of}`;
      return [`${head}: ${paint.bad(`not as expected (${wanted})`)}`];
    }
    case "nothing-expected":
      return [`${head}: nothing expected`];
    case "inconclusive":
    case "not-modelled":
    case "not-run":
      return [`${head}: ${paint.unsure("proves nothing")}`];
  }
}
