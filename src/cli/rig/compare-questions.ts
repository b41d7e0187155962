/**
 * What the model is asked beside a real run: the same orders on the kernel that the rig is, and, for
 * a stable kernel that the test does not name, on the mainline kernel that it extends. Where the
 * model says that the backports change nothing, what the test expects of the one holds of the other.
 */
import { expectationFor, type Test } from "../../litmus/index.ts";
import type { KernelName } from "../../report/check-report.ts";
import { type Comparison, compareOrders, type ModelOrder } from "../../verdict/compare.ts";
import { compareFree } from "../../verdict/compare-free.ts";
import { sequential } from "../../verdict/memory.ts";
import type { RealResult } from "../../verdict/real.ts";
import { onZram } from "../../verdict/swap-world.ts";
import { valuationKey } from "../../verdict/valuation.ts";
import type { CheckAnswer, CheckJob, ForcedJob } from "../check/jobs.ts";

export interface ComparedKernels {
  readonly kernels: readonly (KernelName & { readonly extends: string | undefined })[];
  readonly lineage: readonly string[];
}

/** A real result and what the model is asked about it; the kernel itself first. */
export interface Question {
  readonly real: RealResult;
  readonly jobs: readonly (ForcedJob | CheckJob)[];
}

/** The question about one test on one kernel. */
export function questionAbout(
  real: RealResult,
  test: Test,
  kernel: string,
  orders: ForcedJob["orders"],
  shelf: ComparedKernels,
): Question {
  // A guest's swap is memory, unless states are compared.
  const asked = onZram(test);
  const job = (name: string): ForcedJob => ({
    test: asked,
    kernel: name,
    schedule: "forced",
    orders,
  });
  const base = mainlineOf(kernel, shelf);
  const isNamed = expectationFor(test, kernel, shelf.lineage) !== undefined;
  if (isNamed || base === undefined || expectationFor(test, base, shelf.lineage) === undefined) {
    return { real, jobs: [job(kernel)] };
  }
  return { real, jobs: [job(kernel), job(base)] };
}

/** The mainline kernel that a kernel is, or extends. */
function mainlineOf(kernel: string, { kernels, lineage }: ComparedKernels): string | undefined {
  let name: string | undefined = kernel;
  while (name !== undefined && !lineage.includes(name)) {
    const at: string = name;
    name = kernels.find((one) => one.name === at)?.extends;
  }
  return name;
}

/** Sets the answers to a question's jobs beside its result; undefined if the model did not answer. */
export function answered(
  { real, jobs }: Question,
  answers: readonly (CheckAnswer | undefined)[],
  { lineage }: ComparedKernels,
): Comparison | undefined {
  const [job, baseJob] = jobs;
  const [first] = answers;
  if (job?.schedule === "free" && first?.kind === "result") {
    return compareFree(real, first.result, expectationFor(job.test, job.kernel, lineage));
  }
  const [own, base] = jobs.map((one, index) => ordersOf(one, answers[index]));
  if (own === undefined || job === undefined) {
    return undefined;
  }
  const same = base !== undefined && saysTheSame(own, base);
  const inherited = same && baseJob ? expectationFor(job.test, baseJob.kernel, lineage) : undefined;
  const expected = expectationFor(job.test, job.kernel, lineage) ?? inherited;
  return compareOrders(job.kernel, real, own, expected);
}

/** A free-running result is held to every interleaving that the model has. */
export function freeQuestion(real: RealResult, test: Test, kernel: string): Question {
  return {
    real,
    jobs: [{ test, kernel, schedule: "free", memory: sequential, statesMax: undefined }],
  };
}

function ordersOf(
  job: ForcedJob | CheckJob,
  answer: CheckAnswer | undefined,
): readonly ModelOrder[] | undefined {
  if (answer?.kind !== "forced" || job.schedule !== "forced") {
    return undefined;
  }
  return answer.results.flatMap((forced, index) => {
    const order = job.orders[index];
    return order === undefined ? [] : [{ order, forced }];
  });
}

function saysTheSame(left: readonly ModelOrder[], right: readonly ModelOrder[]): boolean {
  return left.every((one, index) => endsOf(one) === endsOf(right[index]));
}

function endsOf(model: ModelOrder | undefined): string {
  const ends = model?.forced.valuations.map(({ values }) => valuationKey(values)) ?? [];
  return [...ends, ...(model?.forced.notModelled ?? [])].sort().join("\n");
}
