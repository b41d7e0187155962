/** What chance decides, from a seed: the same seed draws the same. */
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";

/** One choice among weighted ones. */
export type Weighted<T> = readonly (readonly [weight: number, value: T])[];

export class Draw {
  readonly #generator: RandomGenerator;

  constructor(seed: number) {
    this.#generator = xoroshiro128plus(seed);
  }

  below(bound: number): number {
    return uniformInt(this.#generator, 0, bound - 1);
  }

  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  of<T>(choices: Weighted<T>): T {
    const sum = choices.reduce((total, [weight]) => total + weight, 0);
    let left = this.below(sum);
    for (const [weight, value] of choices) {
      if (left < weight) return value;
      left -= weight;
    }
    throw new Error("assert: the weights add up to their sum");
  }

  /** One of them, all alike. */
  among<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }
}
