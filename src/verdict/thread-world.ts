/**
 * What only threads that share an mm can show: translations that outlive their entries, and faults
 * under a VMA's own lock. Other tests have no cells for either, and pay nothing.
 */
import type { Kernel } from "../kernels/index.ts";
import type { Test } from "../litmus/ast.ts";

/** Whether a thread may write through a translation that a path, or clear_refs for good, left. */
export function translationsOutlive(test: Test): boolean {
  return (
    threadsShareMm(test) || test.actors.some(({ statements }) => statements.some(clearsReferences))
  );
}

/** Whether faults may run while mmap_lock is held for writing. */
export function vmasHaveLocks(test: Test, kernel: Kernel): boolean {
  return kernel.decisions["fault.vmaLock"].value !== "none" && threadsShareMm(test);
}

/** Whether two actors of the test run in one mm. */
export function threadsShareMm(test: Test): boolean {
  const alive = test.actors.filter(({ role }) => role === "process" || role === "thread");
  return new Set(alive.map(({ process }) => process)).size < alive.length;
}

function clearsReferences(statement: Test["actors"][number]["statements"][number]): boolean {
  return statement.kind === "call" && statement.operation === "clear_refs";
}
