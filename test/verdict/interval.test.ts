import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { wilsonInterval } from "../../src/verdict/interval.ts";

describe("wilsonInterval", () => {
  it("gives the known values", () => {
    // Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
    const rounded = (hits: number, trials: number) => {
      const { low, high } = wilsonInterval(hits, trials);
      return [Number(low.toFixed(4)), Number(high.toFixed(4))];
    };
    expect(rounded(81, 263)).toEqual([0.2553, 0.3662]);
    expect(rounded(15, 148)).toEqual([0.0624, 0.1605]);
    expect(rounded(0, 20)).toEqual([0, 0.1611]);
    expect(rounded(1, 29)).toEqual([0.0061, 0.1718]);
  });

  it("holds the rate, stays in 0..1 and mirrors", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (trials, share) => {
          const hits = Math.round(trials * share);
          const { low, high } = wilsonInterval(hits, trials);
          const mirror = wilsonInterval(trials - hits, trials);
          expect(low).toBeGreaterThanOrEqual(0);
          expect(high).toBeLessThanOrEqual(1);
          expect(low).toBeLessThanOrEqual(hits / trials);
          expect(high).toBeGreaterThanOrEqual(hits / trials);
          expect(mirror.high).toBeCloseTo(1 - low, 9);
        },
      ),
    );
  });

  it("knows nothing without a trial", () => {
    expect(wilsonInterval(0, 0)).toEqual({ low: 0, high: 1 });
  });
});
