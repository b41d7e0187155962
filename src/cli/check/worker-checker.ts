/** Does the jobs of a check in a worker thread, so that the main thread can hear an interrupt. */
import { Worker } from "node:worker_threads";
import type { WorkerInput, WorkerOutput } from "./check-worker.ts";
import type { CheckAnswer, Checker } from "./jobs.ts";

/** How long an interrupted search may take to say what it knows. */
const graceSeconds = 2;

/**
 * Starts the thread, which loads the model while the caller reads the tests. It keeps no process
 * alive until it is given jobs.
 */
export function startChecker(): Checker {
  const stop = new SharedArrayBuffer(4);
  const worker = new Worker(new URL("./check-worker.js", import.meta.url));
  worker.unref();
  return (jobs, signal, onAnswer) =>
    new Promise((resolve, reject) => {
      let grace: NodeJS.Timeout | undefined;
      const interrupt = (): void => {
        Atomics.store(new Int32Array(stop), 0, 1);
        grace = setTimeout(() => void worker.terminate(), graceSeconds * 1000);
      };
      if (signal.aborted) {
        interrupt();
      }
      signal.addEventListener("abort", interrupt, { once: true });
      const answers = new Map<number, CheckAnswer>();
      worker.on("message", (output: WorkerOutput) => {
        const answer = "answer" in output ? output.answer : again(answers, output);
        answers.set(output.index, answer);
        onAnswer(output.index, answer);
      });
      worker.on("error", reject);
      worker.on("exit", () => {
        clearTimeout(grace);
        signal.removeEventListener("abort", interrupt);
        resolve();
      });
      worker.ref();
      worker.postMessage({ jobs, stop } satisfies WorkerInput);
    });
}

/** An earlier answer as another kernel's. */
function again(
  answers: ReadonlyMap<number, CheckAnswer>,
  { sameAs, kernel, asks }: Extract<WorkerOutput, { sameAs: number }>,
): CheckAnswer {
  const known = answers.get(sameAs);
  if (known?.kind !== "result") throw new Error("assert: the earlier answer is not here");
  return { kind: "result", result: { ...known.result, kernel, asks, seconds: 0 } };
}
