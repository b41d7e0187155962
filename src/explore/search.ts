/**
 * The plain search: every interleaving, breadth first, every state stored exactly. The first
 * state that satisfies a goal is therefore reached by a shortest run. Complete unless a bound cuts
 * it, and it says so.
 */
import type { Model, Row } from "../step/index.ts";
import { hashWords, StateStore } from "./store.ts";

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
}

export interface SearchOptions {
  /** Cells per word: "u8" when every cell stays below 256, else "u16". */
  readonly cell: "u8" | "u16";
  readonly maxStates?: number;
  /** Most bytes that stored states may take. */
  readonly maxBytes?: number;
  /** Asked now and then; true stops the search. */
  readonly interrupted?: () => boolean;
  readonly progress?: (progress: Progress) => void;
  /** Called for every new state, before its moves; true ends the search there. */
  readonly onState?: (row: Row, state: number) => boolean;
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

/** A row of the model's width with its view as words. */
export function newRow(width: number, cell: "u8" | "u16"): { row: Row; words: Uint32Array } {
  const bytes = Math.ceil((width * (cell === "u8" ? 1 : 2)) / 4) * 4;
  const buffer = new ArrayBuffer(bytes);
  const row = cell === "u8" ? new Uint8Array(buffer) : new Uint16Array(buffer);
  return { row, words: new Uint32Array(buffer) };
}

export const alternatives = 16;
/** How many successors are made before they are looked up together. */
const batch = 64;
const statesBetweenQuestions = 0x4000;

export function search(model: Model, first: Row, options: SearchOptions): SearchResult {
  return new Search(model, options).run(first);
}

class Search {
  private readonly model: Model;
  private readonly options: SearchOptions;
  private readonly store: StateStore;
  private readonly parents = new Numbers();
  private readonly moves = new Numbers();
  private transitions = 0;
  private pending = 0;
  private readonly rows: readonly Row[];
  private readonly words: Uint32Array;
  private readonly hashes = new Int32Array(batch);
  private readonly pendingParents = new Int32Array(batch);
  private readonly pendingMoves = new Int32Array(batch);

  constructor(model: Model, options: SearchOptions) {
    this.model = model;
    this.options = options;
    const size = newRow(model.layout.width, options.cell).words.length;
    this.store = new StateStore(size);
    this.words = new Uint32Array(size * batch);
    const bytes = size * 4;
    this.rows = Array.from({ length: batch }, (_, i) =>
      options.cell === "u8"
        ? new Uint8Array(this.words.buffer, i * bytes, bytes)
        : new Uint16Array(this.words.buffer, i * bytes, bytes / 2),
    );
  }

  run(first: Row): SearchResult {
    const { model, options, store } = this;
    const at = newRow(model.layout.width, options.cell);
    model.activate();
    at.row.set(first);
    store.add(at.words);
    this.parents.push(-1);
    this.moves.push(0);
    if (options.onState?.(at.row, 0)) return this.result(undefined, 0);
    for (let state = 0; state < store.size; state++) {
      if ((state & (statesBetweenQuestions - 1)) === 0) {
        const bound = this.question(state);
        if (bound !== undefined) return this.result(bound, undefined);
      }
      store.read(state, at.words);
      const moved = this.expand(state, at.row, at.words);
      if (moved < 0) return this.result(undefined, store.size - 1);
      if (moved === 0 && options.onFinal?.(at.row, state)) return this.result(undefined, state);
      if (state + 1 === store.size && this.flush()) return this.result(undefined, store.size - 1);
      if (options.maxStates !== undefined && store.size > options.maxStates)
        return this.result("states", undefined);
    }
    return this.result(undefined, undefined);
  }

  /** Makes every successor of a state. Their number, or -1 when one of them ended the search. */
  private expand(state: number, from: Row, fromWords: Uint32Array): number {
    const { model, rows, words } = this;
    const { actorBase, actorStride } = model.layout;
    const steps = model.steps;
    const size = fromWords.length;
    const actors = model.actors.length;
    let moved = 0;
    for (let actor = 0, base = actorBase; actor < actors; actor++, base += actorStride) {
      const pc = from[base]!;
      if (pc === 0) continue;
      const step = steps[pc]!;
      for (let choice = 0, count = 1; choice < count; choice++) {
        const at = this.pending * size;
        for (let i = 0; i < size; i++) words[at + i] = fromWords[i]!;
        count = step(rows[this.pending]!, base, actor, choice);
        if (count === 0) break;
        moved++;
        this.hashes[this.pending] = hashWords(words, at, size);
        this.pendingParents[this.pending] = state;
        this.pendingMoves[this.pending] = actor * alternatives + choice;
        if (++this.pending === batch && this.flush()) return -1;
      }
    }
    this.transitions += moved;
    return moved;
  }

  /** Stores the successors made so far. True when one of them ended the search. */
  private flush(): boolean {
    const { store, words, hashes, pending } = this;
    const { onState } = this.options;
    const size = store.words;
    store.touch(hashes, pending);
    this.pending = 0;
    for (let i = 0; i < pending; i++) {
      const number = store.insert(words, i * size, hashes[i]!);
      if (number < 0) continue;
      this.parents.push(this.pendingParents[i]!);
      this.moves.push(this.pendingMoves[i]!);
      if (onState?.(this.rows[i]!, number)) return true;
    }
    return false;
  }

  private question(state: number): Bound {
    const { options, store } = this;
    const { size } = store;
    if (state > 0)
      options.progress?.({ states: size, transitions: this.transitions, frontier: size - state });
    if (state > 0 && options.interrupted?.()) return "interrupted";
    return options.maxBytes !== undefined && store.bytes > options.maxBytes ? "memory" : undefined;
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
      states: this.store.size,
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

  get length(): number {
    return this.count;
  }
}
