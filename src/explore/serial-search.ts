/**
 * The search of the serial class: breadth first over states between statements. Same bounds, same
 * answers as the search over steps, coarser moves.
 */
import type { Model, Row } from "../step/index.ts";
import type { SearchOptions, SearchResult } from "./search.ts";
import { statementEnds } from "./serial.ts";
import { StateStore } from "./store.ts";
import { newRow } from "./successors.ts";

export interface SerialResult extends Omit<SearchResult, "runTo"> {
  /** The actors, in order, whose statements lead to `state`, and the states between. */
  readonly runTo: (state: number) => readonly { readonly actor: number; readonly after: Row }[];
}

export function serialSearch(model: Model, first: Row, options: SearchOptions): SerialResult {
  const at = newRow(model.layout.width, options.cell);
  const next = newRow(model.layout.width, options.cell);
  const store = new StateStore(at.words.length);
  const parents: number[] = [0];
  const movers: number[] = [0];
  let transitions = 0;
  const maxStates = options.maxStates ?? Number.POSITIVE_INFINITY;
  const runTo = (state: number) => {
    const run: { actor: number; after: Row }[] = [];
    for (let s = state; s > 0; s = parents[s]!) {
      const row = newRow(model.layout.width, options.cell);
      store.read(s, row.words);
      run.push({ actor: movers[s]!, after: row.row });
    }
    return run.reverse();
  };
  const result = (bound: SearchResult["bound"], stoppedAt: number | undefined): SerialResult => ({
    states: store.size,
    transitions,
    bound,
    stoppedAt,
    runTo,
  });

  model.activate();
  at.row.set(first);
  store.add(at.words);
  if (options.onState?.(at.row, 0)) return result(undefined, 0);
  for (let state = 0; state < store.size; state++) {
    if (options.interrupted?.()) return result("interrupted", undefined);
    store.read(state, at.words);
    const from = at.row.slice();
    let moved = false;
    for (let actor = 0; actor < model.actors.length; actor++) {
      for (const end of statementEnds(model, from, actor)) {
        moved = true;
        transitions++;
        next.row.set(end);
        const number = store.add(next.words);
        if (number < 0) continue;
        parents[number] = state;
        movers[number] = actor;
        if (options.onState?.(next.row, number)) return result(undefined, number);
      }
    }
    if (!moved && options.onFinal?.(at.row, state)) return result(undefined, state);
    if (store.size > maxStates) return result("states", undefined);
  }
  return result(undefined, undefined);
}
