/**
 * The search with reductions: where one actor's step is independent of everything the others may
 * ever do, only that step is taken (an ample set); where such a step has one outcome, the state
 * before it is not stored (a chain). Reaches every final state, every local state of every actor
 * and every state of a watched goal that the plain search reaches; the runs it finds are not the
 * shortest. See footprints.ts for why.
 */
import type { Model, Row } from "../step/index.ts";
import type { Footprints, Located } from "./footprints.ts";
import {
  alternatives,
  type Bound,
  type Move,
  Numbers,
  type SearchOptions,
  type SearchResult,
  storesFor,
} from "./search.ts";
import { newRow, type Store } from "./successors.ts";

export interface Reductions {
  /** Take one actor's step alone where it cannot matter to anybody else. */
  readonly ample: boolean;
  /** Do not store states that have one successor. */
  readonly chains: boolean;
}

export function reducedSearch(
  model: Model,
  first: Row,
  footprints: Footprints,
  options: SearchOptions & { readonly reduce: Reductions },
): SearchResult {
  return new ReducedSearch(model, footprints, options).run(first);
}

const statesBetweenQuestions = 0x1000;
const nobody = -1;

class ReducedSearch {
  private readonly model: Model;
  private readonly footprints: Footprints;
  private readonly options: SearchOptions & { readonly reduce: Reductions };
  private readonly store: Store;
  private readonly parents = new Numbers();
  private readonly moves = new Numbers();
  private readonly at: { row: Row; words: Uint32Array };
  private readonly next: { row: Row; words: Uint32Array };
  private readonly tried: { row: Row; words: Uint32Array };
  private readonly located: Located;
  private transitions = 0;
  private first: Row;

  constructor(
    model: Model,
    footprints: Footprints,
    options: SearchOptions & { readonly reduce: Reductions },
  ) {
    this.model = model;
    this.footprints = footprints;
    this.options = options;
    const fresh = () => newRow(model.layout.width, options.cell);
    this.at = fresh();
    this.next = fresh();
    this.tried = fresh();
    this.first = this.at.row;
    this.located = footprints.newLocated();
    this.store = storesFor(options)(this.at.words.length);
  }

  run(first: Row): SearchResult {
    const { model, options, store, at, next } = this;
    this.first = first;
    model.activate();
    next.row.set(first);
    if (options.onState?.(next.row, 0)) return this.stopHere(-1, 0);
    if (this.settle(nobody)) return this.stopHere(-1, 0);
    this.keep(-1, 0);
    for (let state = 0; state < store.size; state++) {
      if ((state & (statesBetweenQuestions - 1)) === statesBetweenQuestions - 1) {
        const bound = this.question(state);
        if (bound !== undefined) return this.result(bound, undefined);
      }
      store.read(state, at.words);
      const moved = this.expand(state);
      if (moved < 0) return this.result(undefined, store.size - 1);
      if (moved === 0 && options.onFinal?.(at.row, state)) return this.result(undefined, state);
      if (options.maxStates !== undefined && store.size > options.maxStates)
        return this.result("states", undefined);
    }
    return this.result(undefined, undefined);
  }

  /** Takes the moves of state `at`. Their number, or -1 when one of them ended the search. */
  private expand(state: number): number {
    const { model, at } = this;
    if (this.options.reduce.ample) {
      this.footprints.locate(at.row);
      this.footprints.save(this.located);
    }
    const ample = this.options.reduce.ample ? this.ample(at.row, at.words) : nobody;
    if (ample !== nobody) return this.moveActor(state, ample);
    let moved = 0;
    for (let actor = 0; actor < model.actors.length; actor++) {
      const moves = this.moveActor(state, actor);
      if (moves < 0) return -1;
      moved += moves;
    }
    return moved;
  }

  /** Every alternative of one actor's step from state `at`. */
  private moveActor(state: number, actor: number): number {
    const { model, at, next, options } = this;
    const base = model.layout.actorBase + actor * model.layout.actorStride;
    const step = model.steps[at.row[base]!];
    if (step === null || step === undefined) return 0;
    let moved = 0;
    for (let choice = 0, count = 1; choice < count; choice++) {
      next.words.set(at.words);
      count = step(next.row, base, actor, choice);
      if (count === 0) return 0;
      moved++;
      this.transitions++;
      const move = actor * alternatives + choice;
      if (options.onState?.(next.row, this.store.size) || this.settle(actor)) {
        this.keep(state, move);
        return -1;
      }
      this.keep(state, move);
    }
    return moved;
  }

  /** Moves `next` on while one actor alone need move, in one way. True when a goal was met. */
  private settle(mover: number): boolean {
    const { next, options, footprints, located } = this;
    if (!options.reduce.chains || !options.reduce.ample) return false;
    if (mover !== nobody) footprints.restore(located);
    for (let last = mover; ; ) {
      if (last === nobody) footprints.locate(next.row);
      else footprints.relocate(next.row, last);
      const actor = this.ample(next.row, next.words);
      if (actor === nobody || this.triedCount !== 1) return false;
      next.words.set(this.tried.words);
      this.transitions++;
      if (options.onState?.(next.row, this.store.size)) return true;
      last = actor;
    }
  }

  private triedCount = 0;

  /**
   * An actor whose step may be taken alone, or nobody; its first outcome is left in `tried`, and
   * how many there are in `triedCount`.
   */
  private ample(row: Row, words: Uint32Array): number {
    const { model, footprints, tried } = this;
    const { actorBase, actorStride } = model.layout;
    const actors = model.actors.length;
    for (let actor = actors - 1; actor >= 0; actor--) {
      const base = actorBase + actor * actorStride;
      const pc = row[base]!;
      if (pc === 0 || !footprints.mayMoveAlone(actor)) continue;
      tried.words.set(words);
      this.triedCount = model.steps[pc]!(tried.row, base, actor, 0);
      if (this.triedCount > 0) return actor;
    }
    return nobody;
  }

  private keep(parent: number, move: number): void {
    if (this.store.add(this.next.words) < 0) return;
    this.parents.push(parent);
    this.moves.push(move);
  }

  private stopHere(parent: number, move: number): SearchResult {
    this.keep(parent, move);
    return this.result(undefined, this.store.size - 1);
  }

  private question(state: number): Bound {
    const { options, store } = this;
    const { size } = store;
    options.progress?.({ states: size, transitions: this.transitions, frontier: size - state });
    if (options.interrupted?.()) return "interrupted";
    return options.maxBytes !== undefined && store.bytes > options.maxBytes ? "memory" : undefined;
  }

  private result(bound: Bound, stoppedAt: number | undefined): SearchResult {
    return {
      states: this.store.size,
      transitions: this.transitions,
      bound,
      stoppedAt,
      runTo: (state) => this.runTo(state),
    };
  }

  /** The moves to a stored state, chains included: they are walked again. */
  private runTo(state: number): Move[] {
    const path: number[] = [];
    for (let s = state; s >= 0; s = this.parents.at(s)) path.push(s);
    path.reverse();
    const { next, model } = this;
    const goal = newRow(model.layout.width, this.options.cell);
    const run: Move[] = [];
    model.activate();
    next.row.set(this.first);
    path.forEach((s, i) => {
      if (i > 0) {
        const move = this.moves.at(s);
        const actor = Math.floor(move / alternatives);
        const base = model.layout.actorBase + actor * model.layout.actorStride;
        model.steps[next.row[base]!]!(next.row, base, actor, move % alternatives);
        run.push({ actor, choice: move % alternatives });
      }
      this.store.read(s, goal.words);
      this.walkChain(goal.words, run);
    });
    return run;
  }

  private walkChain(goal: Uint32Array, run: Move[]): void {
    const { next } = this;
    while (next.words.some((word, i) => word !== goal[i])) {
      this.footprints.locate(next.row);
      const actor = this.ample(next.row, next.words);
      if (actor === nobody) throw new Error("A chain did not lead to its stored state.");
      next.words.set(this.tried.words);
      run.push({ actor, choice: 0 });
    }
  }
}
