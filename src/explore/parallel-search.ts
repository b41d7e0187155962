/**
 * The plain search by several threads over shared memory, level by level: every interleaving, every
 * state stored exactly, so states and transitions are those of one thread. Numbers of states depend
 * on who was first, so a run is never read from here: who needs one searches again alone.
 *
 * Nobody here starts threads: whoever calls brings a crew (in Node src/cli, in a page the page).
 */
import type { Model, Row } from "../step/index.ts";
import type { Bound, SearchOptions } from "./search.ts";
import { MemoryEnds, SharedStore, type StoreMemory, storeMemory } from "./shared-store.ts";
import { batch, type Successors, successorsOf, wordsOf } from "./successors.ts";

/** Everything that the threads of one search share. */
export interface SharedSearch {
  readonly cell: "u8" | "u16";
  readonly threads: number;
  /** One per store that the successors ask for, in the order in which they ask. */
  readonly memories: readonly StoreMemory[];
  readonly control: SharedArrayBuffer;
}

/** Threads that help. */
export interface Crew {
  /** How many threads search, the caller's among them. */
  readonly threads: number;
  /** Starts the others: each builds the same model and calls `assist`. */
  readonly start: (shared: SharedSearch) => void;
  /**
   * What every thread asks of every new state; true ends the search. Without it, the options'
   * onState and onFinal see all states at the end.
   */
  readonly goal?: (row: Row) => boolean;
}

export interface ParallelResult {
  readonly states: number;
  readonly transitions: number;
  readonly bound: Bound;
  /** Some state met a goal: then the other figures depend on who was where. */
  readonly metGoal: boolean;
}

/** Number of the round, and in its last bits how many helpers are invited; -1 at the end. */
const roundAt = 0;
const readyAt = 1;
const arrivedAt = 2;
const cursorAt = 3;
const stopAt = 4;
const wordsBefore = 5;
const helperBits = 8;
/** Per thread: transitions, first and last state of the round. */
const wordsPerThread = 3;

const goesOn = 0;
const goalMet = 1;
const memoryEnded = 2;
const failed = 3;

const blockStates = 256;
const defaultBytes = 2 ** 32;

export function parallelSearch(
  model: Model,
  first: Row,
  options: SearchOptions,
  crew: Crew,
): ParallelResult {
  const bytes = options.maxBytes ?? defaultBytes;
  const shared: SharedSearch = {
    cell: options.cell,
    threads: crew.threads,
    memories: wordsOf(model.layout.width, options.cell).map((words) =>
      storeMemory(words, crew.threads, bytes),
    ),
    control: new SharedArrayBuffer(4 * (wordsBefore + wordsPerThread * crew.threads)),
  };
  const captain = new Captain(model, shared, crew.goal);
  crew.start(shared);
  try {
    return captain.run(first, options, crew.goal === undefined);
  } finally {
    captain.dismiss();
  }
}

/** What a helping thread does until the search ends. `thread` counts from 1. */
export function assist(
  model: Model,
  shared: SharedSearch,
  thread: number,
  goal?: (row: Row) => boolean,
): void {
  const searcher = new Searcher(model, shared, thread, goal);
  const { control } = searcher;
  let round = Atomics.load(control, roundAt);
  const ticket = Atomics.add(control, readyAt, 1);
  // A helper that comes when all is done finds the last word already there.
  while (round >= 0) {
    Atomics.wait(control, roundAt, round);
    round = Atomics.load(control, roundAt);
    if (round < 0) return;
    if (ticket >= (round & (2 ** helperBits - 1))) continue;
    searcher.work();
    Atomics.add(control, arrivedAt, 1);
    Atomics.notify(control, arrivedAt);
  }
}

/** One thread's part. */
class Searcher {
  readonly control: Int32Array;
  protected readonly model: Model;
  protected readonly shared: SharedSearch;
  protected readonly stores: readonly SharedStore[];
  protected readonly successors: Successors;
  private readonly thread: number;
  private readonly goal: ((row: Row) => boolean) | undefined;
  private pending = 0;
  /** Not counted in shared memory at once: threads would fight for that line of it. */
  private moved = 0;

  constructor(
    model: Model,
    shared: SharedSearch,
    thread: number,
    goal: ((row: Row) => boolean) | undefined,
  ) {
    this.model = model;
    this.shared = shared;
    this.thread = thread;
    this.goal = goal;
    this.control = new Int32Array(shared.control);
    this.stores = shared.memories.map((memory) => new SharedStore(memory, thread));
    const given = this.stores.values();
    this.successors = successorsOf(model, shared.cell, () => given.next().value!);
  }

  /** Looks into states of the round until none is left. */
  work(): void {
    this.model.activate();
    for (const store of this.stores) store.settle();
    try {
      while (Atomics.load(this.control, stopAt) === goesOn) {
        const block = this.block(Atomics.add(this.control, cursorAt, 1));
        if (block === undefined) break;
        for (let i = block.from; i < block.to; i++) this.expand(this.states.numberOf(block.of, i));
      }
      this.flush();
    } catch (error) {
      Atomics.store(this.control, stopAt, error instanceof MemoryEnds ? memoryEnded : failed);
    }
    this.control[this.word(this.thread, 0)]! += this.moved;
    this.moved = 0;
    for (const store of this.stores) store.tell();
  }

  protected get states(): SharedStore {
    return this.stores[0]!;
  }

  protected word(thread: number, which: number): number {
    return wordsBefore + thread * wordsPerThread + which;
  }

  /** The round's states in blocks: thread 0's, then thread 1's, and so on. */
  private block(number: number): { of: number; from: number; to: number } | undefined {
    let left = number;
    for (let of = 0; of < this.shared.threads; of++) {
      const from = Atomics.load(this.control, this.word(of, 1));
      const to = Atomics.load(this.control, this.word(of, 2));
      const blocks = Math.ceil((to - from) / blockStates);
      if (left < blocks) {
        const start = from + left * blockStates;
        return { of, from: start, to: Math.min(to, start + blockStates) };
      }
      left -= blocks;
    }
    return undefined;
  }

  private expand(state: number): void {
    const { model, successors } = this;
    const { actorBase, actorStride } = model.layout;
    successors.load(state);
    const { at } = successors;
    const actors = model.actors.length;
    let moved = 0;
    for (let actor = 0, base = actorBase; actor < actors; actor++, base += actorStride) {
      const pc = at[base]!;
      if (pc === 0) continue;
      const step = model.steps[pc]!;
      for (let choice = 0, count = 1; choice < count; choice++) {
        count = step(successors.next(), base, actor, choice);
        if (count === 0) {
          successors.drop(pc);
          break;
        }
        moved++;
        successors.take(this.pending, pc);
        if (++this.pending === batch) this.flush();
      }
    }
    this.moved += moved;
  }

  private flush(): void {
    const { successors, pending, goal } = this;
    successors.expect(pending);
    this.pending = 0;
    for (let i = 0; i < pending; i++) {
      const number = successors.store(i);
      if (number < 0 || goal === undefined) continue;
      if (goal(successors.stored(i, number))) Atomics.store(this.control, stopAt, goalMet);
    }
  }
}

/** The thread that plans the rounds, and searches like the others. */
class Captain extends Searcher {
  constructor(model: Model, shared: SharedSearch, goal: ((row: Row) => boolean) | undefined) {
    super(model, shared, 0, goal);
  }

  run(first: Row, options: SearchOptions, visits: boolean): ParallelResult {
    const { states, stores, successors, control } = this;
    successors.begin(first);
    for (const store of stores) store.tell();
    for (;;) {
      const open = this.planRound();
      const { size } = states;
      const progress = { states: size, transitions: this.transitions, frontier: open };
      options.progress?.(progress);
      if (open === 0) break;
      if (options.interrupted?.() === true) return this.result("interrupted");
      if (size > (options.maxStates ?? Number.POSITIVE_INFINITY)) return this.result("states");
      if (!this.makeRoom(open)) return this.result("memory");
      this.round();
      const stop = Atomics.load(control, stopAt);
      if (stop === failed) throw new Error("A thread of the search failed.");
      if (stop !== goesOn) return this.result(stop === memoryEnded ? "memory" : undefined);
    }
    if (visits && this.visit(options)) Atomics.store(control, stopAt, goalMet);
    return this.result(undefined);
  }

  /** Lets the helpers go. */
  dismiss(): void {
    Atomics.store(this.control, roundAt, -1);
    Atomics.notify(this.control, roundAt);
  }

  /** The states that no round had yet are the next one's. Their number. */
  private planRound(): number {
    let open = 0;
    for (let thread = 0; thread < this.shared.threads; thread++) {
      const from = Atomics.load(this.control, this.word(thread, 2));
      const to = this.states.rowsOf(thread);
      Atomics.store(this.control, this.word(thread, 1), from);
      Atomics.store(this.control, this.word(thread, 2), to);
      open += to - from;
    }
    return open;
  }

  /** Room for four new rows per open state and more, in every store. */
  private makeRoom(open: number): boolean {
    try {
      for (const store of this.stores) store.reserve(store.size + 4 * open + 1024);
      return true;
    } catch (error) {
      if (error instanceof MemoryEnds) return false;
      throw error;
    }
  }

  private round(): void {
    const { control } = this;
    const invited = Atomics.load(control, readyAt);
    Atomics.store(control, cursorAt, 0);
    Atomics.store(control, arrivedAt, 0);
    const number = (Atomics.load(control, roundAt) >> helperBits) + 1;
    Atomics.store(control, roundAt, (number << helperBits) | invited);
    Atomics.notify(control, roundAt);
    this.work();
    for (;;) {
      const arrived = Atomics.load(control, arrivedAt);
      if (arrived === invited) return;
      Atomics.wait(control, arrivedAt, arrived);
    }
  }

  /** Shows all states, and those in which nobody can move. True when one of them meets a goal. */
  private visit({ onState, onFinal }: SearchOptions): boolean {
    const { states, successors, shared } = this;
    for (let thread = 0; thread < shared.threads; thread++)
      for (let i = 0; i < states.rowsOf(thread); i++) {
        const number = states.numberOf(thread, i);
        successors.load(number);
        if (onState?.(successors.at, number) === true) return true;
        if (onFinal !== undefined && this.isFinal() && onFinal(successors.at, number)) return true;
      }
    return false;
  }

  private isFinal(): boolean {
    const { model, successors } = this;
    const { actorBase, actorStride } = model.layout;
    return model.actors.every((_, actor) => {
      const base = actorBase + actor * actorStride;
      const pc = successors.at[base]!;
      if (pc === 0) return true;
      const count = model.steps[pc]!(successors.next(), base, actor, 0);
      successors.drop(pc);
      return count === 0;
    });
  }

  private get transitions(): number {
    let sum = 0;
    for (let thread = 0; thread < this.shared.threads; thread++)
      sum += this.control[this.word(thread, 0)]! >>> 0;
    return sum;
  }

  private result(bound: Bound): ParallelResult {
    const metGoal = Atomics.load(this.control, stopAt) === goalMet;
    return { states: this.states.size, transitions: this.transitions, bound, metGoal };
  }
}
