/**
 * How a model is explored when nobody says otherwise: plainly while it is small, for then the
 * shortest run comes with the verdict and reductions would cost more than they save; with
 * reductions when it proves large; plainly to the end where reductions cannot be had.
 */
import type { Model, Row } from "../step/index.ts";
import { footprintsOf, type Watched } from "./footprints.ts";
import { type Crew, type ParallelSearch, parallelSearch } from "./parallel-search.ts";
import { ReducesLittle, type Reductions, reducedSearch } from "./reduced-search.ts";
import type { SavedExploration, SavedSearch } from "./saved-search.ts";
import {
  type Move,
  type Progress,
  Search,
  type SearchOptions,
  type SearchResult,
} from "./search.ts";
import { TooMany } from "./step-tracer.ts";

export interface ExploreOptions extends SearchOptions {
  /** Reductions to use; all of them unless said otherwise. */
  readonly reduce?: Partial<Reductions>;
  /** Cells that `onState` looks at, in groups; empty when it looks at local states only. */
  readonly watched?: Watched;
  /** What `onState` looks for there, if it does nothing else: true of a row where it is of one group. */
  readonly goal?: (row: Row) => boolean;
  /** States up to which the search is plain; by the size of the model unless said otherwise. */
  readonly plainStates?: number;
  /** Where a search of the same model was cut, to go on from there. */
  readonly from?: SavedExploration;
  /** Threads that help where a plain search is large. */
  readonly crew?: Crew;
}

export interface Exploration extends SearchResult {
  /** What is needed to go on later, after a bound cut the search. */
  readonly saved: () => SavedExploration;
  /** Whether reductions were used: then runs are not the shortest; see `shortestRun`. */
  readonly reduced: boolean;
}

/** What stands for a state's number with reductions: nobody can ask for a run to it. */
const noNumber = -1;

/**
 * What tracing costs grows with the steps there are: below so many states for each of them a plain
 * search is done sooner, and with a large machine never later than `plainStatesMax`.
 */
const plainStatesPerStep = 100;
const plainStatesMax = 60_000;
/** A search that is larger is worth starting threads for. */
const statesBeforeThreads = 8_000;

/** All reductions where nothing is said; without ample sets no symmetry either unless it is asked for. */
export function reductionsOf(asked: Partial<Reductions> = {}): Required<Reductions> {
  const ample = asked.ample ?? true;
  return { ample, chains: true, symmetry: ample, ...asked };
}

/** Searches a model, with reductions where they help. Same answers either way. */
export function explore(model: Model, first: Row, options: ExploreOptions): Exploration {
  const reduce = reductionsOf(options.reduce);
  const plainStates =
    options.plainStates ?? Math.min(plainStatesMax, plainStatesPerStep * model.steps.length);
  const maxStates = options.maxStates ?? Number.POSITIVE_INFINITY;
  const plain = new PlainSearch(model, first, options);
  const { from } = options;
  if (from?.kind === "plain") plain.restore(from);
  const plainly = (most: number): Exploration => ({
    ...plain.run(most),
    reduced: false,
    saved: () => ({ kind: "plain", ...plain.saved() }),
  });
  const goOn = (): Exploration => plainly(maxStates);
  if (!reduce.ample && !reduce.symmetry) return goOn();
  if (plainStates > 0 && from?.kind !== "reduced") {
    const begun = plainly(Math.min(plainStates, maxStates));
    if (begun.bound !== "states" || maxStates <= plainStates) return begun;
  }
  const { cell, watched = [], goal, interrupted } = options;
  const { symmetry } = reduce;
  const footprints = footprintsOf(model, first, cell, { watched, goal, symmetry, interrupted });
  if (footprints === undefined) return goOn();
  try {
    const { progress } = options;
    const told = progress && {
      progress: (at: Progress) => progress({ ...at, phase: "with reductions" }),
    };
    const unnumbered = {
      onState: (row: Row) => options.onState?.(row, noNumber) === true,
      onFinal: (row: Row) => options.onFinal?.(row, noNumber) === true,
    };
    const onlyGoal = goal !== undefined && options.onState === goal;
    const { from: _, ...rest } = options;
    const saved = from?.kind === "reduced" ? { from } : {};
    const how = { ...saved, ...told, ...unnumbered, reduce, onlyIfFewer: true, onlyGoal };
    const found = reducedSearch(model, first, footprints, { ...rest, ...how });
    return { ...found, reduced: true, saved: () => ({ kind: "reduced", ...found.saved() }) };
  } catch (error) {
    if (error instanceof TooMany || error instanceof ReducesLittle) return goOn();
    throw error;
  }
}

/** The plain search: by one thread, and once it proves large by the crew, if there is one. */
export class PlainSearch {
  private readonly model: Model;
  private readonly options: ExploreOptions;
  private searching: Search | ParallelSearch;
  private crew: Crew | undefined;

  constructor(model: Model, first: Row, options: ExploreOptions) {
    this.model = model;
    this.options = options;
    this.searching = new Search(model, first, options);
    const { crew, fingerprints } = options;
    if (crew !== undefined && crew.threads > 1 && fingerprints !== true) this.crew = crew;
  }

  /** Goes back to where a search of this model was saved. Call before `run`. */
  restore(saved: SavedSearch): void {
    if (this.searching instanceof Search) this.searching.restore(saved);
  }

  /** What is needed to go on later, after a bound cut the search. */
  saved(): SavedSearch {
    return this.searching.saved();
  }

  run(maxStates: number): SearchResult {
    const { crew, model, options } = this;
    if (crew !== undefined && this.searching instanceof Search) {
      const alone = crew.waits === true ? 1 : Math.min(statesBeforeThreads, maxStates);
      const begun = this.searching.run(alone);
      if (begun.bound !== "states" || maxStates <= alone) return begun;
      this.searching = parallelSearch(model, this.searching, options, crew) ?? this.searching;
      this.crew = undefined;
    }
    return this.searching.run(maxStates);
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
  options: Pick<
    ExploreOptions,
    "cell" | "maxStates" | "maxBytes" | "interrupted" | "crew" | "progress"
  >,
): readonly Move[] | undefined {
  const plain = new PlainSearch(model, first, { ...options, ...goal });
  const result = plain.run(options.maxStates ?? Number.POSITIVE_INFINITY);
  return result.stoppedAt === undefined ? undefined : result.runTo(result.stoppedAt);
}
