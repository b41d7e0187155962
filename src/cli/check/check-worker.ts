/**
 * The thread that searches. It is a thread of its own so that the main one can hear an interrupt,
 * set the flag that the search looks at, and print what is known.
 */
import { parentPort, workerData } from "node:worker_threads";
import { findKernel } from "../../kernels/index.ts";
import { check } from "../../verdict/check.ts";
import type { CheckAnswer, CheckJob } from "./jobs.ts";

export interface WorkerInput {
  readonly jobs: readonly CheckJob[];
  /** One word: not 0 when the search should stop. */
  readonly stop: SharedArrayBuffer;
}

export interface WorkerOutput {
  readonly index: number;
  readonly answer: CheckAnswer;
}

const { jobs, stop } = workerData as WorkerInput;
const flag = new Int32Array(stop);
const signal = {
  get aborted(): boolean {
    return Atomics.load(flag, 0) !== 0;
  },
};

function answer(job: CheckJob): CheckAnswer {
  const kernel = findKernel(job.kernel);
  if (kernel === undefined) {
    return { kind: "crashed", message: `the kernel ${job.kernel} is gone`, stack: "" };
  }
  try {
    const limit = job.statesMax === undefined ? {} : { maxStates: job.statesMax };
    const result = check(job.test, kernel, { schedule: job.schedule, signal, ...limit });
    return { kind: "result", result };
  } catch (error) {
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    return { kind: "crashed", message, stack: stack ?? "" };
  }
}

for (const [index, job] of jobs.entries()) {
  if (signal.aborted) {
    break;
  }
  parentPort?.postMessage({ index, answer: answer(job) } satisfies WorkerOutput);
}
