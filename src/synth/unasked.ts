/**
 * Decisions of a kernel that its code cannot ask, because the kernel's other decisions lead it past
 * every place where they are asked: equality by construction, for every program of any length.
 */
import { type DecisionName, decisionNames, type Kernel } from "../kernels/index.ts";
import { mmSchema } from "../mm/state.ts";
import type { CompiledFunctions } from "../step/certain.ts";
import { fieldNumbers } from "../step/compile.ts";
import type { Machine } from "../step/index.ts";
import { reachableAsks } from "../step/reachable-asks.ts";

/** What a world is made by, whether a step asks it or not. */
const inFirstStates: readonly DecisionName[] = ["wp.reuse", "fault.vmaLock"];

/** Fields that no first state has anything in, and those that only some kernels' first states have. */
const zeroEverywhere = ["mm.has_pinned", "mm.write_protect_seq", "vma_lock.word", "page.pincount"];

/** The fields that are 0 in every first state of the kernel. */
export function zeroAtFirst(kernel: Kernel): readonly string[] {
  const fields = [...zeroEverywhere];
  if (kernel.decisions["wp.reuse"].value !== "exclusive") fields.push("page.exclusive");
  if (kernel.decisions["fault.vmaLock"].value === "none") fields.push("system.vmaLocks");
  return fields;
}

/** What `kernel` can be given any value of. `functions`: the compiled module of `machine`. */
export function unaskedDecisions(
  kernel: Kernel,
  machine: Machine,
  functions: CompiledFunctions,
): ReadonlySet<DecisionName> {
  const numbers = fieldNumbers(mmSchema);
  const { asked } = reachableAsks(functions, {
    table: kernel.table,
    begins: Object.values(machine.entries).map(({ pc }) => pc),
    zeroAtFirst: zeroAtFirst(kernel).map((field) => numbers.get(field)!),
  });
  return new Set(
    decisionNames.filter((name, place) => !asked.has(place) && !inFirstStates.includes(name)),
  );
}
