/** `pinfold compare`: the same tests on real kernels and on the modelled kernels that they are. */
import { expectationFor } from "../../litmus/index.ts";
import { comparisonGrid } from "../../report/grid.ts";
import { reportGridJunit } from "../../report/junit.ts";
import { reportGridKtap } from "../../report/ktap.ts";
import { comparisonsJson } from "../../report/real-json.ts";
import { drawComparisonCount, drawComparisons } from "../../report/real-text.ts";
import { type Comparison, compareOrders } from "../../verdict/compare.ts";
import type { RealResult } from "../../verdict/real.ts";
import type { CheckAnswer, Checker, ForcedJob } from "../check/jobs.ts";
import type { KernelShelf } from "../check/run-check.ts";
import { exitCodes } from "../exit-codes.ts";
import { internalErrorText } from "../internal-error.ts";
import { chooseKernels } from "../kernel-choice.ts";
import { writeReports } from "../output.ts";
import { complain, type Session } from "../session.ts";
import { kernelOfRelease } from "./kernel-of-rig.ts";
import { codeOfStatuses, prepare, type RunOptions, runAll, told } from "./rig-session.ts";
import type { Plan, RigRun } from "./run-tests.ts";

export interface CompareOptions extends RunOptions {
  readonly kernel?: string;
}

/** A real result and the question that the model is asked about it. */
interface Question {
  readonly real: RealResult;
  readonly job: ForcedJob;
}

/** `pinfold compare`; 1 when a kernel showed what the model forbids, or the test does not expect. */
export async function compareOnRigs(
  given: readonly string[],
  options: CompareOptions,
  shelf: KernelShelf,
  checker: Checker,
  session: Session,
): Promise<number> {
  const prepared = prepare(given, options, shelf, session);
  const wanted = chooseKernels(options.kernel === undefined ? [] : [options.kernel], shelf.kernels);
  if (!wanted.ok) {
    complain(session, wanted.message);
  }
  if (prepared === undefined || !wanted.ok) {
    return exitCodes.usage;
  }
  const { plans, runs } = await runAll(prepared.tests, options, session);
  const questions = runs.flatMap((run) =>
    run.ok ? questionsOf(run, plans, options, shelf, session) : [],
  );
  const answers = await ask(questions, checker, session);
  const comparisons = compared(questions, answers, shelf.lineage);
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
  const outside = told(runs, session) ?? crashCode(answers, options, session);
  if (outside !== undefined || !written) {
    return outside ?? exitCodes.usage;
  }
  const alarm = comparisons.some(
    ({ status, asExpected }) => status === "forbid-seen" || asExpected === false,
  );
  return alarm ? exitCodes.notAsExpected : codeOfStatuses(comparisons.map(({ real }) => real));
}

function questionsOf(
  run: Extract<RigRun, { ok: true }>,
  plans: readonly Plan[],
  options: CompareOptions,
  { kernels, lineage }: KernelShelf,
  session: Session,
): readonly Question[] {
  const kernel = options.kernel ?? kernelOfRelease(run.rig.release, kernels, lineage);
  if (kernel === undefined) {
    complain(session, `${run.rig.name} does not say its release; name its kernel with --kernel`);
    return [];
  }
  return run.results.flatMap((real, index) => {
    const planned = plans[index];
    if (planned === undefined) {
      return [];
    }
    const { test, plan } = planned;
    return [{ real, job: { test, kernel, schedule: "forced", orders: plan.orders } }];
  });
}

async function ask(
  questions: readonly Question[],
  checker: Checker,
  session: Session,
): Promise<readonly (CheckAnswer | undefined)[]> {
  const answers: (CheckAnswer | undefined)[] = questions.map(() => undefined);
  const jobs = questions.map(({ job }) => job);
  if (jobs.length > 0) {
    await checker(jobs, session.signal, (index, answer) => {
      answers[index] = answer;
    });
  }
  return answers;
}

function compared(
  questions: readonly Question[],
  answers: readonly (CheckAnswer | undefined)[],
  lineage: readonly string[],
): readonly Comparison[] {
  return questions.flatMap(({ real, job }, index) => {
    const answer = answers[index];
    if (answer?.kind !== "forced") {
      return [];
    }
    const model = answer.results.flatMap((forced, at) => {
      const order = job.orders[at];
      return order === undefined ? [] : [{ order, forced }];
    });
    return [compareOrders(job.kernel, real, model, expectationFor(job.test, job.kernel, lineage))];
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
