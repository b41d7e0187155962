/** Does the jobs of a check in worker threads, so that the main thread can hear an interrupt. */
import { Worker } from "node:worker_threads";
import type { CheckResult } from "../../verdict/result.ts";
import { asksReader } from "./asks-text.ts";
import type { WorkerAnswer, WorkerInput, WorkerOutput } from "./check-worker.ts";
import type { CheckAnswer, Checker, CheckJob, ForcedJob } from "./jobs.ts";

/** How long an interrupted search may take to say what it knows. */
const graceSeconds = 2;
/** More threads than this have not been tried on one search. */
const searchersMax = 16;

/**
 * Starts the first thread, which loads the model while the caller reads the tests. It keeps no
 * process alive until it is given jobs. Answers are the same for any number of threads.
 */
export function startChecker(threads = 1): Checker {
  const first = newWorker();
  first.unref();
  return async (jobs, signal, onAnswer, onProgress) => {
    const shared = new SharedArrayBuffer(8);
    const groups = beginnings(jobs);
    const more = Math.min(threads, groups.length) - 1;
    const searchers = Math.min(searchersMax, Math.floor(threads / Math.max(1, groups.length)));
    const workers = [first, ...Array.from({ length: more }, newWorker)];
    let grace: NodeJS.Timeout | undefined;
    const interrupt = (): void => {
      Atomics.store(new Int32Array(shared), 0, 1);
      const end = (): void => {
        for (const worker of workers) void worker.terminate();
      };
      grace = setTimeout(end, graceSeconds * 1000);
    };
    if (signal.aborted) {
      interrupt();
    }
    signal.addEventListener("abort", interrupt, { once: true });
    const answers = new Map<number, CheckAnswer>();
    const readAsks = asksReader();
    const hear = (output: WorkerOutput): void => {
      if ("progress" in output) {
        onProgress?.(output.index, output.progress, output.seconds);
        return;
      }
      for (const one of output.answers) {
        const answer = answerOf(one, answers, readAsks(one.asks));
        answers.set(one.index, answer);
        onAnswer(one.index, answer);
      }
    };
    try {
      await Promise.all(
        workers.map((worker) => work(worker, { jobs, groups, shared, searchers }, hear)),
      );
    } finally {
      clearTimeout(grace);
      signal.removeEventListener("abort", interrupt);
    }
  };
}

const newWorker = (): Worker => new Worker(new URL("./check-worker.js", import.meta.url));

/** Gives a thread its work; done when it ends. */
function work(
  worker: Worker,
  input: WorkerInput,
  hear: (output: WorkerOutput) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.on("message", hear);
    worker.on("error", reject);
    worker.on("exit", () => resolve());
    worker.ref();
    worker.postMessage(input);
  });
}

/** The first job of each test. */
function beginnings(jobs: readonly (CheckJob | ForcedJob)[]): readonly number[] {
  return [...jobs.keys()].filter((index) => jobs[index]!.test !== jobs[index - 1]?.test);
}

/** An answer as it was given, or an earlier one as another kernel's. */
function answerOf(
  output: WorkerAnswer,
  answers: ReadonlyMap<number, CheckAnswer>,
  asks: CheckResult["asks"],
): CheckAnswer {
  if ("answer" in output) {
    const { answer } = output;
    return answer.kind === "result"
      ? { kind: "result", result: { ...answer.result, asks } }
      : answer;
  }
  const { sameAs, kernel } = output;
  const known = answers.get(sameAs);
  if (known?.kind !== "result") throw new Error("assert: the earlier answer is not here");
  return { kind: "result", result: { ...known.result, kernel, asks, seconds: 0 } };
}
