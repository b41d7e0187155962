/**
 * A path's source is its own oracle: run as a plain generator it must do, step by step and cell by
 * cell, what its compiled form does. If they differ, the explorer explores another kernel than the
 * one that people read.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Kernel, kernels } from "../../src/kernels/index.ts";
import { MmWorld } from "../../src/mm/object/world.ts";
import * as paths from "../../src/mm/paths.ts";
import type { Path } from "../../src/step/index.ts";

const pages = ["x", "y", "z"];
const capacity = { processes: 4, handles: 6, frames: 24 };
const seed = Number(process.env["PINFOLD_SEED"] ?? 20200926);

interface Call {
  readonly entry: string;
  readonly args: readonly number[];
}

/** What P0 does to its pages, and to those of children it may have; by numbers, as programs are. */
const callOf: fc.Arbitrary<Call> = fc
  .record({
    p: fc.integer({ min: 0, max: 3 }),
    at: fc.integer({ min: 0, max: 2 }),
    h: fc.integer({ min: 0, max: 5 }),
    value: fc.integer({ min: 1, max: 9 }),
    flags: fc.integer({ min: 0, max: 31 }),
    through: fc.integer({ min: 0, max: 6 }),
  })
  .chain(({ p, at, h, value, flags, through }) =>
    fc.constantFrom<Call>(
      { entry: "store", args: [p, at, value] },
      { entry: "load", args: [p, at, 0] },
      { entry: "fork", args: [p, h % 4, 0] },
      { entry: "exit", args: [p] },
      { entry: "munmap", args: [p, at, 1] },
      { entry: "madvise_dontneed", args: [p, at, 1] },
      { entry: "madvise_free", args: [p, at, 1] },
      { entry: "mprotect", args: [p, at, 1, value % 2] },
      { entry: "mremap", args: [p, at, 1] },
      { entry: "uffd_wp", args: [p, at, 1] },
      { entry: "clear_refs", args: [p] },
      { entry: "registration", args: [p, at, 1, h, h, through, flags, 1] },
      { entry: "unregister_pages", args: [h, h, 1] },
      { entry: "dma_write", args: [h, value] },
      { entry: "dma_read", args: [h, 0] },
      { entry: "remote_write", args: [p, at, value, value % 2] },
    ),
  );

const processFirst: ReadonlySet<string> = new Set([
  ...["store", "load", "fork", "exit", "munmap", "madvise_dontneed", "madvise_free", "mprotect"],
  ...["mremap", "uffd_wp", "clear_refs", "registration", "remote_write"],
]);

/** Whether a test's program could make the call now: living callers, unborn children, fresh handles. */
function possible(world: MmWorld, { entry, args }: Call): boolean {
  const [first, second, , fourth] = args;
  if (processFirst.has(entry) && world.read("process.state", first!) !== paths.ALIVE) return false;
  if (entry === "fork") return world.read("process.state", second!) === paths.UNBORN;
  if (entry === "registration") return world.read("handle.made", fourth!) === 0;
  return true;
}

function fresh(kernel: Kernel): MmWorld {
  const world = new MmWorld(kernel, pages, capacity);
  pages.forEach((_, at) => {
    world.write("address.first", at, at);
    world.write("address.pages", at, 1);
    world.write("vma.flags", at, paths.VM_READ | paths.VM_WRITE | paths.VM_MAYWRITE);
  });
  return world;
}

const natively = paths as unknown as Readonly<Record<string, (...args: number[]) => Path<unknown>>>;

test("a path run from its source and its compiled form take the same steps", () => {
  process.stdout.write(`native against compiled: seed ${seed}\n`);
  fc.assert(
    fc.property(
      fc.constantFrom(...kernels),
      fc.array(callOf, { minLength: 1, maxLength: 25 }),
      (kernel, calls) => {
        const compiled = fresh(kernel);
        const source = fresh(kernel);
        for (const call of calls) {
          if (!possible(compiled, call)) continue;
          compiled.run(call.entry, call.args);
          source.runPath(() => natively[call.entry]!(...call.args));
          const labels = (world: MmWorld) => world.steps.map(({ label }) => label);
          expect(labels(source)).toEqual(labels(compiled));
          expect(source.snapshot()).toEqual(compiled.snapshot());
        }
      },
    ),
    { numRuns: 250, seed },
  );
});

test("the comparison can fail: another kernel's source takes other steps", () => {
  const [first] = kernels;
  const last = kernels.find(({ name }) => name === "v7.1")!;
  const compiled = fresh(last);
  const source = fresh(first!);
  compiled.run("store", [0, 0, 1]);
  source.runPath(() => natively["store"]!(0, 0, 1));
  expect(source.snapshot()).not.toEqual(compiled.snapshot());
});
