/**
 * If the access check were blind to some step, a footprint that is too narrow there would go
 * unnoticed, and with it whatever the reductions lose. Each access that a step of the memory manager
 * really makes in these tests is left out of that step's footprint, and must be reported.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { accessBreaches, stepAccesses } from "../../src/explore/access-check.ts";
import { footprintsOf } from "../../src/explore/footprints.ts";
import { search } from "../../src/explore/search.ts";
import { findKernel } from "../../src/kernels/index.ts";
import { cellName, type Row } from "../../src/step/index.ts";
import { loadWorld, type World } from "../../src/verdict/world.ts";
import { library } from "../verdict/library.ts";

/** Tests of several paths; each takes seconds for its hundreds of mutants. */
const cases = [
  ["FORK+gup-fast+ro", "v5.9"],
  ["FORK+gup-fast", "v5.11"],
  ["COW+two-threads", "v6.12"],
  ["NUMA+migrate+pin", "v6.1"],
  ["LEAK+vfio-child+anon", "v5.9"],
  ["COW+private-mapping+untouched-private-shmem", "v5.9"],
  ["VFORK+exit", "v5.9"],
] as const;

/** One access of a step, in a row where it is made. */
interface Made {
  readonly row: Row;
  readonly step: number;
  readonly cell: number;
  readonly write: boolean;
}

const all = library();

function worldOf(test: string, kernel: string): World {
  const found = all.find((one) => one.test.name === test)!;
  return loadWorld(found.test, findKernel(kernel)!);
}

/** Every access that each step makes somewhere; a cell that is read and written counts as written. */
function accessesMade({ model, first }: World): readonly Made[] {
  const { actorBase, actorStride } = model.layout;
  const found = new Map<string, Made>();
  search(model, first, {
    cell: "u16",
    onState: (row) => {
      model.actors.forEach((_, actor) => {
        const step = row[actorBase + actor * actorStride]!;
        if (step === 0) return;
        const { reads, writes } = stepAccesses(model, row, actor);
        const note = (cell: number, write: boolean) => {
          const key = `${step} ${cell} ${write}`;
          if (cell < actorBase && !found.has(key))
            found.set(key, { row: row.slice(), step, cell, write });
        };
        for (const cell of writes) note(cell, true);
        for (const cell of reads) if (!writes.has(cell)) note(cell, false);
      });
      return false;
    },
  });
  const all = [...found.values()];
  return all.filter(({ step, cell, write }) => write || !found.has(`${step} ${cell} true`));
}

describe.each(cases)("%s on %s", (test, kernel) => {
  let world: World;
  let made: readonly Made[];
  beforeAll(() => {
    world = worldOf(test, kernel);
    made = accessesMade(world);
  }, 120_000);

  it("makes no access outside the footprints", { timeout: 120_000 }, () => {
    const { model, first } = world;
    const footprints = footprintsOf(model, first, "u16")!;
    for (const { row } of made) expect(accessBreaches(model, row, footprints)).toEqual([]);
  });

  it("and every access left out of a step's footprint is reported", { timeout: 120_000 }, () => {
    const { model, first } = world;
    const rest = new Set(made);
    const missed: string[] = [];
    let mutations = 0;
    while (rest.size > 0) {
      // One access of each step at a time: what a step's footprint lacks concerns that step alone.
      const left = new Map<number, Made>();
      for (const one of rest) if (!left.has(one.step)) left.set(one.step, one);
      const footprints = footprintsOf(model, first, "u16", {
        forgets: (step, cell) => left.get(step)?.cell === cell,
      })!;
      for (const one of left.values()) {
        rest.delete(one);
        mutations++;
        const name = cellName(model.machine.schema, model.layout, one.cell);
        const { label } = model.machine.steps[one.step]!;
        const what = `"${label}" ${one.write ? "writes" : "reads"} ${name}`;
        const told = accessBreaches(model, one.row, footprints);
        if (!told.some((breach) => breach.includes(what))) missed.push(what);
      }
    }
    expect(missed).toEqual([]);
    expect(mutations).toBeGreaterThan(50);
  });
});
