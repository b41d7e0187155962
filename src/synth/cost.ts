/**
 * What fork costs per page: atomic loads and read-modify-writes of the counts that other CPUs share,
 * counted on the steps that one fork of one page takes, class by class of pages.
 */
import { isDone, statementOf } from "../explore/serial.ts";
import type { Kernel } from "../kernels/index.ts";
import { expand, parseFile, type Test } from "../litmus/index.ts";
import type { Machine } from "../step/index.ts";
import { loadWorld } from "../verdict/world.ts";

export interface ForkCost {
  readonly pages: string;
  /** Loads of ref, map and has_pinned that decide something. */
  readonly loads: number;
  /** Atomic additions to ref and map. */
  readonly readModifyWrites: number;
  readonly copies: number;
}

/** The classes of pages: a name, a declaration, and what happens before the fork. */
const classes: readonly (readonly [string, string, string])[] = [
  ["unpinned anon page", "page x = anon;", ""],
  ["unpinned anon page of a process that pinned once", "page x = anon;", "h = pin(x); unpin(h);"],
  ["pinned anon page", "page x = anon;", "h = pin(x, WRITE);"],
  ["read-only anon page", "page x = readonly anon;", ""],
  ["clean anon page after MADV_FREE", "page x = anon;", "madvise(x, FREE);"],
  ["zero page", "page x = zero;", ""],
];

/** The cost of fork on `kernel` for each class of pages. */
export function forkCost(kernel: Kernel, machine?: Machine): readonly ForkCost[] {
  return classes.map(([pages, declaration, before]) => {
    const test = read(
      `Linux COST\n{ ${declaration} }\nP0 { ${before} fork(P1); }\nP1 { }\nexists (true)\n`,
    );
    return { pages, ...countFork(test, kernel, machine) };
  });
}

function read(text: string): Test {
  const parsed = parseFile(text);
  if (!parsed.ok) throw new Error(`A test of the cost of fork does not parse: ${text}`);
  return expand(parsed.value)[0]!;
}

const counts: ReadonlySet<string> = new Set(["page.ref", "page.map", "mm.has_pinned"]);

function countFork(
  test: Test,
  kernel: Kernel,
  machine: Machine | undefined,
): Omit<ForkCost, "pages"> {
  const world = loadWorld(test, kernel, machine);
  const { model } = world;
  model.activate();
  const row = world.first.slice();
  const fork = world.program.actors[0]!.statements.findIndex(({ entry }) => entry === "fork");
  let loads = 0;
  let readModifyWrites = 0;
  let copies = 0;
  while (!isDone(model, row, 0) && statementOf(model, row, 0) <= fork) {
    const counted = statementOf(model, row, 0) === fork;
    const step = model.machine.steps[row[model.layout.actorBase]!]!;
    const inCopy = step.path.some(({ name }) => name.startsWith("copy_"));
    if (counted && inCopy && step.label.startsWith("copy_user_highpage")) copies++;
    if (counted && inCopy && !/anon_rmap of the copy|allocate|free the/.test(step.label)) {
      const writes = step.writes.filter((field) => counts.has(field));
      const reads = step.reads.filter((field) => counts.has(field) && !writes.includes(field));
      if (writes.length > 0) readModifyWrites++;
      else if (reads.length > 0) loads++;
    }
    if (model.steps[row[model.layout.actorBase]!]!(row, model.layout.actorBase, 0, 0) === 0) break;
  }
  return { loads, readModifyWrites, copies };
}
