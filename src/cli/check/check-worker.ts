/**
 * The thread that searches. It is a thread of its own so that the main one can hear an interrupt,
 * set the flag that the search looks at, and print what is known.
 */
import { parentPort } from "node:worker_threads";
import { check } from "../../verdict/check.ts";
import { checkOrder } from "../../verdict/forced.ts";
import type { CheckResult } from "../../verdict/result.ts";
import { SharedAnswers } from "../../verdict/shared-answers.ts";
import type { CheckAnswer, CheckJob, ForcedJob } from "./jobs.ts";
import { type MadeKernels, madeKernels } from "./made-kernels.ts";

export interface WorkerInput {
  readonly jobs: readonly (CheckJob | ForcedJob)[];
  /** One word: not 0 when the search should stop. */
  readonly stop: SharedArrayBuffer;
}

/** A job's answer, or that it is an earlier job's but for the kernel: then little need be copied. */
export type WorkerOutput =
  | { readonly index: number; readonly answer: CheckAnswer }
  | ({ readonly index: number; readonly sameAs: number } & Pick<CheckResult, "kernel" | "asks">);

interface StopSignal {
  readonly aborted: boolean;
}

function answer(
  job: CheckJob | ForcedJob,
  signal: StopSignal,
  answers: SharedAnswers,
  kernels: MadeKernels,
): CheckAnswer {
  const made = kernels.get(job.kernel);
  if (made === undefined) {
    return { kind: "crashed", message: `the kernel ${job.kernel} is gone`, stack: "" };
  }
  const { kernel, machine } = made;
  try {
    if (job.schedule === "forced") {
      const results = job.orders.map((order) => checkOrder(job.test, kernel, order));
      return { kind: "forced", results };
    }
    const limit = job.statesMax === undefined ? {} : { maxStates: job.statesMax };
    const result = check(job.test, kernel, {
      schedule: job.schedule,
      memory: job.memory,
      ...(job.all === true ? { all: true } : {}),
      signal,
      answers,
      ...limit,
      ...(machine === undefined ? {} : { machine }),
    });
    return { kind: "result", result };
  } catch (error) {
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    return { kind: "crashed", message, stack: stack ?? "" };
  }
}

function briefly(index: number, found: CheckAnswer, first: Map<unknown, number>): WorkerOutput {
  if (found.kind !== "result" || found.result.valuations.length === 0) {
    return { index, answer: found };
  }
  const { valuations, kernel, asks } = found.result;
  const sameAs = first.get(valuations);
  if (sameAs !== undefined) {
    return { index, sameAs, kernel, asks };
  }
  first.set(valuations, index);
  return { index, answer: found };
}

// One message with all jobs; the port holds it until the model is loaded, and then lets go.
parentPort?.once("message", async ({ jobs, stop }: WorkerInput) => {
  const flag = new Int32Array(stop);
  const signal: StopSignal = {
    get aborted(): boolean {
      return Atomics.load(flag, 0) !== 0;
    },
  };
  const answers = new SharedAnswers();
  /** Which job first brought these valuations. */
  const first = new Map<unknown, number>();
  const kernels = await madeKernels(jobs);
  for (const [index, job] of jobs.entries()) {
    if (signal.aborted) {
      break;
    }
    const found = answer(job, signal, answers, kernels);
    parentPort?.postMessage(briefly(index, found, first));
  }
});
