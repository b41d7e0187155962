/** What only the guest's own module can do and see, on the rigs that have one. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { itemsOf, runBulk } from "../../src/campaign/bulk.ts";
import { compareOrder } from "../../src/campaign/by-order.ts";
import { findKernel } from "../../src/kernels/index.ts";
import { expand, parseFile, type Test } from "../../src/litmus/index.ts";
import { findModule } from "../../src/rig/build-module.ts";
import { findRig } from "../../src/rig/rigs.ts";

const shelf = (path: string): readonly Test[] => {
  const parsed = parseFile(readFileSync(new URL(`../../litmus/${path}`, import.meta.url), "utf8"));
  if (!parsed.ok) throw new Error(path);
  return expand(parsed.value);
};

const tests = [
  "bugs/EXCLUSIVE+pin+fork.litmus",
  "bugs/MPROTECT+entry.litmus",
  "selftest/GET+mprotect.litmus",
  "bugs/FILE+ropin+fork.litmus",
  "decisions/NUMA+get+entry.litmus",
  "decisions/NUMA+hinted+get.litmus",
  "decisions/NUMA+read+entry.litmus",
  "races/NUMA+pin.litmus",
].flatMap(shelf);

const pairs = [
  ["debian:5.10", "stable-5.10"],
  ["debian:6.1", "stable-6.1"],
] as const;

for (const [name, modelled] of pairs) {
  const rig = await findRig(name);
  const module = rig === undefined ? undefined : await findModule(rig.origin, rig.release);
  const title = `the module of ${name}${module === undefined ? " (skipped: none was built)" : ""}`;

  describe.skipIf(module === undefined)(title, () => {
    it("pins as told and tells the page table, as the model has them", async () => {
      const items = itemsOf(tests, 2, 1);
      const bulk = await runBulk(items, [rig!], { trials: 1 });
      if (!bulk.ok) throw new Error(bulk.problem.message);
      const statuses = items.flatMap(({ test, orders }, index) =>
        orders.map((order, number) => {
          const real = bulk.value.runs[0]!.cases[index]?.[number];
          const { status, why } = compareOrder(test, findKernel(modelled)!, order, real);
          return `${test.name} ${status} ${why}`.trim();
        }),
      );
      expect(statuses).toEqual(
        items.flatMap(({ test, orders }) => orders.map(() => `${test.name} agree`)),
      );
    }, 300_000);
  });
}
