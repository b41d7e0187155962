/**
 * What diff claims of two kernels, the ordinary checker says: every step of the lineage, every kernel
 * off the line beside the one it extends, and pairs far apart, each through lenses drawn by seed.
 */
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { describe, expect, it } from "vitest";
import { findKernel, type Kernel, kernels } from "../../src/kernels/index.ts";
import { diff, type Telling } from "../../src/synth/diff.ts";
import { stepsOf } from "../../src/synth/history.ts";
import { lenses } from "../../src/synth/lenses.ts";
import { contradictions } from "./claims.ts";

/** PINFOLD_SEED=7 draws other lenses and other pairs. */
const seed = Number(process.env.PINFOLD_SEED ?? 1);
const lensesEach = 2;
const farPairs = 8;

const random = xoroshiro128plus(seed);
const below = (end: number) => uniformInt(random, 0, end - 1);

function pairs(): readonly (readonly [Kernel, Kernel])[] {
  const far = Array.from({ length: farPairs }, () => {
    const one = below(kernels.length);
    const other = (one + 1 + below(kernels.length - 1)) % kernels.length;
    return [kernels[one]!, kernels[other]!] as const;
  });
  return [...stepsOf(kernels), ...far];
}

function found(one: Kernel, other: Kernel): readonly Telling[] {
  return Array.from({ length: lensesEach }, () => lenses[below(lenses.length)]!).flatMap((lens) => {
    const { tests, unconfirmed } = diff(one, other, { ...lens, limit: 6 });
    expect(unconfirmed, `${one.name} ${other.name}`).toEqual([]);
    return tests;
  });
}

describe("what diff claims", () => {
  it("the checker says, for neighbours and for kernels far apart", { timeout: 120_000 }, () => {
    const tellings = pairs().flatMap(([one, other]) => found(one, other));
    expect(tellings.length).toBeGreaterThan(20);
    expect(contradictions(tellings)).toEqual([]);
  });

  it("would be contradicted if the verdicts were exchanged, or the program were another", () => {
    const [one, other] = ["v5.8", "v5.9-rc4"].map((name) => findKernel(name)!);
    const [telling] = diff(one!, other!, { ...lenses[0]!, limit: 1 }).tests;
    const [[first, before], [second, after]] = Object.entries(telling!.verdicts) as [
      [string, "never"],
      [string, "never"],
    ];
    const exchanged = { ...telling!, verdicts: { [first]: after, [second]: before } };
    expect(contradictions([exchanged])).toHaveLength(2);
    const harmless = { ...telling!, litmus: telling!.litmus.replace("dma_write(h, 5)", "x = 1") };
    expect(harmless.litmus).not.toBe(telling!.litmus);
    expect(contradictions([harmless]).length).toBeGreaterThan(0);
  });
});
