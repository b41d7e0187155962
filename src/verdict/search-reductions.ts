/**
 * Which reductions a search is told to use, in words: part of what a search is, so that a saved one
 * is not gone on with by other rules, and an answer's counts are given for no other search.
 */
import { reductionsOf } from "../explore/explore.ts";
import type { Reductions } from "../explore/reduced-search.ts";

export interface AskedReductions {
  readonly reduce?: Partial<Reductions>;
  readonly plainStates?: number;
}

/** "without reductions", or "with reductions (ample, chains, symmetry) after 500,000 states". */
export function reductionsText({ reduce, plainStates }: AskedReductions): string {
  const { ample, chains, symmetry } = reductionsOf(reduce);
  if (!ample && !symmetry) return "without reductions";
  // A chain is of moves that are ample alone: without ample sets there is none.
  const names = [...(ample ? ["ample"] : []), ...(ample && chains ? ["chains"] : [])];
  const used = [...names, ...(symmetry ? ["symmetry"] : [])].join(", ");
  return `with reductions (${used}) ${since(plainStates)}`;
}

function since(plainStates: number | undefined): string {
  if (plainStates === undefined) return "once it proves large";
  return plainStates === 0
    ? "from the first state"
    : `after ${plainStates.toLocaleString("en-US")} states`;
}
