/**
 * What the threads of one search share, and how they wait for each other. Everything is promised at
 * once: a thread that computes can be handed no new memory.
 */
import type { Model } from "../step/index.ts";
import { alternatives } from "./search.ts";
import { placesOf, rowsMax, type StoreMemory, storeMemory } from "./shared-store.ts";
import { wordsOf } from "./successors.ts";

export interface SharedSearch {
  readonly cell: "u8" | "u16";
  readonly threads: number;
  /** One per store that the successors ask for, in the order in which they ask. */
  readonly memories: readonly StoreMemory[];
  readonly control: SharedArrayBuffer;
  /** By a state's number: its place in the store, the state before it, the move between them. */
  readonly places: SharedArrayBuffer;
  readonly parents: SharedArrayBuffer;
  readonly moves: SharedArrayBuffer;
  /** By a state's number: 1 where nobody can move. */
  readonly ends: SharedArrayBuffer;
  /** By a state's place: a byte for whoever looks at states. */
  readonly marks: SharedArrayBuffer;
  /** Per thread: the first way to each of the states that it found in the round. */
  readonly ways: readonly SharedArrayBuffer[];
  /** Per block of the round, how many states were first found from it. */
  readonly won: SharedArrayBuffer;
  /** Places of the kernel's table that helpers asked for. */
  readonly asked: SharedArrayBuffer;
  /** Per thread, what its observer says at the end: a length, and the text. */
  readonly reports: readonly SharedArrayBuffer[];
}

/** Words of `control`. */
export const word = {
  /** Number of the task, and in its last bits how many helpers are invited; `over` at the end. */
  task: 0,
  ready: 1,
  arrived: 2,
  stop: 3,
  /** What to do: see `kind`. */
  kind: 4,
  /** The first state of the round, how many it has, and how many were known before it. */
  base: 5,
  states: 6,
  known: 7,
  reporters: 8,
  reported: 9,
  perThread: 16,
} as const;

/** Of each thread in a round. */
export const each = {
  /** How many moves it made. */
  moves: 0,
  /** The first way to a goal that it met, or -1. */
  met: 1,
  /** How many blocks of its part are taken, by whomever. */
  taken: 2,
} as const;
/** As many as a line of memory has, so that threads do not fight for it. */
export const wordsPerThread = 16;

export const over = -1;
export const helperBits = 8;

/** Rounds: look into states, number what was found; between rounds, move to a larger table. */
export const kind = { search: 0, number: 1, grow: 2 } as const;
export const stop = { no: 0, memory: 1, failed: 2 } as const;

/** States of a round at most: what they lead to fits the processors' caches, mostly. */
export const roundStates = 1 << 17;
export const blockBits = 7;
export const blocksOf = (states: number): number => ((states - 1) >>> blockBits) + 1;

const reportBytes = 1 << 26;
const defaultBytes = 2 ** 32;

export function movesPerState({ actors }: Model): number {
  return 2 ** Math.ceil(Math.log2(actors.length * alternatives));
}

/** Promises the memory; throws a RangeError where there is none to be had. */
export function newSharedSearch(
  model: Model,
  cell: "u8" | "u16",
  threads: number,
  bytes = defaultBytes,
): SharedSearch {
  const memories = wordsOf(model.layout.width, cell).map((words) =>
    storeMemory(words, threads, bytes),
  );
  const states = rowsMax(memories[0]!.words, bytes);
  const forEach = <T>(make: () => T) => Array.from({ length: threads }, make);
  const found = roundStates * movesPerState(model);
  return {
    cell,
    threads,
    memories,
    control: new SharedArrayBuffer(4 * (word.perThread + wordsPerThread * threads)),
    places: new SharedArrayBuffer(4 * states),
    parents: new SharedArrayBuffer(4 * states),
    moves: new SharedArrayBuffer(2 * states),
    ends: new SharedArrayBuffer(states),
    marks: new SharedArrayBuffer(placesOf(memories[0]!)),
    ways: forEach(() => new SharedArrayBuffer(4 * found)),
    won: new SharedArrayBuffer(4 * (roundStates >>> blockBits)),
    asked: new SharedArrayBuffer(Math.max(1, model.asked.length)),
    reports: forEach(() => new SharedArrayBuffer(reportBytes)),
  };
}

const spins = 1 << 10;

/** Returns once a word is no longer `known`: mostly it is soon. */
export function awaitChange(control: Int32Array, at: number, known: number): number {
  for (;;) {
    for (let i = 0; i < spins; i++) {
      const found = Atomics.load(control, at);
      if (found !== known) return found;
    }
    Atomics.wait(control, at, known);
  }
}

/** A thread's last words. */
export function writeReport(into: SharedArrayBuffer, text: string): void {
  const units = new Uint16Array(into, 4);
  if (text.length > units.length) throw new Error("A thread has more to report than fits.");
  for (let i = 0; i < text.length; i++) units[i] = text.charCodeAt(i);
  new Int32Array(into)[0] = text.length;
}

export function readReport(from: SharedArrayBuffer): string {
  const [length] = new Int32Array(from, 0, 1);
  const units = new Uint16Array(from, 4, length);
  const texts: string[] = [];
  for (let i = 0; i < units.length; i += 4096)
    texts.push(String.fromCharCode(...units.subarray(i, i + 4096)));
  return texts.join("");
}
