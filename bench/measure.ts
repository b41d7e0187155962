/** One search, measured: what the bench prints, and what peers are compared with. */
import { Worker } from "node:worker_threads";
import { inlineLittle } from "../src/cli/engine.ts";
import { explore, shortestRun } from "../src/explore/explore.ts";
import type { Crew } from "../src/explore/parallel-search.ts";
import type { HelperData } from "./helper.ts";
import { type Recipe, searchableOf } from "./models.ts";
import type { Options } from "./options.ts";

export interface Measure {
  readonly verdict: "safe" | "bug" | "unknown";
  readonly states: number;
  readonly transitions: number;
  /** From the model to the verdict and the shortest run, footprints included. */
  readonly seconds: number;
  readonly rssMb: number;
  /** Steps of the shortest run to the bug; null when there is none. */
  readonly runLength: number | null;
}

const runStatesMax = 20_000_000;

export async function measure(recipe: Recipe, options: Options): Promise<Measure> {
  const reduced = !options.flag("no-reductions");
  if (reduced) inlineLittle();
  const crew = crewFor(recipe, options.number("workers", 1));
  const searchable = await searchableOf(recipe);
  const { model, first, cell, goal, watched } = searchable;
  const begun = performance.now();
  const result = explore(model, first, {
    cell,
    watched,
    ...(options.flag("no-goal") ? {} : { goal }),
    onState: goal,
    reduce: {
      ample: reduced && !options.flag("no-ample"),
      chains: reduced && !options.flag("no-chains"),
      symmetry: reduced && !options.flag("no-symmetry"),
    },
    ...(options.has("plain-states") ? { plainStates: options.number("plain-states", 0) } : {}),
    ...(options.flag("progress") ? { progress: (at) => console.error(JSON.stringify(at)) } : {}),
    ...(crew ? { crew } : {}),
    ...(options.flag("fingerprint") ? { fingerprints: true } : {}),
  });
  const found = result.stoppedAt !== undefined;
  let run = found && !result.reduced ? result.runTo(result.stoppedAt!) : undefined;
  if (found && result.reduced)
    run = shortestRun(model, first, { onState: goal }, { cell, maxStates: runStatesMax });
  return {
    verdict: found ? "bug" : result.bound === undefined ? "safe" : "unknown",
    states: result.states,
    transitions: result.transitions,
    seconds: Math.round(performance.now() - begun) / 1000,
    rssMb: Math.round(process.resourceUsage().maxRSS / 1024),
    runLength: run?.length ?? null,
  };
}

/** Threads that load the model while the caller loads it, and wait for a search that wants them. */
function crewFor(recipe: Recipe, threads: number): Crew | undefined {
  if (threads < 2) return undefined;
  const workers = Array.from({ length: threads - 1 }, (_, i) => {
    const workerData: HelperData = { recipe, thread: i + 1 };
    return new Worker(new URL("./helper.js", import.meta.url), { workerData });
  });
  for (const worker of workers) worker.unref();
  return {
    threads,
    waits: true,
    start: (shared) => {
      for (const worker of workers) worker.postMessage(shared);
    },
  };
}

export function printMeasure(measured: Measure, asJson: boolean): void {
  if (asJson) console.log(JSON.stringify(measured));
  else
    for (const [name, value] of Object.entries(measured)) console.log(`${name.padEnd(12)}${value}`);
}
