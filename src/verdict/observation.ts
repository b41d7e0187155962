/**
 * What the final valuations say, counted as herd counts: the observation always counts the bare
 * proposition, the witnesses count in favour of the condition, so the two differ for `~exists`.
 */
import type { CheckResult } from "./result.ts";

export interface Observation {
  /** Valuations in which the bare proposition holds, and in which it does not. */
  readonly positive: number;
  readonly negative: number;
  /** Valuations in favour of the condition, and against it. */
  readonly witnesses: number;
  readonly against: number;
  /** Whether the condition with its quantifier is validated by what was seen. */
  readonly validated: boolean;
}

/** Counts the valuations of one result. */
export function observe(result: Pick<CheckResult, "quantifier" | "valuations">): Observation {
  const positive = result.valuations.filter((valuation) => valuation.holds).length;
  const negative = result.valuations.length - positive;
  switch (result.quantifier) {
    case "exists":
      return {
        positive,
        negative,
        witnesses: positive,
        against: negative,
        validated: positive > 0,
      };
    case "~exists":
      return {
        positive,
        negative,
        witnesses: negative,
        against: positive,
        validated: positive === 0,
      };
    case "forall":
      return {
        positive,
        negative,
        witnesses: positive,
        against: negative,
        validated: negative === 0,
      };
  }
}
