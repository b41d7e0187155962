/** `--reductions` and its parts: how a search is told to leave states out, with the same verdict. */
import type { CheckOptions } from "../../verdict/check.ts";

export interface ReductionOptions {
  /** True: from the first state; false: never; undefined: once a search proves large. */
  readonly reductions: boolean | undefined;
  readonly ample: boolean;
  readonly chains: boolean;
  readonly symmetry: boolean;
}

export type SearchReductions = Pick<CheckOptions, "reduce" | "plainStates">;

/** Nothing where nothing was asked for. */
export function searchReductions(options: ReductionOptions): SearchReductions {
  const { reductions, ample, chains, symmetry } = options;
  const isReduced = reductions !== false;
  const isWhole = isReduced && ample && chains && symmetry;
  return {
    ...(isWhole
      ? {}
      : {
          reduce: {
            ample: isReduced && ample,
            chains: isReduced && chains,
            symmetry: isReduced && symmetry,
          },
        }),
    ...(reductions === true ? { plainStates: 0 } : {}),
  };
}
