/**
 * If a footprint misses an access that a step really makes, the check says so; and the search with
 * that footprint loses behaviour, which the comparison of searches says too.
 */
import { describe, expect, it } from "vitest";
import { pinIsLost, raceModel } from "../../bench/race/model.ts";
import { accessBreaches } from "../../src/explore/access-check.ts";
import { type Footprints, footprintsOf } from "../../src/explore/footprints.ts";
import type { Forgets } from "../../src/explore/future-graph.ts";
import { search } from "../../src/explore/search.ts";
import type { Row } from "../../src/step/index.ts";
import { both } from "./support.ts";

const size = { pages: 1, pinners: 2, rounds: 1, safe: false };

function breaches(forgottenField?: string): Set<string> {
  const { model, first } = raceModel(size);
  const footprints = footprintsOf(model, first, "u8", { forgets: forgetting(forgottenField) })!;
  const found = new Set<string>();
  const onState = (row: Row) => {
    for (const breach of accessBreaches(model, row, footprints)) found.add(breach);
    return false;
  };
  search(model, first, { cell: "u8", onState });
  return found;
}

function forgetting(field: string | undefined): Forgets {
  if (field === undefined) return () => false;
  const { layout } = raceModel(size).model;
  const count = layout.counts[field.split(".")[0]!]!;
  const from = layout.offsets.get(field)!;
  return (_, cell) => cell >= from && cell < from + count;
}

describe("footprints hold what steps really touch", () => {
  it("in every state of the race", () => {
    expect([...breaches()]).toEqual([]);
  });

  it.each(["page.pw", "page.pf", "frame.ref", "world.seq", "world.hp"])(
    "and a footprint without %s is caught at the access",
    (field) => {
      if (field === "world.seq") return expect(breaches(field).size).toBeGreaterThan(0);
      expect([...breaches(field)].join("\n")).toContain(field);
    },
  );

  it("and a cell that a step is said to count in, but looks at, is caught", () => {
    const { model, first } = raceModel(size);
    const footprints: Footprints = Object.create(footprintsOf(model, first, "u8")!);
    Object.defineProperty(footprints, "commutes", { value: () => true });
    const found = new Set<string>();
    const onState = (row: Row) => {
      for (const breach of accessBreaches(model, row, footprints)) found.add(breach);
      return false;
    };
    search(model, first, { cell: "u8", onState });
    expect([...found]).toContain('gup_fast 0: "unpin" depends on frame.ref[0]');
  });

  it.each(["frame.ref"])("and by what the search without %s loses", (field) => {
    const race = raceModel(size);
    const options = { goal: pinIsLost(race.model, size), forgets: forgetting(field) };
    const { plain, reduced } = both(race, { ample: true, chains: true }, options);
    expect([reduced.bug, reduced.locals, reduced.finals]).not.toEqual([
      plain.bug,
      plain.locals,
      plain.finals,
    ]);
  });
});
