/** Does the jobs of a check in a worker thread, so that the main thread can hear an interrupt. */
import { Worker } from "node:worker_threads";
import type { WorkerInput, WorkerOutput } from "./check-worker.ts";
import type { Checker } from "./jobs.ts";

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
      worker.on("message", ({ index, answer }: WorkerOutput) => onAnswer(index, answer));
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
