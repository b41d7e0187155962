/**
 * If reductions lost what makes a known protocol wrong, or who waits for ever in it, or if a run were
 * longer than it need be, small protocols of which everybody knows the answer would show it.
 */
import { describe, expect, it } from "vitest";
import { shortestRun } from "../../src/explore/explore.ts";
import { search } from "../../src/explore/search.ts";
import type { Row } from "../../src/step/index.ts";
import { type Protocol, protocols } from "./protocols.ts";
import { both, type Toy, toy } from "./support.ts";

function built({ source, cells, actors, count, name }: Protocol): Toy {
  const startsOthers = name === "a stack whose top comes back";
  return toy(
    source,
    cells,
    actors.map(([entry, ...given], i) => ({
      statements: [{ entry, arguments: given }],
      waits: startsOthers && i > 0,
    })),
    count,
  );
}

const all = { ample: true, chains: true, symmetry: true };

function askedOf({ model }: Toy, { never }: Protocol) {
  const watched = never.cells.map((name) => {
    const [, field, index] = /^(\w+)\[(\d)\]$/.exec(name)!;
    return model.layout.offsets.get(`world.${field}`)! + Number(index);
  });
  const goal = (row: Row): boolean => never.shows(...watched.map((cell) => row[cell]!));
  return { goal, watched: [watched] };
}

/** Whether an actor stands before a step in a row where nobody can move; the first cell says where. */
const waits = ({ model }: Toy, row: readonly number[]): boolean =>
  model.actors.some((_, i) => row[model.layout.actorBase + i * model.layout.actorStride] !== 0);

describe("protocols", () => {
  it.each(protocols.map((one) => [one.name, one] as const))("%s", (_, protocol) => {
    const made = built(protocol);
    const asked = askedOf(made, protocol);
    const { goal } = asked;
    const ways = [
      { reduce: all, pure: true },
      { reduce: all, pure: false },
      { reduce: { ...all, symmetry: false }, pure: true },
    ];
    for (const { reduce, pure } of ways) {
      const { plain, reduced } = both(made, reduce, { ...asked, pure });
      expect(plain.bug).toBe(protocol.shows);
      expect(reduced.bug).toBe(protocol.shows);
      expect(reduced.finals).toEqual(plain.finals);
      expect(reduced.locals).toEqual(plain.locals);
      expect(reduced.result.states).toBeLessThanOrEqual(plain.result.states);
      const rows = reduced.finals.map((text) => text.split(" ").map(Number));
      expect(rows.some((row) => waits(made, row))).toBe(protocol.stuck === true);
    }
    const run = shortestRun(made.model, made.first, { onState: goal }, { cell: "u8" });
    expect(run?.length).toBe(distanceTo(made, goal));
  });

  it("lose something where footprints leave everything out", () => {
    const forgets = () => true;
    const losing = protocols.filter((protocol) => {
      const made = built(protocol);
      const { plain, reduced } = both(made, all, { ...askedOf(made, protocol), forgets });
      return plain.bug !== reduced.bug || plain.finals.length > reduced.finals.length;
    });
    expect(losing.length).toBeGreaterThan(10);
  });
});

/** Steps to the nearest row of a goal by distances of the whole space, or undefined. */
function distanceTo({ model, first }: Toy, goal: (row: Row) => boolean): number | undefined {
  const goals: number[] = [];
  const onState = (row: Row, state: number): boolean => {
    if (goal(row)) goals.push(state);
    return false;
  };
  const { runTo } = search(model, first, { cell: "u8", onState });
  return goals.length === 0 ? undefined : Math.min(...goals.map((one) => runTo(one).length));
}
