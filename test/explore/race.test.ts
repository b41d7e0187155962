/**
 * If the explorer or the stepper drops or invents an interleaving, these counts differ from those
 * that SPIN, Murphi and TLC print for the same step list.
 */
import { describe, expect, it } from "vitest";
import { lookupModel } from "../../bench/lookup/model.ts";
import { pinIsLost, raceModel } from "../../bench/race/model.ts";
import { search } from "../../src/explore/search.ts";

describe("the race of fork and GUP-fast, unreduced", () => {
  it.each([
    { pages: 1, pinners: 1, states: 2_780, transitions: 7_048 },
    { pages: 2, pinners: 2, states: 290_374, transitions: 1_016_880 },
  ])("has the peers' counts at ($pages,$pinners)", ({ pages, pinners, states, transitions }) => {
    const size = { pages, pinners, rounds: 1, safe: true };
    const { model, first } = raceModel(size);
    const result = search(model, first, { cell: "u8", onState: pinIsLost(model, size) });
    expect(result).toMatchObject({ states, transitions, bound: undefined, stoppedAt: undefined });
  });

  it("has SPIN's counts with a page lock, and another protocol too", () => {
    const size = { pages: 2, pinners: 2, rounds: 1, safe: true, pageLock: true };
    const { model, first } = raceModel(size);
    const locked = search(model, first, { cell: "u8", onState: pinIsLost(model, size) });
    expect(locked).toMatchObject({ states: 203_678, transitions: 693_737, stoppedAt: undefined });
    const lookup = lookupModel({ slots: 3, readers: 3 });
    const found = search(lookup.model, lookup.first, { cell: "u8", onState: lookup.goal });
    expect(found).toMatchObject({ states: 106_383, transitions: 424_802, stoppedAt: undefined });
  });

  it("has the same counts when states are told apart by 64 bits, in less memory", () => {
    const size = { pages: 2, pinners: 2, rounds: 1, safe: true };
    const { model, first } = raceModel(size);
    const onState = pinIsLost(model, size);
    const result = search(model, first, { cell: "u8", onState, fingerprints: true });
    expect(result).toMatchObject({ states: 290_374, transitions: 1_016_880, bound: undefined });
    const maxBytes = 20 * 2 ** 20;
    const cut = (fingerprints: boolean) =>
      search(model, first, { cell: "u8", onState, fingerprints, maxBytes }).bound;
    expect([cut(true), cut(false)]).toEqual([undefined, "memory"]);
  });

  it("loses a pin without the sequence check", () => {
    const size = { pages: 1, pinners: 1, rounds: 1, safe: false };
    const { model, first } = raceModel(size);
    const result = search(model, first, { cell: "u8", onState: pinIsLost(model, size) });
    expect(result.stoppedAt).toBeDefined();
  });
});
