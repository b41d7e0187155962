/**
 * A search that was cut, as numbers to go on from: each state by the state and move that led to it,
 * so that eight bytes bring it back, whatever its width. Steps are run again, none is searched for.
 */
export interface SavedSearch {
  /** The state to look into next. */
  readonly state: number;
  readonly transitions: number;
  /** Per state but the first, the state before it and the move: actor * 16 + choice. */
  readonly parents: Int32Array;
  readonly moves: Int32Array;
  /** States in which nobody could move. */
  readonly finals: Int32Array;
  /** Places of the kernel's table that steps have asked for. */
  readonly asked: Uint8Array;
}

/** As SavedSearch, of a search with reductions: a state is where the chain after its move ends. */
export interface SavedReduced {
  readonly state: number;
  readonly transitions: number;
  /** States from which everybody was moved. */
  readonly whole: number;
  readonly parents: Int32Array;
  readonly moves: Int32Array;
  readonly asked: Uint8Array;
  /** A mix of all states, by which a wrong way back is noticed. */
  readonly mix: number;
  /** Rows that came by last: what leads to them is not counted on. */
  readonly recent: Int32Array;
}

export type SavedExploration =
  | ({ readonly kind: "plain" } & SavedSearch)
  | ({ readonly kind: "reduced" } & SavedReduced);

/** Thrown when saved numbers are of no search of this model. */
export class NotThisSearch extends Error {}
