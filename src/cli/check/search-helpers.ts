/** The threads that help one search: started once a search proves large, kept for the next one. */
import { Worker } from "node:worker_threads";
import type { Helpers, HelpTask } from "../../verdict/check-crew.ts";
import type { CheckJob } from "./jobs.ts";

/** What a helper is sent. */
export interface HelpMessage {
  readonly job: Pick<CheckJob, "test" | "kernel" | "variant" | "memory" | "schedule">;
  readonly task: HelpTask;
  readonly thread: number;
}

export class SearchHelpers {
  /** Threads of a search, the caller's among them. */
  readonly threads: number;
  private readonly workers: Worker[] = [];

  constructor(threads: number) {
    this.threads = threads;
  }

  /** As the search of one job asks for them. */
  of({ test, kernel, variant, memory, schedule }: CheckJob): Helpers {
    const job = { test, kernel, memory, schedule, ...(variant === undefined ? {} : { variant }) };
    return {
      threads: this.threads,
      start: (task) => {
        for (let thread = 1; thread < this.threads; thread++)
          this.worker(thread).postMessage({ job, task, thread } satisfies HelpMessage);
      },
    };
  }

  dismiss(): void {
    for (const worker of this.workers) void worker.terminate();
  }

  private worker(thread: number): Worker {
    const known = this.workers[thread - 1];
    if (known !== undefined) return known;
    const made = new Worker(new URL("./search-helper.js", import.meta.url));
    made.unref();
    this.workers.push(made);
    return made;
  }
}
