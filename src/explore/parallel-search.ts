/**
 * The plain search by several threads over shared memory, in rounds. It goes on where a search by
 * one thread was cut, and finds what that one would have found: the same states with the same
 * numbers, counts and runs; see searcher.ts for how.
 *
 * Nobody here starts threads: whoever calls brings a crew (in Node src/cli, in a page the page).
 */
import type { Model } from "../step/index.ts";
import type { SavedSearch } from "./saved-search.ts";
import {
  alternatives,
  type Bound,
  type Move,
  type Search,
  type SearchOptions,
  type SearchResult,
} from "./search.ts";
import { type Observer, Searcher } from "./searcher.ts";
import {
  awaitChange,
  blockBits,
  blocksOf,
  each,
  helperBits,
  kind,
  movesPerState,
  newSharedSearch,
  over,
  readReport,
  roundStates,
  type SharedSearch,
  stop,
  word,
  writeReport,
} from "./shared-search.ts";
import { MemoryEnds } from "./shared-store.ts";
import { batch } from "./successors.ts";

/** Threads that help. */
export interface Crew {
  /** How many threads search, the caller's among them. */
  readonly threads: number;
  /** Whether the others wait already: then a search has them from its first state on. */
  readonly waits?: boolean;
  /** Starts the others: each builds the same model and calls `assist`. Once for every search. */
  readonly start: (shared: SharedSearch) => void;
  /** Looks at the states of the caller's thread; the options' onState and onFinal unless given. */
  readonly observe?: (shared: SharedSearch) => Observer;
  /** Is told what the helpers' observers report. */
  readonly hear?: (report: string) => void;
}

/** A state that is taken over brings no more rows than this to a store. */
const rowsPerState = 64;

/** Rounds of fewer states are not worth waking anybody. */
const statesToShare = 4 << blockBits;

/** What a helping thread does until the search ends. `thread` counts from 1. */
export function assist(
  model: Model,
  shared: SharedSearch,
  thread: number,
  observer: Observer,
): void {
  const searcher = new Searcher(model, shared, thread, observer);
  const { control } = searcher;
  let task = Atomics.load(control, word.task);
  const ticket = Atomics.add(control, word.ready, 1);
  // A helper that comes when all is done finds the last word already there.
  while (task !== over) {
    task = awaitChange(control, word.task, task);
    const invited = task & (2 ** helperBits - 1);
    if (task === over || ticket >= invited) continue;
    searcher.work(ticket + 1, invited + 1);
    Atomics.add(control, word.arrived, 1);
    Atomics.notify(control, word.arrived);
  }
  if (ticket >= Atomics.load(control, word.reporters)) return;
  const asked = new Uint8Array(shared.asked);
  model.asked.forEach((yes, place) => {
    if (yes === 1) asked[place] = 1;
  });
  if (observer.report) writeReport(shared.reports[thread]!, observer.report());
  Atomics.add(control, word.reported, 1);
  Atomics.notify(control, word.reported);
}

/** The search that goes on from `begun`; undefined where there is no memory to share. */
export function parallelSearch(
  model: Model,
  begun: Search,
  options: SearchOptions,
  crew: Crew,
): ParallelSearch | undefined {
  let shared: SharedSearch;
  try {
    shared = newSharedSearch(model, options.cell, crew.threads, options.maxBytes);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
  const { onState, onFinal } = options;
  const observer = crew.observe?.(shared) ?? {
    ...(onState ? { onState: (row, place) => onState(row, place) } : {}),
    ...(onFinal ? { onFinal } : {}),
  };
  return new ParallelSearch(model, shared, { options, crew, observer }, begun);
}

interface Setting {
  readonly options: SearchOptions;
  readonly crew: Crew;
  readonly observer: Observer;
}

/** The thread that plans the rounds, and searches like the others. */
export class ParallelSearch extends Searcher {
  private readonly options: SearchOptions;
  private readonly crew: Crew;
  private readonly movesMax: number;
  /** States known and numbered; those before `base` have been looked into. */
  private known = 0;
  private base: number;
  private transitions: number;

  constructor(
    model: Model,
    shared: SharedSearch,
    { options, crew, observer }: Setting,
    begun: Search,
  ) {
    super(model, shared, 0, observer);
    this.options = options;
    this.crew = crew;
    this.movesMax = movesPerState(model);
    const marks = new Uint8Array(shared.marks);
    const saved = begun.handOver((row) => {
      if (this.known % batch === 0) this.makeRoom(batch * rowsPerState);
      const place = this.successors.begin(row);
      marks[place] = 1;
      this.places[this.known++] = place;
    });
    this.parents.set(saved.parents, 1);
    this.moves.set(saved.moves, 1);
    for (const final of saved.finals) this.ends[final] = 1;
    this.base = saved.state;
    this.transitions = saved.transitions;
    for (const store of this.stores) store.tell();
  }

  /** As Search's. Every call starts the crew, and lets it go. */
  run(maxStates = Number.POSITIVE_INFINITY): SearchResult {
    const { control, crew, shared } = this;
    control.fill(0, 0, word.perThread);
    crew.start(shared);
    try {
      return this.rounds(maxStates);
    } finally {
      this.dismiss();
    }
  }

  /** What is needed to go on later, after a bound cut the search. */
  saved(): SavedSearch {
    const finals: number[] = [];
    for (let state = 0; state < this.base; state++) if (this.ends[state] === 1) finals.push(state);
    return {
      state: this.base,
      transitions: this.transitions,
      parents: this.parents.slice(1, this.known),
      moves: Int32Array.from(this.moves.subarray(1, this.known)),
      finals: Int32Array.from(finals),
      asked: this.model.asked.slice(),
    };
  }

  private rounds(maxStates: number): SearchResult {
    const { options, control } = this;
    for (;;) {
      const open = this.known - this.base;
      const { known, transitions } = this;
      options.progress?.({ states: known, transitions, frontier: open });
      if (known > maxStates) return this.result("states");
      if (open === 0) return this.result(undefined);
      if (options.interrupted?.() === true) return this.result("interrupted");
      if (this.bytes > (options.maxBytes ?? Number.POSITIVE_INFINITY)) return this.result("memory");
      const most = Math.max(1, Math.floor((maxStates - known) / this.movesMax));
      const met = this.round(Math.min(open, roundStates, most));
      const why = Atomics.load(control, word.stop);
      if (why === stop.failed) throw this.failure ?? new Error("A thread of the search failed.");
      if (why === stop.memory) return this.result("memory");
      if (met !== undefined) return this.result(undefined, met);
    }
  }

  /** Looks into the next `states` states. The state that ended the search, if one did. */
  private round(states: number): number | undefined {
    const { control, known, base, won } = this;
    const alone = states < statesToShare;
    try {
      this.makeRoom(8 * states + 0x1000);
    } catch (error) {
      if (!(error instanceof MemoryEnds)) throw error;
      Atomics.store(control, word.stop, stop.memory);
      return undefined;
    }
    const blocks = blocksOf(states);
    won.fill(0, 0, blocks);
    control[word.base] = base;
    control[word.states] = states;
    control[word.known] = known;
    const met = control.subarray(word.perThread);
    met.fill(0);
    this.together(kind.search, alone);
    if (Atomics.load(control, word.stop) !== stop.no) return undefined;
    for (let block = 0; block < blocks; block++) this.known += won[block]!;
    let moved = 0;
    for (let thread = 0; thread < this.shared.threads; thread++)
      moved += control[this.perThread(thread, each.moves)]!;
    for (let thread = 0; thread < this.shared.threads; thread++)
      control[this.perThread(thread, each.met)] = -1;
    this.together(kind.number, alone);
    const goal = this.firstGoal(known);
    if (goal !== undefined) return goal;
    this.transitions += moved;
    this.base += states;
    return undefined;
  }

  /** All who are here do one thing, and have done it when this returns. */
  private together(what: number, alone: boolean): void {
    const { control } = this;
    control[word.kind] = what;
    if (alone) {
      this.work(0, 1);
      return;
    }
    const invited = Atomics.load(control, word.ready);
    if (invited > control[word.reporters]!) control[word.reporters] = invited;
    Atomics.store(control, word.arrived, 0);
    const task = (Atomics.load(control, word.task) >> helperBits) + 1;
    Atomics.store(control, word.task, (task << helperBits) | invited);
    Atomics.notify(control, word.task);
    this.work(0, invited + 1);
    for (let arrived = Atomics.load(control, word.arrived); arrived !== invited; )
      arrived = awaitChange(control, word.arrived, arrived);
  }

  /** Room for so many more rows in every store. */
  private makeRoom(rows: number): void {
    for (const store of this.stores) store.tell();
    const short = this.stores.filter((store) => store.outgrows(store.size + rows));
    if (short.length > 0) this.together(kind.grow, false);
    for (const store of this.stores) {
      store.change();
      store.settle();
    }
  }

  /**
   * The state of the first goal that the round met. Counts are then those of a search that stops
   * there.
   */
  private firstGoal(known: number): number | undefined {
    const { control, base, moveBits, parents, moves } = this;
    let first: number | undefined;
    for (let thread = 0; thread < this.shared.threads; thread++) {
      const met = control[this.perThread(thread, each.met)]!;
      if (met >= 0 && (first === undefined || met < first)) first = met;
    }
    if (first === undefined) return undefined;
    const state = base + (first >>> moveBits);
    const move = first & ((1 << moveBits) - 1);
    const isFinal = this.ends[state] === 1;
    const isBefore = (number: number) =>
      parents[number]! < state || (parents[number] === state && moves[number]! < move);
    let end = known;
    while (end < this.known && isBefore(end)) end++;
    this.known = isFinal ? end : end + 1;
    for (let before = base; before < state; before++) this.transitions += this.movesOf(before);
    if (!isFinal) this.transitions += this.movesOf(state, move);
    this.base = state;
    return isFinal ? state : end;
  }

  /** How many moves a state has, up to `last` if it is given. */
  private movesOf(state: number, last = Number.POSITIVE_INFINITY): number {
    const { model, successors } = this;
    const { actorBase, actorStride } = model.layout;
    successors.load(this.places[state]!);
    let found = 0;
    for (let actor = 0; actor < model.actors.length; actor++) {
      const base = actorBase + actor * actorStride;
      const pc = successors.at[base]!;
      if (pc === 0) continue;
      const count = model.steps[pc]!(successors.next(), base, actor, 0);
      successors.drop(pc);
      for (let choice = 0; choice < count; choice++)
        if (actor * alternatives + choice <= last) found++;
    }
    return found;
  }

  private get bytes(): number {
    const perState = 4 + 4 + 2 + 1;
    return this.stores.reduce((sum, { bytes }) => sum + bytes, this.known * perState);
  }

  /** Lets the helpers go, and hears them. */
  private dismiss(): void {
    const { control, crew, model, shared } = this;
    Atomics.store(control, word.task, over);
    Atomics.notify(control, word.task);
    const reporters = control[word.reporters]!;
    for (let told = Atomics.load(control, word.reported); told !== reporters; )
      told = awaitChange(control, word.reported, told);
    new Uint8Array(shared.asked).forEach((yes, place) => {
      if (yes === 1 && place < model.asked.length) model.asked[place] = 1;
    });
    for (const report of shared.reports) {
      const text = readReport(report);
      if (text !== "") crew.hear?.(text);
    }
  }

  private result(bound: Bound, stoppedAt?: number): SearchResult {
    const { known: states, transitions } = this;
    return { states, transitions, bound, stoppedAt, runTo: (state) => this.runTo(state) };
  }

  private runTo(state: number): Move[] {
    const { parents, moves } = this;
    const run: Move[] = [];
    for (let s = state; s > 0; s = parents[s]!) {
      const move = moves[s]!;
      run.push({ actor: Math.floor(move / alternatives), choice: move % alternatives });
    }
    return run.reverse();
  }
}
