/**
 * A path's source is its own oracle: run as a plain generator it must do, step by step and cell by
 * cell, what its compiled form does. If they differ, the explorer explores another kernel than the
 * one that people read.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Kernel, kernels } from "../../src/kernels/index.ts";
import { type EntryName, mmMachine } from "../../src/mm/index.ts";
import { MmWorld } from "../../src/mm/object/world.ts";
import * as paths from "../../src/mm/paths.ts";
import type { Path } from "../../src/step/index.ts";

const pages = ["x", "y", "z"];
const capacity = { processes: 4, handles: 6, frames: 24 };
const seed = Number(process.env.PINFOLD_SEED ?? 20200926);

interface Call {
  readonly entry: EntryName;
  /** What the entry's parameters of these names are given; others are 0. */
  readonly given: Readonly<Record<string, number>>;
}

const entries = [
  ...["store", "load", "fork", "exit", "munmap", "madvise_dontneed", "madvise_free", "mprotect"],
  ...["mremap", "uffd_wp", "clear_refs", "registration", "unregister_pages", "dma_write"],
  ...["dma_read", "remote_write"],
] as const satisfies readonly EntryName[];

/** What P0 does to its pages, and to those of children it may have; by numbers, as programs are. */
const callOf: fc.Arbitrary<Call> = fc
  .record({
    entry: fc.constantFrom(...entries),
    p: fc.nat(3),
    at: fc.nat(2),
    child: fc.nat(3),
    h: fc.nat(5),
    value: fc.integer({ min: 1, max: 9 }),
    writable: fc.nat(1),
    force: fc.nat(1),
    asked: fc.nat(31),
    through: fc.nat(6),
  })
  .map(({ entry, ...drawn }) => {
    const same = { target: drawn.p, first: drawn.h, k: drawn.h, count: 1, times: 1 };
    return { entry, given: { ...drawn, ...same } };
  });

function argumentsOf({ entry, given }: Call): readonly number[] {
  return mmMachine().entries[entry]!.parameters.map(({ name }) => given[name] ?? 0);
}

/** Whether a test's program could make the call now: living callers, unborn children, fresh handles. */
function possible(world: MmWorld, { entry, given }: Call): boolean {
  const deviceOnly = entry === "unregister_pages" || entry.startsWith("dma_");
  if (!deviceOnly && world.read("process.state", given.p!) !== paths.ALIVE) return false;
  if (entry === "fork") return world.read("process.state", given.child!) === paths.UNBORN;
  if (entry === "registration") return world.read("handle.made", given.h!) === 0;
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
          compiled.run(call.entry, argumentsOf(call));
          source.runPath(() => natively[call.entry]!(...argumentsOf(call)));
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
  const store = argumentsOf({ entry: "store", given: { value: 1 } });
  compiled.run("store", store);
  source.runPath(() => natively.store!(...store));
  expect(source.snapshot()).not.toEqual(compiled.snapshot());
});
