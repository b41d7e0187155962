/** Several threads find what one finds: the same states, numbers, ways, counts and runs. */
import { Worker } from "node:worker_threads";
import { afterAll, describe, expect, test } from "vitest";
import { pinIsLost, type RaceSize, raceModel } from "../../bench/race/model.ts";
import { type Crew, parallelSearch } from "../../src/explore/parallel-search.ts";
import type { SavedSearch } from "../../src/explore/saved-search.ts";
import { Search, type SearchOptions, type SearchResult } from "../../src/explore/search.ts";
import type { SharedSearch } from "../../src/explore/shared-search.ts";

/** Whose state ends the search. */
type Goal = "pin lost" | "final" | "none";

interface HelperData {
  readonly size: RaceSize;
  readonly shared: SharedSearch;
  readonly thread: number;
  readonly goal: Goal;
}

const workers: Worker[] = [];
const heard: string[] = [];

function crewFor(size: RaceSize, goal: Goal, threads: number): Crew {
  return {
    threads,
    start: (shared) => {
      for (let thread = 1; thread < threads; thread++)
        workers.push(
          new Worker(new URL("./helper-thread.js", import.meta.url), {
            workerData: { size, shared, thread, goal } satisfies HelperData,
          }),
        );
      // Without them from the first round on, a small search is over before they come.
      const ready = new Int32Array(shared.control);
      while (Atomics.load(ready, 1) < threads - 1)
        Atomics.wait(ready, 1, Atomics.load(ready, 1), 5);
    },
    hear: (report) => heard.push(report),
  };
}

afterAll(() => Promise.all(workers.map((worker) => worker.terminate())));

type Found = Omit<SearchResult, "runTo"> & {
  readonly saved: Partial<SavedSearch>;
  readonly run: unknown;
};

function found(by: { saved: () => SavedSearch }, result: SearchResult): Found {
  const { runTo, ...counts } = result;
  const end = result.stoppedAt ?? result.states - 1;
  const saved = by.saved();
  if (result.stoppedAt === undefined) return { ...counts, saved, run: runTo(end) };
  // Where a goal ended the search nobody goes on, so what was looked into says nothing.
  const { parents, moves, transitions, asked } = saved;
  return { ...counts, saved: { parents, moves, transitions, asked }, run: runTo(end) };
}

function optionsFor(size: RaceSize, goal: Goal): SearchOptions {
  const { model } = raceModel(size);
  const isLost = pinIsLost(model, size);
  return {
    cell: "u8",
    onState: (row) => goal === "pin lost" && isLost(row),
    onFinal: () => goal === "final",
  };
}

function alone(size: RaceSize, goal: Goal, maxStates: number): Found {
  const { model, first } = raceModel(size);
  const search = new Search(model, first, optionsFor(size, goal));
  return found(search, search.run(maxStates));
}

function together(
  size: RaceSize,
  goal: Goal,
  maxStates: number,
  { threads = 3, before = 100 } = {},
): Found {
  const { model, first } = raceModel(size);
  const options = optionsFor(size, goal);
  const begun = new Search(model, first, options);
  begun.run(before);
  const search = parallelSearch(model, begun, options, crewFor(size, goal, threads))!;
  return found(search, search.run(maxStates));
}

const safe = { pages: 2, pinners: 2, rounds: 1, safe: true };
const racy = { pages: 3, pinners: 2, rounds: 1, safe: false };
const unbounded = Number.POSITIVE_INFINITY;

describe("a search by three threads", () => {
  test("numbers every state as one thread does, whenever it takes over", () => {
    const one = alone(safe, "none", unbounded);
    expect(one).toMatchObject({ states: 290_374, transitions: 1_016_880, bound: undefined });
    expect(together(safe, "none", unbounded)).toEqual(one);
    expect(together(safe, "none", unbounded, { threads: 2, before: 50_000 })).toEqual(one);
  });

  test("stops at the same state, by the same run, with the same counts", () => {
    const bug = alone(racy, "pin lost", unbounded);
    expect(bug.stoppedAt).toBeGreaterThan(1000);
    expect(together(racy, "pin lost", unbounded)).toEqual(bug);
    const final = alone(safe, "final", unbounded);
    expect(final.stoppedAt).toBeGreaterThan(1000);
    expect(together(safe, "final", unbounded)).toEqual(final);
  });

  test.each([1_000, 77_777, 200_001])("is cut at %i states where one thread is", (maxStates) => {
    const cut = alone(safe, "none", maxStates);
    expect(cut.bound).toBe("states");
    expect(together(safe, "none", maxStates)).toEqual(cut);
  });

  test("hears its helpers once each", () => {
    heard.length = 0;
    together(safe, "none", 50_000);
    expect(heard.sort()).toEqual(["thread 1", "thread 2"]);
  });

  test("says that its memory ends, and keeps what it has numbered", () => {
    const { model, first } = raceModel(safe);
    const options = { ...optionsFor(safe, "none"), maxBytes: 2 ** 22 };
    const begun = new Search(model, first, options);
    begun.run(100);
    const search = parallelSearch(model, begun, options, crewFor(safe, "none", 2))!;
    const result = search.run(unbounded);
    expect(result.bound).toBe("memory");
    const { parents } = alone(safe, "none", unbounded).saved;
    expect(search.saved().parents).toEqual(parents!.slice(0, result.states - 1));
  });
});
