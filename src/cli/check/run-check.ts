/**
 * `pinfold check`: reads the tests, asks the model for each test on each kernel, reports what came.
 */

import type { MemoryOrder } from "../../mm/reorderings.ts";
import type { CheckReport, KernelName } from "../../report/check-report.ts";
import { reportCheck } from "../../report/check-text.ts";
import { reportJson } from "../../report/json.ts";
import { reportJunit } from "../../report/junit.ts";
import { reportKtap } from "../../report/ktap.ts";
import { defaultMaxStates } from "../../verdict/limits.ts";
import { memoryOf } from "../../verdict/memory.ts";
import { exitCodes } from "../exit-codes.ts";
import { chooseFormats, type FormatTarget } from "../formats.ts";
import { internalErrorText } from "../internal-error.ts";
import { findLitmusFiles } from "../litmus-files.ts";
import { type LoadedTest, loadTests, tellDiagnostics } from "../litmus-tests.ts";
import { type Reporters, writeReports } from "../output.ts";
import { startProgress } from "../progress.ts";
import { complain, type GlobalOptions, type Session } from "../session.ts";
import { type CheckpointOptions, checkpointOf, misusedCheckpoint } from "./checkpoint-options.ts";
import { type CheckedKernel, chooseCheckedKernels } from "./choose-kernels.ts";
import type { CheckAnswer, Checker, CheckJob } from "./jobs.ts";
import { checkedTest, exitCodeOf, outcomeOf } from "./judge-answers.ts";
import { type ReductionOptions, searchReductions } from "./reduction-options.ts";
import { SearchProgress } from "./search-progress.ts";

export interface CheckOptions extends GlobalOptions, CheckpointOptions, ReductionOptions {
  readonly kernel: readonly string[];
  readonly set: readonly string[];
  readonly schedule: "free" | "serial";
  /** Show every run, in classes. */
  readonly all: boolean;
  readonly limitStates: number | undefined;
  /** Megabytes of states, and seconds, that one search may take. */
  readonly maxMemory: number | undefined;
  readonly timeout: number | undefined;
  readonly fingerprint: boolean;
  readonly memory: MemoryOrder;
  /** Reorderings that weak order is to do without. */
  readonly withoutReordering: readonly string[];
  readonly include: readonly string[];
}

/** The kernels that there are to choose from. */
export interface KernelShelf {
  readonly kernels: readonly KernelName[];
  /** Mainline names in order; they bound the ranges of expectations. */
  readonly lineage: readonly string[];
}

/** What a check works with. */
export interface Bench {
  readonly shelf: KernelShelf;
  readonly checker: Checker;
  readonly session: Session;
}

/** Checks and prints; the process's exit code. */
export async function runCheck(
  given: readonly string[],
  options: CheckOptions,
  bench: Bench,
): Promise<number> {
  const { shelf, session } = bench;
  const formats = chooseFormats(options.format, options.output, ["text", "json", "ktap", "junit"]);
  const chosen = await chooseCheckedKernels(
    options.kernel,
    options.set,
    shelf.kernels,
    session.folder,
  );
  if (!formats.ok) {
    complain(session, formats.message);
    return exitCodes.usage;
  }
  if (!chosen.ok) {
    complain(session, chosen.message);
    return exitCodes.usage;
  }
  if (options.all && (chosen.kernels.length !== 1 || options.schedule !== "free")) {
    complain(session, "--all shows the runs of one kernel: write --kernel NAME, and no --schedule");
    return exitCodes.usage;
  }
  const found = findLitmusFiles(given, { folder: session.folder, includes: options.include });
  for (const problem of found.problems) {
    complain(session, problem);
  }
  const loaded = loadTests(found.files, shelf);
  tellDiagnostics([...loaded.broken, ...loaded.warned], options, session);
  const isPlain = options.schedule === "free" && !options.fingerprint;
  const jobs = loaded.tests.length * chosen.kernels.length;
  const misused = misusedCheckpoint(options, jobs, isPlain, session);
  if (misused !== undefined) {
    complain(session, misused);
    return exitCodes.usage;
  }
  const brief = isBrief(formats.targets, options, chosen.kernels.length);
  const answers = await askModel(loaded.tests, chosen.kernels, { ...options, brief }, bench);
  const unusableCheckpoint = answers.find((answer) => answer?.kind === "unusable");
  if (unusableCheckpoint?.kind === "unusable") {
    complain(session, unusableCheckpoint.message);
    return exitCodes.usage;
  }
  const report: CheckReport = {
    tests: judged(loaded.tests, chosen.kernels, answers, options, shelf),
    broken: loaded.broken,
    kernels: chosen.kernels,
    lineage: shelf.lineage.filter((name) => shelf.kernels.some((kernel) => kernel.name === name)),
    interrupted: session.signal.aborted,
  };
  const written = writeReports(formats.targets, reportersOf(report, options), options, session);
  if (tellCrash(answers, options, session)) {
    return exitCodes.internalError;
  }
  const code = exitCodeOf(report);
  const unusable = !written || found.problems.length > 0;
  return unusable && code !== exitCodes.interrupted ? exitCodes.usage : code;
}

function reportersOf(report: CheckReport, options: CheckOptions): Reporters {
  const loudness = options.verbose ? "loud" : "normal";
  const detail = options.quiet ? "quiet" : loudness;
  return {
    text: (look) => reportCheck(report, { detail }, look),
    json: () => reportJson(report),
    ktap: () => reportKtap(report),
    junit: () => reportJunit(report),
  };
}

/** Whether no report will show runs, or what verdicts rest on: a quiet table shows neither. */
function isBrief(
  targets: readonly FormatTarget[],
  { quiet }: CheckOptions,
  kernels: number,
): boolean {
  const isTable = quiet && kernels > 1;
  return targets.every(({ format }) => format !== "json" && (format !== "text" || isTable));
}

/** Answers in the order of the jobs: all kernels of the first test, then of the second ... */
async function askModel(
  tests: readonly LoadedTest[],
  kernels: readonly CheckedKernel[],
  options: CheckOptions & { readonly brief: boolean },
  { checker, session }: Bench,
): Promise<readonly (CheckAnswer | undefined)[]> {
  const jobs: readonly CheckJob[] = tests.flatMap(({ test }) =>
    kernels.map(({ name, variant }) => ({
      test,
      kernel: name,
      ...(variant === undefined ? {} : { variant }),
      schedule: options.schedule,
      memory: memoryOf(options.memory, options.withoutReordering),
      statesMax: options.limitStates,
      all: options.all,
      brief: options.brief,
      ...checkpointOf(options, session),
      bytesMax: options.maxMemory === undefined ? undefined : options.maxMemory * 2 ** 20,
      secondsMax: options.timeout,
      fingerprints: options.fingerprint,
      reductions: searchReductions(options),
    })),
  );
  const answers: (CheckAnswer | undefined)[] = jobs.map(() => undefined);
  const progress = startProgress(session, !options.quiet);
  const show = (next: number, more = ""): void => {
    const job = jobs[next];
    if (job !== undefined) {
      progress.show(`${next + 1}/${jobs.length} ${job.test.name} on ${job.kernel}${more}`);
    }
  };
  let shown = { index: -1, search: new SearchProgress(0) };
  if (jobs.length > 0) {
    const onAnswer = (index: number, answer: CheckAnswer): void => {
      answers[index] = answer;
      show(index + 1);
    };
    await checker(jobs, session.signal, onAnswer, (index, at, seconds) => {
      const statesMax = jobs[index]?.statesMax ?? defaultMaxStates;
      if (index !== shown.index) shown = { index, search: new SearchProgress(statesMax) };
      show(index, `: ${shown.search.text(at, seconds)}`);
    });
  }
  progress.clear();
  return answers;
}

function judged(
  tests: readonly LoadedTest[],
  kernels: readonly CheckedKernel[],
  answers: readonly (CheckAnswer | undefined)[],
  { schedule, memory }: Pick<CheckOptions, "schedule" | "memory">,
  { lineage }: KernelShelf,
): CheckReport["tests"] {
  return tests.map((test, row) => {
    const outcomes = kernels.map((kernel, column) =>
      outcomeOf(
        test,
        kernel,
        lineage,
        { schedule, memory },
        answers[row * kernels.length + column],
      ),
    );
    return checkedTest(test, outcomes);
  });
}

/** Asks for a report of an error of ours; true if there was one. */
function tellCrash(
  answers: readonly (CheckAnswer | undefined)[],
  options: CheckOptions,
  session: Session,
): boolean {
  const crash = answers.find((answer) => answer?.kind === "crashed");
  if (crash?.kind !== "crashed") {
    return false;
  }
  complain(session, internalErrorText(crash, options.verbose));
  return true;
}
