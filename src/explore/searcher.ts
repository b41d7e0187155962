/**
 * One thread's part of a search by several. A round looks into some states, in blocks that threads
 * take in turn; each state found remembers the first way to it, whoever took that way. Then the
 * states found are numbered in the order of their first ways: that is the order in which one thread
 * alone would have found them, so numbers, runs and counts do not depend on the threads.
 */
import type { Model, Row } from "../step/index.ts";
import { alternatives, Numbers } from "./search.ts";
import {
  blockBits,
  blocksOf,
  each,
  kind,
  movesPerState,
  roundStates,
  type SharedSearch,
  stop,
  word,
  wordsPerThread,
} from "./shared-search.ts";
import { bitsOfThreads, MemoryEnds, SharedStore } from "./shared-store.ts";
import { batch, type Successors, successorsOf } from "./successors.ts";

/** Looks at states, in one thread. */
export interface Observer {
  /**
   * Of every new state, by `step` from the state at place `from`, which was seen in an earlier
   * round or by this thread. True: a goal is met.
   */
  readonly onState?: (row: Row, place: number, step: number, from: number) => boolean;
  /** Of every state, by its number, in which no actor can move. True: a goal is met. */
  readonly onFinal?: (row: Row, number: number) => boolean;
  /** What a helper has to say at the end. */
  readonly report?: () => string;
}

const noGoal = -1;

export class Searcher {
  readonly control: Int32Array;
  protected readonly model: Model;
  protected readonly shared: SharedSearch;
  protected readonly stores: readonly SharedStore[];
  protected readonly successors: Successors;
  protected readonly places: Int32Array;
  protected readonly parents: Int32Array;
  protected readonly moves: Uint16Array;
  protected readonly ends: Uint8Array;
  protected readonly won: Int32Array;
  /** The error that ended this thread's work. */
  protected failure: unknown;
  /** A way: a state's number in the round, and in its last bits the move. */
  protected readonly moveBits: number;
  private readonly observer: Observer;
  private readonly thread: number;
  private readonly ways: readonly Int32Array[];
  private readonly ownWays: Int32Array;
  private readonly threadBits: number;
  /** Per thread, its rows before the round. */
  private readonly rowsBefore: Int32Array;
  /** States that this thread found first, when it did, and its ways to them. */
  private readonly found = new Numbers();
  private readonly foundBy = new Numbers();
  /** Per block, how many of them. */
  private readonly foundFrom: Int32Array;
  private readonly metPlaces: number[] = [];
  private firstMet = noGoal;
  private pending = 0;
  private readonly pendingWays = new Int32Array(batch);
  private readonly pendingSteps = new Int32Array(batch);

  constructor(model: Model, shared: SharedSearch, thread: number, observer: Observer) {
    this.model = model;
    this.shared = shared;
    this.thread = thread;
    this.observer = observer;
    this.control = new Int32Array(shared.control);
    this.stores = shared.memories.map((memory) => new SharedStore(memory, thread));
    const given = this.stores.values();
    this.successors = successorsOf(model, shared.cell, () => given.next().value!);
    this.places = new Int32Array(shared.places);
    this.parents = new Int32Array(shared.parents);
    this.moves = new Uint16Array(shared.moves);
    this.ends = new Uint8Array(shared.ends);
    this.won = new Int32Array(shared.won);
    this.ways = shared.ways.map((ways) => new Int32Array(ways));
    this.ownWays = this.ways[thread]!;
    this.threadBits = bitsOfThreads(shared.threads);
    this.rowsBefore = new Int32Array(shared.threads);
    this.moveBits = Math.log2(movesPerState(model));
    this.foundFrom = new Int32Array(roundStates >>> blockBits);
  }

  /** Does what the control words say, as one of `parts` threads. */
  work(part: number, parts: number): void {
    try {
      const { [word.kind]: what } = this.control;
      if (what === kind.search) this.search(part, parts);
      else if (what === kind.number) this.number();
      else for (const store of this.stores) store.move(part, parts);
    } catch (error) {
      const isMemory = error instanceof MemoryEnds;
      if (!isMemory) this.failure = error;
      Atomics.store(this.control, word.stop, isMemory ? stop.memory : stop.failed);
    }
  }

  protected get states(): SharedStore {
    return this.stores[0]!;
  }

  protected perThread(thread: number, which: number): number {
    return word.perThread + thread * wordsPerThread + which;
  }

  /**
   * Looks into states of the round until none is left, this part's own blocks first: what they were
   * found from was mostly this part's in the round before, so their rows are near.
   */
  private search(part: number, parts: number): void {
    const { control, foundFrom, won } = this;
    this.model.activate();
    for (const store of this.stores) store.settle();
    for (let thread = 0; thread < this.rowsBefore.length; thread++)
      this.rowsBefore[thread] = this.states.rowsOf(thread);
    this.found.clear();
    this.foundBy.clear();
    this.metPlaces.length = 0;
    this.firstMet = noGoal;
    const states = control[word.states]!;
    let moved = 0;
    for (let i = 0; i < parts; i++) moved += this.searchPart((part + i) % parts, parts);
    this.flush();
    control[this.perThread(this.thread, each.moves)] = moved;
    for (const store of this.stores) store.tell();
    for (let block = blocksOf(states) - 1; block >= 0; block--) {
      const found = foundFrom[block]!;
      if (found > 0) Atomics.add(won, block, found);
      foundFrom[block] = 0;
    }
  }

  /** Looks into the blocks of one part that nobody has taken. How many moves that makes. */
  private searchPart(part: number, parts: number): number {
    const { control } = this;
    const states = control[word.states]!;
    const blocks = blocksOf(states);
    const start = Math.floor((blocks * part) / parts);
    const end = Math.floor((blocks * (part + 1)) / parts);
    const taken = this.perThread(part, each.taken);
    let moved = 0;
    while (Atomics.load(control, word.stop) === stop.no) {
      const block = start + Atomics.add(control, taken, 1);
      if (block >= end) break;
      const from = block << blockBits;
      const to = Math.min(states, from + (1 << blockBits));
      for (let state = from; state < to; state++) moved += this.expand(state);
    }
    return moved;
  }

  /** Makes the successors of a state of the round. Their number. */
  private expand(state: number): number {
    const { model, successors } = this;
    const { actorBase, actorStride } = model.layout;
    const { steps } = model;
    const number = this.control[word.base]! + state;
    successors.load(this.places[number]!);
    const { at } = successors;
    const actors = model.actors.length;
    let moved = 0;
    for (let actor = 0, base = actorBase; actor < actors; actor++, base += actorStride) {
      const pc = at[base]!;
      if (pc === 0) continue;
      const step = steps[pc]!;
      for (let choice = 0, count = 1; choice < count; choice++) {
        count = step(successors.next(), base, actor, choice);
        if (count === 0) {
          successors.drop(pc);
          break;
        }
        moved++;
        successors.take(this.pending, pc);
        this.pendingSteps[this.pending] = pc;
        this.pendingWays[this.pending] = (state << this.moveBits) | (actor * alternatives + choice);
        if (++this.pending === batch) this.flush();
      }
    }
    if (moved === 0) this.end(state, number);
    return moved;
  }

  private end(state: number, number: number): void {
    this.ends[number] = 1;
    if (this.observer.onFinal?.(this.successors.at, number) === true)
      this.meet(state << this.moveBits);
  }

  private meet(way: number): void {
    if (this.firstMet === noGoal || way < this.firstMet) this.firstMet = way;
  }

  private flush(): void {
    const { successors, pending, pendingWays, states, ownWays } = this;
    const { onState } = this.observer;
    const rows = this.rowsBefore[this.thread]!;
    successors.expect(pending);
    this.pending = 0;
    for (let i = 0; i < pending; i++) {
      const way = pendingWays[i]!;
      ownWays[states.ownRows - rows] = way;
      const place = successors.store(i);
      if (place < 0) {
        if (this.isEarlier(~place, way)) this.note(~place, way);
        continue;
      }
      this.note(place, way);
      if (onState === undefined) continue;
      const from = this.places[this.control[word.base]! + (way >>> this.moveBits)]!;
      if (onState(successors.stored(i, place), place, this.pendingSteps[i]!, from))
        this.metPlaces.push(place);
    }
  }

  private note(place: number, way: number): void {
    this.found.push(place);
    this.foundBy.push(way);
    this.foundFrom[(way >>> this.moveBits) >>> blockBits]!++;
  }

  /** Whether a way is earlier than the one by which this round found the state; then it is that one. */
  private isEarlier(place: number, way: number): boolean {
    const thread = place & ((1 << this.threadBits) - 1);
    const at = (place >>> this.threadBits) - this.rowsBefore[thread]!;
    if (at < 0) return false;
    const ways = this.ways[thread]!;
    for (let before = ways[at]!; way < before; ) {
      const seen = Atomics.compareExchange(ways, at, before, way);
      if (seen === before) {
        const block = (before >>> this.moveBits) >>> blockBits;
        Atomics.sub(this.won, block, 1);
        return true;
      }
      before = seen;
    }
    return false;
  }

  private wayTo(place: number): number {
    const thread = place & ((1 << this.threadBits) - 1);
    return this.ways[thread]![(place >>> this.threadBits) - this.rowsBefore[thread]!]!;
  }

  /** Numbers the states whose first way this thread took. */
  private number(): void {
    const { control, found, foundBy, moveBits, won } = this;
    const base = control[word.base]!;
    let number = control[word.known]!;
    let block = -1;
    let before = number;
    let blocksBefore = 0;
    for (let i = 0; i < found.length; i++) {
      const place = found.at(i);
      const way = foundBy.at(i);
      if (this.wayTo(place) !== way) continue;
      const state = way >>> moveBits;
      if (state >>> blockBits !== block) {
        const next = state >>> blockBits;
        if (next < block) {
          before = control[word.known]!;
          blocksBefore = 0;
        }
        block = next;
        while (blocksBefore < block) before += won[blocksBefore++]!;
        number = before;
      }
      this.places[number] = place;
      this.parents[number] = base + state;
      this.moves[number++] = way & ((1 << moveBits) - 1);
    }
    for (const place of this.metPlaces) this.meet(this.wayTo(place));
    control[this.perThread(this.thread, each.met)] = this.firstMet;
  }
}
