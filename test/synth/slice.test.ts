/** Smallest slices and subsets, against all slices tried. */
import { describe, expect, it } from "vitest";
import { smallestSlice, smallestSubset } from "../../src/synth/slice.ts";

const numbers = Array.from({ length: 17 }, (_, i) => i);

describe("smallestSlice", () => {
  it("keeps exactly what is needed, in order", () => {
    const needs = (wanted: readonly number[]) => (slice: readonly number[]) =>
      wanted.every((one) => slice.includes(one));
    expect(smallestSlice(numbers, needs([3, 11, 16]))).toEqual([3, 11, 16]);
    expect(smallestSlice(numbers, needs([]))).toEqual([]);
    expect(smallestSlice(numbers, needs(numbers))).toEqual(numbers);
  });

  it("never drops an element that alone was needed", () => {
    const parity = (slice: readonly number[]) => slice.length % 2 === 1;
    expect(smallestSlice(numbers, parity)).toHaveLength(1);
  });
});

describe("smallestSubset", () => {
  it("prefers one element to two, whatever their order", () => {
    const either = (subset: readonly number[]) =>
      subset.includes(16) || (subset.includes(0) && subset.includes(1));
    expect(smallestSubset(numbers, either)).toEqual([16]);
  });

  it("is undefined if not even all will do", () => {
    expect(smallestSubset(numbers, () => false)).toBeUndefined();
  });

  it("shrinks what is larger than it searches exactly", () => {
    const needs = (subset: readonly number[]) => [1, 5, 9].every((one) => subset.includes(one));
    expect(smallestSubset(numbers, needs, 1)).toEqual([1, 5, 9]);
  });
});
