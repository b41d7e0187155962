/**
 * The thread that searches. It is a thread of its own so that the main one can hear an interrupt,
 * set the flag that the search looks at, and print what is known.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { parentPort } from "node:worker_threads";
import { NotThisSearch } from "../../explore/saved-search.ts";
import type { Progress } from "../../explore/search.ts";
import { type Checkpoint, check } from "../../verdict/check.ts";
import { checkOrder } from "../../verdict/forced.ts";
import { SharedAnswers } from "../../verdict/shared-answers.ts";
import { asksText } from "./asks-text.ts";
import type { CheckAnswer, CheckJob, ForcedJob } from "./jobs.ts";
import { type MadeKernels, madeKernels } from "./made-kernels.ts";
import { SearchHelpers } from "./search-helpers.ts";

export interface WorkerInput {
  readonly jobs: readonly (CheckJob | ForcedJob)[];
  /** Where the jobs of each test begin: a thread does all jobs of a test, for what they share. */
  readonly groups: readonly number[];
  /** Threads that a large search may use. */
  readonly searchers: number;
  /** Two words: not 0 when the search should stop; the next group that nobody does. */
  readonly shared: SharedArrayBuffer;
}

/**
 * A job's answer, or that it is an earlier job's but for the kernel: then little need be copied.
 * `asks` is the answer's list as a text, see asks-text.ts.
 */
export type WorkerAnswer =
  | { readonly index: number; readonly answer: CheckAnswer; readonly asks: string }
  | {
      readonly index: number;
      readonly sameAs: number;
      readonly kernel: string;
      readonly asks: string;
    };

/** Answers in the order of their jobs, several to a message, or how a long search goes. */
export type WorkerOutput =
  | { readonly answers: readonly WorkerAnswer[] }
  | { readonly index: number; readonly progress: Progress; readonly seconds: number };

const secondsBetweenProgress = 0.2;
/** An answer waits so long at most, while others come, before it is told. */
const secondsBetweenAnswers = 0.02;

interface StopSignal {
  readonly aborted: boolean;
}

function checkpointOf({ to, from }: NonNullable<CheckJob["checkpoint"]>): Checkpoint {
  return {
    ...(from === undefined ? {} : { from: readFileSync(from) }),
    ...(to === undefined ? {} : { save: (bytes: Uint8Array) => writeFileSync(to, bytes) }),
  };
}

function answer(
  job: CheckJob | ForcedJob,
  signal: StopSignal,
  answers: SharedAnswers,
  progress: (progress: Progress) => void,
  { kernels, helpers }: { readonly kernels: MadeKernels; readonly helpers: SearchHelpers },
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
    const { statesMax, bytesMax, secondsMax, fingerprints } = job;
    const result = check(job.test, kernel, {
      schedule: job.schedule,
      memory: job.memory,
      ...(job.all === true ? { all: true } : {}),
      ...(job.brief === true ? { runs: false } : {}),
      ...(job.checkpoint === undefined ? {} : { checkpoint: checkpointOf(job.checkpoint) }),
      signal,
      answers,
      progress,
      ...(helpers.threads > 1 ? { helpers: helpers.of(job) } : {}),
      ...(statesMax === undefined ? {} : { maxStates: statesMax }),
      ...(bytesMax === undefined ? {} : { maxBytes: bytesMax }),
      ...(secondsMax === undefined ? {} : { maxSeconds: secondsMax }),
      ...(fingerprints === true ? { fingerprints } : {}),
      ...job.reductions,
      ...(machine === undefined ? {} : { machine }),
    });
    return { kind: "result", result };
  } catch (error) {
    if (error instanceof NotThisSearch && job.schedule !== "forced")
      return { kind: "unusable", message: `${job.checkpoint?.from}: ${error.message}` };
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    return { kind: "crashed", message, stack: stack ?? "" };
  }
}

function shared(
  index: number,
  found: CheckAnswer,
  first: Map<unknown, number>,
  brief: boolean,
): WorkerAnswer {
  if (found.kind !== "result") return { index, answer: found, asks: "" };
  const { valuations, kernel } = found.result;
  const asks = brief ? "" : asksText(found.result.asks);
  const sameAs = valuations.length === 0 ? undefined : first.get(valuations);
  if (sameAs !== undefined) return { index, sameAs, kernel, asks };
  first.set(valuations, index);
  return { index, answer: { kind: "result", result: { ...found.result, asks: [] } }, asks };
}

/** Sends answers, a few at a time: a message costs more than what is in it. */
class Teller {
  private held: WorkerAnswer[] = [];
  private told = 0;

  answer(one: WorkerAnswer): void {
    this.held.push(one);
    if (Date.now() - this.told > secondsBetweenAnswers * 1000) this.flush();
  }

  flush(): void {
    this.told = Date.now();
    if (this.held.length === 0) return;
    post({ answers: this.held });
    this.held = [];
  }
}

/** Tells where a long search stands, now and then. */
function progressTeller(index: number, teller: Teller): (progress: Progress) => void {
  const begun = Date.now();
  let told = begun;
  return (progress) => {
    if (Date.now() - told < secondsBetweenProgress * 1000) return;
    told = Date.now();
    teller.flush();
    post({ index, progress, seconds: (told - begun) / 1000 });
  };
}

function post(output: WorkerOutput): void {
  parentPort?.postMessage(output);
}

// One message with all jobs; the port holds it until the model is loaded, and then lets go.
parentPort?.once("message", async (input: WorkerInput) => {
  const { jobs, groups, shared: memory, searchers } = input;
  const words = new Int32Array(memory);
  const signal: StopSignal = {
    get aborted(): boolean {
      return Atomics.load(words, 0) !== 0;
    },
  };
  const answers = new SharedAnswers();
  /** Which job first brought these valuations. */
  const first = new Map<unknown, number>();
  const kernels = await madeKernels(jobs);
  const helpers = new SearchHelpers(searchers);
  const setting = { kernels, helpers };
  const teller = new Teller();
  for (;;) {
    const group = Atomics.add(words, 1, 1);
    for (let index = groups[group]!; index < (groups[group + 1] ?? jobs.length); index++) {
      if (signal.aborted) break;
      const progress = progressTeller(index, teller);
      const job = jobs[index]!;
      const found = answer(job, signal, answers, progress, setting);
      const brief = job.schedule !== "forced" && job.brief === true;
      teller.answer(shared(index, found, first, brief));
    }
    if (group >= groups.length || signal.aborted) break;
  }
  teller.flush();
  helpers.dismiss();
});
