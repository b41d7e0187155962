/**
 * A check's search by several threads. Each loads the same world and looks at the states that it
 * finds first; helpers report at the end, and what they report does not depend on who found what.
 */
import { assist, type Crew } from "../explore/parallel-search.ts";
import type { Observer } from "../explore/searcher.ts";
import type { SharedSearch } from "../explore/shared-search.ts";
import type { Row } from "../step/index.ts";
import { Collected } from "./collect.ts";
import type { Breach } from "./result.ts";
import { type Suspects, Watch } from "./watch.ts";
import type { World } from "./world.ts";

/** What a search is for: all that a verdict says, a run to a witness, a run to a breach. */
export type Purpose = "verdict" | "witness" | "breach";

/** What a helping thread needs besides the test, the kernel and the memory order. */
export interface HelpTask {
  readonly purpose: Purpose;
  readonly shared: SharedSearch;
}

export interface Helpers {
  /** Threads of a search, the caller's among them. */
  readonly threads: number;
  /** Starts the others: each loads the same world and calls `help`. */
  readonly start: (task: HelpTask) => void;
}

/** What an observer for a verdict says at the end. */
interface Report {
  readonly collected: string;
  readonly breach: Omit<Breach, "run"> | undefined;
}

export interface VerdictCrew extends Crew {
  /** A breach that some thread saw, if one did: not always the first there is. */
  readonly breach: () => Omit<Breach, "run"> | undefined;
}

/** The crew of a search for all that a verdict says; helpers' findings join the caller's. */
export function verdictCrew(world: World, helpers: Helpers, collected: Collected): VerdictCrew {
  const watches: Watch[] = [];
  let heard: Report["breach"];
  return {
    ...crewFor(helpers, "verdict"),
    observe: (shared) => {
      const watch = new Watch(world, marked(shared));
      watches.push(watch);
      return observerOf(collected, watch);
    },
    hear: (text) => {
      const report = JSON.parse(text) as Report;
      collected.merge(report.collected);
      heard ??= report.breach;
    },
    breach: () => watches.find(({ breach }) => breach !== undefined)?.breach ?? heard,
  };
}

/** The crew of a search that ends at a goal. */
export function crewFor({ threads, start }: Helpers, purpose: Purpose): Crew {
  return { threads, start: (shared) => start({ purpose, shared }) };
}

/** What a helping thread does; `thread` counts from 1. */
export function help(world: World, { purpose, shared }: HelpTask, thread: number): void {
  assist(world.model, shared, thread, helperOf(world, purpose, shared));
}

/** Whether a final state is one that the run of a verdict may show. */
export function witnessGoal(world: World): (row: Row) => boolean {
  const probe = new Collected(world);
  return (row) => {
    probe.witness = undefined;
    probe.end(row, 0);
    return probe.witness !== undefined;
  };
}

function helperOf(world: World, purpose: Purpose, shared: SharedSearch): Observer {
  if (purpose === "witness") return { onFinal: witnessGoal(world) };
  const watch = new Watch(world, marked(shared));
  if (purpose === "breach") return { onState: (row) => watch.breachOf(row) !== undefined };
  const collected = new Collected(world);
  const report = (): string =>
    JSON.stringify({ collected: collected.report(), breach: watch.breach } satisfies Report);
  return { ...observerOf(collected, watch), report };
}

function observerOf(collected: Collected, watch: Watch): Observer {
  return {
    onState: (row, place, step, from) => {
      collected.see(row);
      watch.see(row, place, step, from);
      return false;
    },
    onFinal: (row, number) => {
      collected.end(row, number);
      return false;
    },
  };
}

function marked({ marks }: SharedSearch): Suspects {
  const bytes = new Uint8Array(marks);
  return {
    has: (place) => bytes[place] === 1,
    add: (place) => {
      bytes[place] = 1;
    },
  };
}
