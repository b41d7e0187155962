/**
 * If a reduction drops a behaviour that matters, the reduced search loses a final state, a local
 * state of some actor or a bug that the plain search of the same model has.
 */
import { describe, expect, it } from "vitest";
import { lookupModel } from "../../bench/lookup/model.ts";
import { pinIsLost, raceModel, watchedOfRace } from "../../bench/race/model.ts";
import type { Row } from "../../src/step/index.ts";
import { both, toy } from "./support.ts";

const all = { ample: true, chains: true, symmetry: true };
const ampleOnly = { ample: true, chains: false };

describe("reductions keep finals, local states and bugs", () => {
  it.each([
    { pages: 1, pinners: 1, rounds: 1, safe: true },
    { pages: 1, pinners: 1, rounds: 2, safe: false },
    { pages: 1, pinners: 2, rounds: 1, safe: false },
    { pages: 2, pinners: 1, rounds: 2, safe: true },
    { pages: 2, pinners: 2, rounds: 1, safe: true },
    { pages: 2, pinners: 2, rounds: 1, safe: false },
    { pages: 2, pinners: 1, rounds: 1, safe: true, pageLock: true },
  ])("of the race $pages x $pinners, rounds $rounds, safe $safe", (size) => {
    const race = raceModel(size);
    const options = { goal: pinIsLost(race.model, size), watched: watchedOfRace(race.model, size) };
    for (const reduce of [all, ampleOnly]) {
      const { plain, reduced } = both(race, reduce, { ...options, pure: reduce.chains });
      expect(reduced.finals).toEqual(plain.finals);
      expect(reduced.locals).toEqual(plain.locals);
      expect(reduced.bug).toBe(plain.bug);
      expect(reduced.result.states * 2).toBeLessThan(plain.result.states);
    }
  });

  it("of a look-up with retries", () => {
    const { goal, watched, ...lookup } = lookupModel({ slots: 2, readers: 3 });
    const { plain, reduced } = both(lookup, all, { goal, watched, pure: true });
    expect(reduced.finals).toEqual(plain.finals);
    expect(reduced.locals).toEqual(plain.locals);
    expect(reduced.bug).toBe(plain.bug);
    expect(reduced.result.states * 2).toBeLessThan(plain.result.states);
  });

  it("of a loop that waits for nobody: the other actor is not ignored", () => {
    const source = `
      export function* spin() { for (;;) { yield "look"; if (world.stop[0]) return; yield "again"; } }
      export function* stop() { yield "one"; world.a[0] = 1; yield "two"; world.stop[0] = 1; }`;
    const spinning = toy(
      source,
      ["stop", "a"],
      [
        { statements: [{ entry: "spin", arguments: [] }] },
        { statements: [{ entry: "stop", arguments: [] }] },
      ],
    );
    const { plain, reduced } = both(spinning, all);
    expect(reduced.finals).toEqual(plain.finals);
    expect(reduced.finals).toHaveLength(1);
  });

  it("of a loop that never ends: another actor still gets to every local state", () => {
    const source = `
      export function* forever() { for (;;) { yield "tick"; world.a[0] ^= 1; } }
      export function* work() { yield "one"; world.b[0] = 1; yield "two"; world.b[0] = 2; yield "three"; }`;
    const ticking = toy(
      source,
      ["a", "b"],
      [
        { statements: [{ entry: "work", arguments: [] }] },
        { statements: [{ entry: "forever", arguments: [] }] },
      ],
    );
    const { plain, reduced } = both(ticking, all);
    expect(reduced.locals).toEqual(plain.locals);
  });

  it("of a lock: whoever waits depends on what its condition reads", () => {
    const source = `
      export function* take(me) {
        yield "lock"; until(world.lock[0] === 0); world.lock[0] = 1;
        yield "read"; const old = world.sum[0];
        yield "write"; world.sum[0] = old * 2 + me;
        yield "unlock"; world.lock[0] = 0;
      }`;
    const locked = toy(
      source,
      ["lock", "sum"],
      [1, 2, 3].map((me) => ({
        statements: [{ entry: "take", arguments: [me] }],
      })),
    );
    const { plain, reduced } = both(locked, all);
    expect(plain.finals).toHaveLength(6);
    expect(reduced.finals).toEqual(plain.finals);
  });

  it("of an actor that another one starts", () => {
    const source = `
      export function* parent() { yield "before"; world.a[0] = 1; yield "start"; start(1); yield "after"; world.a[0] = 2; }
      export function* child() { yield "look"; world.b[0] = world.a[0]; }`;
    const born = toy(
      source,
      ["a", "b"],
      [
        { statements: [{ entry: "parent", arguments: [] }] },
        { statements: [{ entry: "child", arguments: [] }], waits: true },
      ],
    );
    const { plain, reduced } = both(born, all);
    expect(plain.finals).toHaveLength(2);
    expect(reduced.finals).toEqual(plain.finals);
  });

  it("of an index that another actor may change between two steps", () => {
    const source = `
      export function* follow() { yield "aim"; const i = world.at[0]; yield "shoot"; world.hit[i] = 1; }
      export function* move() { yield "move"; world.at[0] = 2; yield "look"; world.saw[0] = world.hit[0] + 2 * world.hit[2]; }`;
    const aimed = toy(
      source,
      ["at", "hit", "saw"],
      [
        { statements: [{ entry: "follow", arguments: [] }] },
        { statements: [{ entry: "move", arguments: [] }] },
      ],
      3,
    );
    const { plain, reduced } = both(aimed, all);
    expect(reduced.finals).toEqual(plain.finals);
  });

  it("of a choice: every alternative is taken", () => {
    const source = `export function* pick(me) { yield "choose"; const n = choose(3); yield "tell"; world.a[me] = n; }`;
    const chosen = toy(
      source,
      ["a"],
      [0, 1].map((me) => ({
        statements: [{ entry: "pick", arguments: [me] }],
      })),
      2,
    );
    const { plain, reduced } = both(chosen, all);
    expect(plain.finals).toHaveLength(9);
    expect(reduced.finals).toEqual(plain.finals);
    expect(reduced.result.states).toBeLessThan(plain.result.states);
  });

  it("of a goal over two actors' cells, only if its cells are watched", () => {
    const source = `export function* blink(me) { yield "on"; world.lamp[me] = 1; yield "off"; world.lamp[me] = 0; }`;
    const lamps = toy(
      source,
      ["lamp"],
      [0, 1].map((me) => ({
        statements: [{ entry: "blink", arguments: [me] }],
      })),
      2,
    );
    const goal = (row: Row) => row[0] === 1 && row[1] === 1;
    expect(both(lamps, all, { goal, watched: [[0, 1]] }).reduced.bug).toBe(true);
    expect(both(lamps, all, { goal, watched: [[0, 1]], pure: true }).reduced.bug).toBe(true);
    expect(both(lamps, all, { goal }).reduced.bug).toBe(false);
  });
});
