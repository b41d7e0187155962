/**
 * The plain search: every interleaving, breadth first, every state stored exactly. The first
 * state that satisfies a goal is therefore reached by a shortest run. Complete unless a bound cuts
 * it, and it says so.
 */
import type { Model, Row } from "../step/index.ts";
import { StateStore } from "./store.ts";

/** One transition: which actor moved, and which of the step's alternatives it took. */
export interface Move {
  readonly actor: number;
  readonly choice: number;
}

export interface SearchOptions {
  /** Cells per word: "u8" when every cell stays below 256, else "u16". */
  readonly cell: "u8" | "u16";
  readonly maxStates?: number;
  /** Asked now and then; true stops the search. */
  readonly interrupted?: () => boolean;
  readonly progress?: (progress: { states: number; transitions: number; frontier: number }) => void;
  /** Called for every new state, before its moves; true ends the search there. */
  readonly onState?: (row: Row, state: number) => boolean;
  /** Called for every state in which no actor can move; true ends the search there. */
  readonly onFinal?: (row: Row, state: number) => boolean;
}

export interface SearchResult {
  readonly states: number;
  readonly transitions: number;
  /** The bound that cut the search, or undefined when it was exhausted or ended by a goal. */
  readonly bound: "states" | "interrupted" | undefined;
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

const alternatives = 16;

export function search(model: Model, first: Row, options: SearchOptions): SearchResult {
  const { layout, steps } = model;
  const at = newRow(layout.width, options.cell);
  const next = newRow(layout.width, options.cell);
  const store = new StateStore(at.words.length);
  let parents = new Int32Array(1 << 10);
  let moves = new Uint16Array(1 << 10);
  let transitions = 0;
  const actors = model.actors.length;
  const { actorBase, actorStride } = layout;
  const maxStates = options.maxStates ?? Number.POSITIVE_INFINITY;

  const runTo = (state: number): Move[] => {
    const run: Move[] = [];
    for (let s = state; s > 0; s = parents[s]!)
      run.push({ actor: Math.floor(moves[s]! / alternatives), choice: moves[s]! % alternatives });
    return run.reverse();
  };
  const result = (bound: SearchResult["bound"], stoppedAt: number | undefined): SearchResult => ({
    states: store.size,
    transitions,
    bound,
    stoppedAt,
    runTo,
  });

  model.activate();
  at.row.set(first);
  store.insert(at.words);
  if (options.onState?.(at.row, 0)) return result(undefined, 0);
  for (let state = 0; state < store.size; state++) {
    if ((state & 0x3fff) === 0x3fff) {
      options.progress?.({ states: store.size, transitions, frontier: store.size - state });
      if (options.interrupted?.()) return result("interrupted", undefined);
    }
    store.read(state, at.words);
    let moved = false;
    for (let actor = 0; actor < actors; actor++) {
      const base = actorBase + actor * actorStride;
      const step = steps[at.row[base]!];
      if (step === null || step === undefined) continue;
      for (let choice = 0, count = 1; choice < count; choice++) {
        next.words.set(at.words);
        count = step(next.row, base, actor, choice);
        if (count === 0) break;
        moved = true;
        transitions++;
        const number = store.insert(next.words);
        if (number < 0) continue;
        if (number >= parents.length) {
          const wider = new Int32Array(parents.length * 2);
          wider.set(parents);
          parents = wider;
          const widerMoves = new Uint16Array(moves.length * 2);
          widerMoves.set(moves);
          moves = widerMoves;
        }
        parents[number] = state;
        moves[number] = actor * alternatives + choice;
        if (options.onState?.(next.row, number)) return result(undefined, number);
      }
    }
    if (!moved && options.onFinal?.(at.row, state)) return result(undefined, state);
    if (store.size > maxStates) return result("states", undefined);
  }
  return result(undefined, undefined);
}
