/**
 * Swap in a test's world: how many slots it needs, what kind of device they are on, and pages that
 * are declared as swapped out. `Swap=zram` among a test's info lines gives it swap in memory, which
 * is read and written at once and past the swap cache; without it swap is a disk.
 */
import type { Kernel } from "../kernels/index.ts";
import type { Test } from "../litmus/ast.ts";
import { PTE_SOFT_DIRTY, PTE_SWAP, PTE_SWAP_EXCLUSIVE } from "../mm/pte.ts";
import type { Names } from "./names.ts";

/** Whether anything in the test can bring a page to swap. */
function usesSwap(test: Test): boolean {
  if (test.declarations.some(({ modifiers }) => modifiers.includes("swapped"))) return true;
  return test.actors.some(({ statements }) =>
    statements.some(
      (one) =>
        one.kind === "call" &&
        (one.operation === "reclaim" ||
          one.arguments.some((a) => a.kind === "flags" && a.flags.includes("PAGEOUT"))),
    ),
  );
}

/** A slot for each process's own copy of each page, and one in the making; none without swap. */
export function slotCount(test: Test, names: Names): number {
  return usesSwap(test) ? names.pageCount * names.processes.length + 1 : 0;
}

/** Whether swap-out and swap-in are over when the device is asked. */
export function swapIsSynchronous(test: Test): boolean {
  return test.info.some(({ key, value }) => key === "Swap" && value === "zram");
}

/**
 * The test as a guest whose swap is memory runs it: what the model is asked beside such a run. A page read
 * past the swap cache is not in it when reclaim looks for pins, as one read from a disk is.
 */
export function onZram(test: Test): Test {
  if (!usesSwap(test) || swapIsSynchronous(test)) return test;
  const span = { start: 0, end: 0 };
  return { ...test, info: [...test.info, { key: "Swap", value: "zram", span }] };
}

/** The entry of a declared page that is in swap slot `s`, and P0's alone. */
export function swappedEntry(s: number, kernel: Kernel): number {
  const exclusive = kernel.decisions["wp.reuse"].value === "exclusive" ? PTE_SWAP_EXCLUSIVE : 0;
  return s | PTE_SWAP | PTE_SOFT_DIRTY | exclusive;
}
