/** `pinfold compare`: the same tests on real kernels and on the modelled kernels that they are. */
import type { Kernel } from "../../kernels/index.ts";
import { comparisonGrid } from "../../report/grid.ts";
import { reportGridJunit } from "../../report/junit.ts";
import { reportGridKtap } from "../../report/ktap.ts";
import { comparisonsJson } from "../../report/real-json.ts";
import { drawComparisonCount, drawComparisons } from "../../report/real-text.ts";
import type { Comparison } from "../../verdict/compare.ts";
import type { RealResult } from "../../verdict/real.ts";
import type { CheckAnswer, Checker } from "../check/jobs.ts";
import { exitCodes } from "../exit-codes.ts";
import { internalErrorText } from "../internal-error.ts";
import { writeReports } from "../output.ts";
import { complain, type Session } from "../session.ts";
import {
  answered,
  type ComparedKernels,
  freeQuestion,
  type Question,
  questionAbout,
} from "./compare-questions.ts";
import { type CompareOptions, kernelOfRig, prepareComparison } from "./compare-session.ts";
import { codeOfStatuses, freeRun, runAll, told } from "./rig-session.ts";
import type { EndlessOnRig, Plan, RigRun } from "./run-tests.ts";

type ModelledKernels = ComparedKernels & {
  readonly findKernel: (name: string) => Kernel | undefined;
};

/** `pinfold compare`; 1 when a kernel showed what the model forbids, or the test does not expect. */
export async function compareOnRigs(
  given: readonly string[],
  options: CompareOptions,
  shelf: ModelledKernels,
  checker: Checker,
  session: Session,
): Promise<number> {
  const prepared = prepareComparison(given, options, shelf, session);
  if (prepared === undefined) return exitCodes.usage;
  const isEndless = endlessOn(options, shelf, session);
  const { plans, runs } = await runAll(prepared.tests, options, session, [], isEndless);
  const questions = runs.flatMap((run) =>
    run.ok ? questionsOf(run, plans, options, shelf, session) : [],
  );
  const answers = await ask(questions, checker);
  const comparisons = questions
    .map((question, index) => answered(question, answers[index] ?? [], shelf))
    .filter((comparison) => comparison !== undefined);
  if (session.signal.aborted && comparisons.length === 0) return exitCodes.interrupted;
  const written = writeReports(
    prepared.targets,
    {
      text: (look) =>
        `${[...drawComparisons(comparisons, look), "", drawComparisonCount(comparisons)].join("\n")}\n`,
      json: () => comparisonsJson(comparisons),
      ktap: () => reportGridKtap(comparisonGrid(comparisons)),
      junit: () => reportGridJunit(comparisonGrid(comparisons), "pinfold compare"),
    },
    options,
    session,
  );
  const outside = told(runs, session) ?? crashCode(answers.flat(), options, session);
  if (outside !== undefined || !written) {
    return outside ?? exitCodes.usage;
  }
  const alarm = comparisons.some(
    ({ status, asExpected }) => status === "forbid-seen" || asExpected === false,
  );
  return alarm ? exitCodes.notAsExpected : codeOfStatuses(comparisons.map(countedAs));
}

/** What the model says of an order that hung on a rig; asked of few, and only then is it loaded here. */
function endlessOn(
  options: CompareOptions,
  shelf: ModelledKernels,
  session: Session,
): EndlessOnRig {
  return async (rig, test, order) => {
    const kernel = shelf.findKernel(kernelOfRig(rig, options, shelf, session) ?? "");
    if (kernel === undefined) return false;
    const { neverEnds } = await import("../../campaign/endless-orders.ts");
    return neverEnds({ kernel }, { test, order });
  };
}

/** A guest that hangs where the model does, too, has answered. */
export function countedAs({ status, real }: Comparison): RealResult {
  return status === "agree" ? { ...real, status: "ok" } : real;
}

function questionsOf(
  run: Extract<RigRun, { ok: true }>,
  plans: readonly Plan[],
  options: CompareOptions,
  shelf: ComparedKernels,
  session: Session,
): readonly Question[] {
  const kernel = kernelOfRig(run.rig, options, shelf, session);
  if (kernel === undefined) return [];
  return run.results.flatMap((real, index) => {
    const planned = plans[index];
    if (planned === undefined || run.unfinished.has(real.test)) {
      return [];
    }
    const { test, plan } = planned;
    if (freeRun(options) !== undefined) return [freeQuestion(real, test, kernel)];
    return [questionAbout(real, test, kernel, plan.orders, shelf)];
  });
}

/** The answers to each question's jobs. */
async function ask(
  questions: readonly Question[],
  checker: Checker,
): Promise<readonly (readonly (CheckAnswer | undefined)[])[]> {
  const jobs = questions.flatMap((question) => question.jobs);
  const answers: (CheckAnswer | undefined)[] = jobs.map(() => undefined);
  if (jobs.length > 0) {
    // What an interrupted run has shown is compared all the same; a second interrupt ends that, too.
    await checker(jobs, new AbortController().signal, (index, answer) => {
      answers[index] = answer;
    });
  }
  let next = 0;
  return questions.map((question) => {
    const own = answers.slice(next, next + question.jobs.length);
    next += question.jobs.length;
    return own;
  });
}

function crashCode(
  answers: readonly (CheckAnswer | undefined)[],
  options: CompareOptions,
  session: Session,
): number | undefined {
  const crash = answers.find((answer) => answer?.kind === "crashed");
  if (crash?.kind !== "crashed") {
    return undefined;
  }
  complain(session, internalErrorText(crash, options.verbose));
  return exitCodes.internalError;
}
