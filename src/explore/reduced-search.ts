/**
 * The search with reductions: where the steps of some actors are independent of everything the
 * others may ever do, only theirs are taken (an ample set, see picker.ts); where that is one move,
 * the state before it is not stored (a chain). Reaches every final state, every local state of every actor
 * and every state of a watched goal that the plain search reaches; the runs it finds are not the
 * shortest. See footprints.ts for why.
 */
import type { Model, Row } from "../step/index.ts";
import type { Footprints } from "./footprints.ts";
import type { Interchangeable } from "./interchange.ts";
import type { Located } from "./located.ts";
import { everybody, nobody, Picker } from "./picker.ts";
import { RecentRows } from "./recent-rows.ts";
import { NotThisSearch, type SavedReduced } from "./saved-search.ts";
import {
  alternatives,
  type Bound,
  type Move,
  Numbers,
  type SearchOptions,
  type SearchResult,
  storesFor,
} from "./search.ts";
import { hashWords } from "./store.ts";
import { copyWords, newRow, type Store, type WordRow } from "./successors.ts";
import { type Symmetry, symmetryOf } from "./symmetry.ts";

export interface Reductions {
  /** Take the steps of some actors only where they cannot matter to the others. */
  readonly ample: boolean;
  /** Do not store states that have one successor. */
  readonly chains: boolean;
  /** Take states that differ only in who of several like actors does what for one. */
  readonly symmetry?: boolean;
}

export interface ReducedOptions extends SearchOptions {
  readonly reduce: Reductions;
  /** Give up with ReducesLittle where a plain search would be quicker. */
  readonly onlyIfFewer?: boolean;
  /** Whether `onState` looks for the goal of the footprints and at nothing else. */
  readonly onlyGoal?: boolean;
  /** Where a search of the same model was cut, to go on from there. */
  readonly from?: SavedReduced;
  /** Actors said to be alike, right or wrong; found out unless said. */
  readonly alike?: readonly Interchangeable[];
}

export interface ReducedResult extends SearchResult {
  /** What is needed to go on later, after a bound cut the search. */
  readonly saved: () => SavedReduced;
}

export function reducedSearch(
  model: Model,
  first: Row,
  footprints: Footprints,
  options: ReducedOptions,
): ReducedResult {
  return new ReducedSearch(model, first, footprints, options).run();
}

const anotherSearch = (): Error => new NotThisSearch("the saved states are of another search");

/** Thrown where a search is only wanted if it has clearly fewer states than a plain one. */
export class ReducesLittle extends Error {}

/** After so many states it shows: where this share of them moved everybody, little is saved. */
const trialStates = 10_000;
const trialShare = 0.75;
const statesBetweenQuestions = 0x400;

class ReducedSearch {
  private readonly model: Model;
  private readonly options: ReducedOptions;
  private readonly footprints: Footprints;
  private readonly located: Located;
  private readonly picker: Picker;
  private readonly symmetry: Symmetry | undefined;
  private readonly store: Store;
  private readonly parents = new Numbers();
  private readonly moves = new Numbers();
  private readonly at: WordRow;
  private next: WordRow;
  private readonly recent: RecentRows;
  private settled = true;
  private transitions = 0;
  /** The state to look into next. */
  private state = 0;
  /** Whether ample sets are looked for; not where they prove to be everybody. */
  private isAmple: boolean;
  /** States from which everybody was moved. */
  private whole = 0;
  /** Whether states are shown to nobody, for they have been. */
  private silent = false;
  private readonly first: Row;

  constructor(model: Model, first: Row, footprints: Footprints, options: ReducedOptions) {
    this.model = model;
    if (options.reduce.symmetry) {
      const { alike = footprints.alike, cell, onlyGoal = false } = options;
      const looks = { onlyWatched: onlyGoal, isSymmetric: onlyGoal && footprints.isGoalSymmetric };
      this.symmetry = symmetryOf(model, cell, alike, { watched: footprints.watched, ...looks });
    }
    this.isAmple = options.reduce.ample;
    this.footprints = footprints;
    this.options = options;
    this.at = newRow(model.layout.width, options.cell);
    this.next = newRow(model.layout.width, options.cell);
    this.picker = new Picker(model, footprints, options.cell);
    this.first = first;
    this.located = footprints.newLocated();
    this.recent = new RecentRows(this.at.words.length);
    this.store = storesFor(options)(this.at.words.length);
  }

  run(): ReducedResult {
    const { model, options, store, at } = this;
    model.activate();
    if (options.from !== undefined) this.restore(options.from);
    else if (this.begin()) return this.stopHere(-1, 0);
    for (; this.state < store.size; this.state++) {
      const { state } = this;
      if (store.size > (options.maxStates ?? Number.POSITIVE_INFINITY))
        return this.result("states", undefined);
      if ((state & (statesBetweenQuestions - 1)) === statesBetweenQuestions - 1) {
        const bound = this.question(state);
        if (bound !== undefined) return this.result(bound, undefined);
      }
      store.read(state, at.words);
      if (state === trialStates) this.judge(this.whole);
      const moved = this.expand(state);
      if (moved < 0) return this.result(undefined, store.size - 1);
      if (moved === 0 && this.seeFinal(state)) return this.stopAtFinal(state);
    }
    const isCut = store.size > (options.maxStates ?? Number.POSITIVE_INFINITY);
    return this.result(isCut ? "states" : undefined, undefined);
  }

  /** After the trial: `whole` of its states moved everybody. */
  private judge(whole: number): void {
    if (!this.options.onlyIfFewer || whole <= trialShare * trialStates) return;
    if (this.symmetry === undefined) throw new ReducesLittle();
    this.isAmple = false;
  }

  /** As `judge` at the time, when the states of the trial are restored. */
  private judgeAgain(): void {
    const { store, at, footprints, picker } = this;
    if (this.symmetry === undefined) return;
    let whole = 0;
    for (let state = 0; this.isAmple && state < trialStates; state++) {
      store.read(state, at.words);
      footprints.locate(at.row);
      if (picker.pick(at) === everybody) whole++;
    }
    this.judge(whole);
  }

  /** Stores the first state. True when it, or one on the chain to it, ends the search. */
  private begin(): boolean {
    const { next } = this;
    next.row.set(this.first);
    if (!this.silent && this.options.onState?.(next.row, 0)) return true;
    if (this.settle(nobody)) return true;
    this.keep(-1, 0);
    return false;
  }

  /** Takes every saved move again, with the chain after it. */
  private restore(saved: SavedReduced): void {
    const { model, store, at, footprints } = this;
    this.silent = true;
    this.begin();
    let isJudged = false;
    saved.parents.forEach((parent, i) => {
      const move = saved.moves[i]!;
      if (parent >= trialStates && !isJudged) {
        isJudged = true;
        this.judgeAgain();
      }
      const actor = Math.floor(move / alternatives);
      if (parent < 0 || parent > i || actor >= model.actors.length) throw anotherSearch();
      store.read(parent, at.words);
      if (this.isAmple && parent !== saved.parents[i - 1]) {
        footprints.locate(at.row);
        footprints.save(this.located);
      }
      const base = model.layout.actorBase + actor * model.layout.actorStride;
      const step = model.steps[at.row[base]!];
      const choice = move % alternatives;
      copyWords(at.words, this.next.words);
      if (!step || step(this.next.row, base, actor, choice) <= choice) throw anotherSearch();
      this.settle(actor);
      this.keep(parent, move);
      if (store.size !== i + 2) throw anotherSearch();
    });
    if (saved.state > trialStates && !isJudged) this.judgeAgain();
    if (this.mix() !== saved.mix || !this.recent.restore(saved.recent)) throw anotherSearch();
    this.silent = false;
    this.state = saved.state;
    this.transitions = saved.transitions;
    this.whole = saved.whole;
    saved.asked.forEach((asked, place) => {
      if (asked) model.asked[place] = 1;
    });
  }

  private saved(): SavedReduced {
    const { state, transitions, whole, parents, moves, model } = this;
    return {
      state,
      transitions,
      whole,
      parents: parents.list().slice(1),
      moves: moves.list().slice(1),
      asked: model.asked.slice(),
      mix: this.mix(),
      recent: this.recent.saved(),
    };
  }

  private mix(): number {
    const { store, next } = this;
    let mix = 0;
    for (let state = 0; state < store.size; state++) {
      store.read(state, next.words);
      mix = (Math.imul(mix, 31) + hashWords(next.words, 0, next.words.length)) | 0;
    }
    return mix;
  }

  /** Takes the moves of state `at`. Their number, or -1 when one of them ended the search. */
  private expand(state: number): number {
    const { model, at, footprints, picker } = this;
    let chosen = everybody;
    if (this.isAmple) {
      footprints.locate(at.row);
      footprints.save(this.located);
      chosen = picker.pick(at);
    }
    if (chosen === everybody) this.whole++;
    let moved = 0;
    for (let actor = 0; actor < model.actors.length; actor++) {
      if (((chosen >>> actor) & 1) === 0) continue;
      const moves = this.moveActor(state, actor);
      if (moves < 0) return -1;
      moved += moves;
    }
    return moved;
  }

  /** Every alternative of one actor's step from state `at`. */
  private moveActor(state: number, actor: number): number {
    const { model, at } = this;
    const base = model.layout.actorBase + actor * model.layout.actorStride;
    const step = model.steps[at.row[base]!];
    if (step === null || step === undefined) return 0;
    let moved = 0;
    for (let choice = 0, count = 1; choice < count; choice++) {
      copyWords(at.words, this.next.words);
      count = step(this.next.row, base, actor, choice);
      if (count === 0) return 0;
      moved++;
      this.transitions++;
      if (this.isKnown()) continue;
      const move = actor * alternatives + choice;
      if (this.see(actor, at.row) || this.settle(actor)) {
        this.keepAsIs(state, move);
        return -1;
      }
      if (this.settled) this.keep(state, move);
    }
    return moved;
  }

  /**
   * Moves `next` on while there is one move to take. True when a goal was met. `settled` tells
   * whether it got somewhere new: what a row that came by before leads to is stored.
   */
  private settle(mover: number): boolean {
    const { footprints, picker } = this;
    this.settled = true;
    if (!this.options.reduce.chains || !this.isAmple) return false;
    if (mover === nobody) footprints.locate(this.next.row);
    else {
      footprints.restore(this.located);
      footprints.relocate(this.next.row, mover);
    }
    for (;;) {
      const actor = picker.pickOnly(this.next);
      if (actor === nobody) return false;
      const before = this.next;
      this.next = picker.outcome;
      picker.outcome = before;
      this.transitions++;
      if (this.isKnown()) {
        this.settled = false;
        return false;
      }
      if (this.see(actor, before.row)) return true;
      footprints.relocate(this.next.row, actor);
    }
  }

  /** Shows `next`, which `mover` made of `before`. True when it, or an image of it, is the goal; then `next` is that. */
  private see(mover: number, before: Row): boolean {
    const { next, symmetry } = this;
    const { onState } = this.options;
    if (onState === undefined || this.silent) return false;
    if (onState(next.row, this.store.size)) return true;
    const image = symmetry?.show(next, mover, before, (row) => onState(row, this.store.size));
    if (image !== undefined) next.row.set(image);
    return image !== undefined;
  }

  private seeFinal(state: number): boolean {
    const { onFinal } = this.options;
    const { at, symmetry } = this;
    if (onFinal === undefined) return false;
    if (symmetry === undefined) return onFinal(at.row, state);
    return symmetry.showAll(at, (row) => {
      if (!onFinal(row, state)) return false;
      this.next.row.set(row);
      return true;
    });
  }

  /** With symmetry, an image of the state may be the one that was asked for: it is kept beside it. */
  private stopAtFinal(state: number): ReducedResult {
    const { parents, moves, symmetry } = this;
    const before = this.store.size;
    if (symmetry) this.keepAsIs(parents.at(state), moves.at(state));
    return this.result(undefined, this.store.size > before ? before : state);
  }

  /** Whether `next` came by not long ago: then it, or the end of its chain, is stored. */
  private isKnown(): boolean {
    const { words } = this.next;
    if (this.silent) return false;
    return this.recent.meet(words, hashWords(words, 0, words.length));
  }

  private keep(parent: number, move: number): void {
    this.symmetry?.sort(this.next.row);
    this.keepAsIs(parent, move);
  }

  private keepAsIs(parent: number, move: number): void {
    if (this.store.add(this.next.words) < 0) return;
    this.parents.push(parent);
    this.moves.push(move);
  }

  private stopHere(parent: number, move: number): ReducedResult {
    this.keepAsIs(parent, move);
    return this.result(undefined, this.store.size - 1);
  }

  private question(state: number): Bound {
    const { options, store } = this;
    const { size } = store;
    options.progress?.({ states: size, transitions: this.transitions, frontier: size - state });
    if (options.interrupted?.()) return "interrupted";
    return options.maxBytes !== undefined && store.bytes > options.maxBytes ? "memory" : undefined;
  }

  private result(bound: Bound, stoppedAt: number | undefined): ReducedResult {
    return {
      saved: () => this.saved(),
      states: this.store.size,
      transitions: this.transitions,
      bound,
      stoppedAt,
      runTo: (state) => this.runTo(state),
    };
  }

  /**
   * The moves to a stored state, chains included: they are walked again. With symmetry, the actors of
   * a stored state are in order, and go by other names than in the run.
   */
  private runTo(state: number): Move[] {
    const path: number[] = [];
    for (let s = state; s >= 0; s = this.parents.at(s)) path.push(s);
    path.reverse();
    const { next, model, symmetry } = this;
    const goal = newRow(model.layout.width, this.options.cell);
    const run: Move[] = [];
    let names: readonly number[] = [...model.actors.keys()];
    model.activate();
    next.row.set(this.first);
    path.forEach((s, i) => {
      if (i > 0) {
        const move = this.moves.at(s);
        const actor = Math.floor(move / alternatives);
        const base = model.layout.actorBase + actor * model.layout.actorStride;
        model.steps[next.row[base]!]!(next.row, base, actor, move % alternatives);
        run.push({ actor: names[actor]!, choice: move % alternatives });
      }
      this.store.read(s, goal.words);
      this.walkChain(goal, run, names);
      if (symmetry === undefined) return;
      names = symmetry.between(next, goal).map((actor) => names[actor]!);
      copyWords(goal.words, next.words);
    });
    // Everybody by the name that the stored state has for it.
    return run.map(({ actor, choice }) => ({ actor: names.indexOf(actor), choice }));
  }

  private walkChain(goal: WordRow, run: Move[], names: readonly number[]): void {
    const { footprints, picker, symmetry } = this;
    const isThere = (): boolean =>
      symmetry?.isSame(this.next, goal) ??
      this.next.words.every((word, i) => word === goal.words[i]);
    while (!isThere()) {
      footprints.locate(this.next.row);
      const actor = picker.pickOnly(this.next);
      if (actor === nobody) throw new Error("A chain did not lead to its stored state.");
      copyWords(picker.outcome.words, this.next.words);
      run.push({ actor: names[actor]!, choice: 0 });
    }
  }
}
