/**
 * How a model is explored when nobody says otherwise: plainly while it is small, for then the
 * shortest run comes with the verdict and reductions would cost more than they save; with
 * reductions when it proves large; plainly to the end where reductions cannot be had.
 */
import type { Model, Row } from "../step/index.ts";
import { footprintsOf, type Watched } from "./footprints.ts";
import { type Reductions, reducedSearch } from "./reduced-search.ts";
import { type Move, Search, type SearchOptions, type SearchResult, search } from "./search.ts";
import { TooMany } from "./step-tracer.ts";

export interface ExploreOptions extends SearchOptions {
  /** Reductions to use; all of them unless said otherwise. */
  readonly reduce?: Partial<Reductions>;
  /** Cells that `onState` looks at, in groups; empty when it looks at local states only. */
  readonly watched?: Watched;
  /** States up to which the search is plain. */
  readonly plainStates?: number;
}

export interface Exploration extends SearchResult {
  /** Whether reductions were used: then runs are not the shortest; see `shortestRun`. */
  readonly reduced: boolean;
}

export const defaultPlainStates = 60_000;

/** Searches a model, with reductions where they help. Same answers either way. */
export function explore(model: Model, first: Row, options: ExploreOptions): Exploration {
  const reduce = { ample: true, chains: true, ...options.reduce };
  const plainStates = options.plainStates ?? defaultPlainStates;
  const maxStates = options.maxStates ?? Number.POSITIVE_INFINITY;
  const plain = new Search(model, first, options);
  const goOn = (): Exploration => ({ ...plain.run(maxStates), reduced: false });
  if (!reduce.ample || maxStates <= plainStates) return goOn();
  if (plainStates > 0) {
    const begun = plain.run(plainStates);
    if (begun.bound !== "states") return { ...begun, reduced: false };
  }
  const footprints = footprintsOf(model, first, options.cell, options.watched);
  if (footprints === undefined) return goOn();
  try {
    return { ...reducedSearch(model, first, footprints, { ...options, reduce }), reduced: true };
  } catch (error) {
    if (error instanceof TooMany) return goOn();
    throw error;
  }
}

/** What a run should end in: a state, or a state in which nobody can move. */
export interface Goal {
  readonly onState?: (row: Row) => boolean;
  readonly onFinal?: (row: Row) => boolean;
}

/** A shortest run to a goal, by plain search; undefined when the bounds of `options` cut it. */
export function shortestRun(
  model: Model,
  first: Row,
  goal: Goal,
  options: Pick<SearchOptions, "cell" | "maxStates" | "maxBytes" | "interrupted">,
): readonly Move[] | undefined {
  const result = search(model, first, { ...options, ...goal });
  return result.stoppedAt === undefined ? undefined : result.runTo(result.stoppedAt);
}
