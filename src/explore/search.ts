/**
 * The plain search: every interleaving, breadth first, every state stored exactly. The first
 * state that satisfies a goal is therefore reached by a shortest run. Complete unless a bound cuts
 * it, and it says so.
 */
import type { Model, Row } from "../step/index.ts";
import { FingerprintStore } from "./fingerprint-store.ts";
import { NotThisSearch, type SavedSearch } from "./saved-search.ts";
import { StateStore } from "./store.ts";
import { batch, type Store, type Successors, successorsOf } from "./successors.ts";

/** One transition: which actor moved, and which of the step's alternatives it took. */
export interface Move {
  readonly actor: number;
  readonly choice: number;
}

/** Where a search stands, for whoever waits. */
export interface Progress {
  readonly states: number;
  readonly transitions: number;
  /** States found and not yet looked into. */
  readonly frontier: number;
  /** What is being done, when it is not the plain search. */
  readonly phase?: "with reductions" | "the shortest run";
}

export interface SearchOptions {
  /** Cells per word: "u8" when every cell stays below 256, else "u16". */
  readonly cell: "u8" | "u16";
  readonly maxStates?: number;
  /** Most bytes that stored states may take. */
  readonly maxBytes?: number;
  /** Remember states by 64 bits each: less memory, no longer exact. See fingerprint-store.ts. */
  readonly fingerprints?: boolean;
  /** Asked now and then; true stops the search. */
  readonly interrupted?: () => boolean;
  readonly progress?: (progress: Progress) => void;
  /**
   * Called for every new state, before its moves; true ends the search there. `step` led to it from
   * a state that was seen before, in a plain search state number `from`; undefined where that is
   * not known.
   */
  readonly onState?: (row: Row, state: number, step?: number, from?: number) => boolean;
  /** Called for every state in which no actor can move; true ends the search there. */
  readonly onFinal?: (row: Row, state: number) => boolean;
}

/** What cut a search, or undefined when it was exhausted or ended by a goal. */
export type Bound = "states" | "memory" | "interrupted" | undefined;

export interface SearchResult {
  readonly states: number;
  readonly transitions: number;
  readonly bound: Bound;
  /** The state at which onState or onFinal ended the search. */
  readonly stoppedAt: number | undefined;
  /** The moves from the first state to `state`: a shortest run. */
  readonly runTo: (state: number) => readonly Move[];
}

/** Makes the stores a search asks for, that of its states first. */
export function storesFor(options: Pick<SearchOptions, "fingerprints">): (words: number) => Store {
  let isFirst = true;
  return (words) => {
    const forgets = isFirst && options.fingerprints === true;
    isFirst = false;
    return forgets ? new FingerprintStore(words) : new StateStore(words);
  };
}

export const alternatives = 16;
const statesBetweenQuestions = 0x4000;

export function search(model: Model, first: Row, options: SearchOptions): SearchResult {
  return new Search(model, first, options).run(options.maxStates);
}

/** A search that can be cut at a number of states, and then go on from there. */
export class Search {
  private readonly model: Model;
  private readonly options: SearchOptions;
  private readonly successors: Successors;
  private readonly parents = new Numbers();
  private readonly moves = new Numbers();
  private readonly finals = new Numbers();
  private readonly pendingParents = new Int32Array(batch);
  private readonly pendingMoves = new Int32Array(batch);
  private readonly pendingSteps = new Int32Array(batch);
  private readonly first: Row;
  private transitions = 0;
  private pending = 0;
  /** The state to look into next; -1 before the first was stored. */
  private state = -1;

  constructor(model: Model, first: Row, options: SearchOptions) {
    this.model = model;
    this.first = first;
    this.options = options;
    this.successors = successorsOf(model, options.cell, storesFor(options));
  }

  /** Searches until all is found, a goal is met, or a bound cuts it; `maxStates` is the bound on states. */
  run(maxStates = Number.POSITIVE_INFINITY): SearchResult {
    const { options, successors } = this;
    this.model.activate();
    if (this.state < 0 && this.begin()) return this.result(undefined, 0);
    for (; this.state < successors.size; this.state++) {
      const { state } = this;
      if (successors.size + this.pending > maxStates) {
        if (this.flush()) return this.result(undefined, successors.size - 1);
        if (successors.size > maxStates) return this.result("states", undefined);
      }
      if ((state & (statesBetweenQuestions - 1)) === 0) {
        const bound = this.question(state);
        if (bound !== undefined) return this.result(bound, undefined);
      }
      successors.load(state);
      const moved = this.expand(state);
      if (moved < 0) return this.result(undefined, successors.size - 1);
      if (moved === 0) {
        this.finals.push(state);
        // What was found before it is shown before it.
        if (options.onFinal && this.flush()) return this.result(undefined, successors.size - 1);
        if (options.onFinal?.(successors.at, state)) return this.result(undefined, state);
      }
      if (state + 1 === successors.size && this.flush())
        return this.result(undefined, successors.size - 1);
    }
    const isCut = successors.size > maxStates;
    return this.result(isCut ? "states" : undefined, undefined);
  }

  /** States found so far. */
  get size(): number {
    return this.successors.size;
  }

  /** What is needed to go on later, after a bound cut the search. */
  saved(): SavedSearch {
    this.flush();
    return {
      state: this.state,
      transitions: this.transitions,
      parents: this.parents.list().slice(1),
      moves: this.moves.list().slice(1),
      finals: this.finals.list(),
      asked: this.model.asked.slice(),
    };
  }

  /** Goes back to where a search of this model was saved. Call before `run`. */
  restore(saved: SavedSearch): void {
    const { model, options, successors } = this;
    const { actorBase, actorStride } = model.layout;
    model.activate();
    this.begin();
    saved.parents.forEach((parent, i) => {
      const move = saved.moves[i]!;
      const actor = Math.floor(move / alternatives);
      if (parent < 0 || parent > i || actor >= model.actors.length)
        throw new NotThisSearch("the saved states are of another search");
      successors.load(parent);
      const base = actorBase + actor * actorStride;
      const pc = successors.at[base]!;
      const step = model.steps[pc];
      const choice = move % alternatives;
      if (!step || step(successors.next(), base, actor, choice) <= choice)
        throw new NotThisSearch("the saved states are of another search");
      successors.take(0, pc);
      successors.expect(1);
      if (successors.store(0) !== i + 1)
        throw new NotThisSearch("the saved states are of another search");
      this.parents.push(parent);
      this.moves.push(move);
      options.onState?.(successors.stored(0, i + 1), i + 1, pc, parent);
    });
    for (const final of saved.finals) {
      if (final >= saved.state) throw new NotThisSearch("the saved states are of another search");
      successors.load(final);
      this.finals.push(final);
      options.onFinal?.(successors.at, final);
    }
    saved.asked.forEach((asked, place) => {
      if (asked) model.asked[place] = 1;
    });
    this.state = saved.state;
    this.transitions = saved.transitions;
  }

  /** Stores the first state. True when it ended the search. */
  private begin(): boolean {
    const { successors } = this;
    successors.begin(this.first);
    this.state = 0;
    this.parents.push(-1);
    this.moves.push(0);
    return this.options.onState?.(successors.at, 0) === true;
  }

  /** Makes every successor of a state. Their number, or -1 when one of them ended the search. */
  private expand(state: number): number {
    const { model, successors } = this;
    const { actorBase, actorStride } = model.layout;
    const { steps } = model;
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
        this.pendingParents[this.pending] = state;
        this.pendingSteps[this.pending] = pc;
        this.pendingMoves[this.pending] = actor * alternatives + choice;
        if (++this.pending === batch && this.flush()) return -1;
      }
    }
    return moved;
  }

  /** Stores and counts the successors made so far. True when one of them ended the search. */
  private flush(): boolean {
    const { successors, pending } = this;
    const { onState } = this.options;
    successors.expect(pending);
    this.pending = 0;
    this.transitions += pending;
    for (let i = 0; i < pending; i++) {
      const number = successors.store(i);
      if (number < 0) continue;
      this.parents.push(this.pendingParents[i]!);
      this.moves.push(this.pendingMoves[i]!);
      if (onState === undefined) continue;
      const row = successors.stored(i, number);
      if (onState(row, number, this.pendingSteps[i]!, this.pendingParents[i]!)) {
        this.transitions -= pending - i - 1;
        return true;
      }
    }
    return false;
  }

  /** Shows all states in the order of their numbers, and what else another search needs to go on. */
  handOver(take: (row: Row) => void): SavedSearch {
    const saved = this.saved();
    for (let state = 0; state < this.successors.size; state++) {
      this.successors.load(state);
      take(this.successors.at);
    }
    return saved;
  }

  private question(state: number): Bound {
    const { options, successors } = this;
    const { size } = successors;
    if (state > 0)
      options.progress?.({ states: size, transitions: this.transitions, frontier: size - state });
    if (state > 0 && options.interrupted?.()) return "interrupted";
    return options.maxBytes !== undefined && successors.bytes > options.maxBytes
      ? "memory"
      : undefined;
  }

  private result(bound: Bound, stoppedAt: number | undefined): SearchResult {
    const { parents, moves } = this;
    const runTo = (state: number): Move[] => {
      const run: Move[] = [];
      for (let s = state; s > 0; s = parents.at(s)) {
        const move = moves.at(s);
        run.push({ actor: Math.floor(move / alternatives), choice: move % alternatives });
      }
      return run.reverse();
    };
    return {
      states: this.successors.size,
      transitions: this.transitions,
      bound,
      stoppedAt,
      runTo,
    };
  }
}

/** A growing list of whole numbers. */
export class Numbers {
  private held = new Int32Array(1 << 8);
  private count = 0;

  push(value: number): void {
    if (this.count === this.held.length) {
      const larger = new Int32Array(this.held.length * 2);
      larger.set(this.held);
      this.held = larger;
    }
    this.held[this.count++] = value;
  }

  at(index: number): number {
    return this.held[index]!;
  }

  clear(): void {
    this.count = 0;
  }

  list(): Int32Array {
    return this.held.slice(0, this.count);
  }

  get length(): number {
    return this.count;
  }
}
