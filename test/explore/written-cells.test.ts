/**
 * If a step wrote where its description does not say so, the search would store its successor without
 * that change: a wrong state, and nobody would see it.
 */
import { describe, expect, it } from "vitest";
import { search } from "../../src/explore/search.ts";
import { piecesWritten } from "../../src/explore/written-cells.ts";
import { kernels } from "../../src/kernels/index.ts";
import { cellName, type Machine } from "../../src/step/index.ts";
import { loadWorld, type World } from "../../src/verdict/world.ts";
import { library } from "../verdict/library.ts";

/** Every change of a cell that a step makes and `machine` does not name, in words. */
function unnamed({ model, first }: World, machine: Machine): ReadonlySet<string> {
  const { layout } = model;
  const named = piecesWritten({ machine, layout }, 1);
  const found = new Set<string>();
  search(model, first, {
    cell: "u16",
    maxStates: 3_000,
    onState: (row) => {
      model.actors.forEach((_, actor) => {
        const base = layout.actorBase + actor * layout.actorStride;
        const pc = row[base]!;
        if (pc === 0) return;
        for (let choice = 0, count = 1; choice < count; choice++) {
          const next = row.slice();
          count = model.steps[pc]!(next, base, actor, choice);
          for (let cell = 0; cell < row.length; cell++)
            if (next[cell] !== row[cell] && !named(pc).includes(cell))
              found.add(`${machine.steps[pc]!.label}: ${cellName(machine.schema, layout, cell)}`);
        }
      });
      return false;
    },
  });
  return found;
}

const worlds = library()
  .filter((_, at) => at % 41 === 0)
  .map(({ test }, at) => loadWorld(test, kernels[at % kernels.length]!))
  .filter(({ notModelled }) => notModelled.length === 0);

describe("a step changes nothing that its description does not name", () => {
  it("in tests of every shelf", { timeout: 120_000 }, () => {
    expect(worlds.length).toBeGreaterThan(20);
    for (const world of worlds) expect([...unnamed(world, world.model.machine)]).toEqual([]);
  });

  it("and where a description leaves a field out, that is seen", () => {
    const world = worlds.find(({ test }) => test.actors.length > 1)!;
    const { machine } = world.model;
    const steps = machine.steps.map(
      (step) => step && { ...step, writes: step.writes.filter((field) => field !== "page.ref") },
    );
    const found = [...unnamed(world, { ...machine, steps })];
    expect(found.length).toBeGreaterThan(0);
    for (const one of found) expect(one).toContain("page.ref");
  });
});
