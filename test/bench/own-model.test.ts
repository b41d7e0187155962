/**
 * If a model that somebody brings were built otherwise than described, the bench would search another
 * model than SPIN does; if the goal's effects were wrong, a bug would be lost.
 */
import { fileURLToPath, pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { type OwnModel, ownModel } from "../../bench/own-model.ts";
import { explore } from "../../src/explore/explore.ts";

const file = fileURLToPath(new URL("../../bench/own/map-lock.mjs", import.meta.url));
const given = ((await import(pathToFileURL(file).href)) as { model: OwnModel }).model;

/** One writer and a few readers. */
function small(readers: number): OwnModel {
  return { ...given, actors: [...given.actors.slice(0, 1), ...given.actors.slice(2, 2 + readers)] };
}

function found(described: OwnModel, reduced: boolean) {
  const { model, first, cell, goal, watched } = ownModel(file, described);
  const reduce = { ample: reduced, chains: reduced, symmetry: reduced };
  return explore(model, first, { cell, goal, watched, onState: goal, reduce, plainStates: 0 });
}

describe("a model of one's own", () => {
  it("has SPIN's counts, and with reductions the same verdict from fewer states", () => {
    const plain = found(small(2), false);
    expect([plain.states, plain.transitions]).toEqual([647, 1606]);
    const reduced = found(small(2), true);
    expect([plain.stoppedAt, reduced.stoppedAt]).toEqual([undefined, undefined]);
    expect(reduced.states * 4).toBeLessThan(plain.states);
  });

  it("and loses no bug: a map that begins torn shows it", () => {
    const torn = { ...small(2), first: { "map.to": [1] } };
    for (const reduced of [true, false]) expect(found(torn, reduced).stoppedAt).toBeGreaterThan(0);
  });

  it("is refused with its mistake's name and place", () => {
    expect(() => ownModel(file, { ...given, first: { "map.of": [1] } })).toThrow(
      "no cell map.of[0]",
    );
    const never = [{ cells: ["map.from"], shows: () => false }];
    expect(() => ownModel(file, { ...given, never })).toThrow("'map.from' is no cell");
    const actors = [{ path: "nobody" }];
    expect(() => ownModel(file, { ...given, actors })).toThrow(/map-lock.mjs: No path .* nobody/);
  });
});
