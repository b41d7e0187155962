/** How the values of options are read. */
import { InvalidArgumentError } from "commander";
import { reorderings } from "../mm/reorderings.ts";

/** An option that may stand several times. */
export function collected(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

/** A reordering of weak memory order, by name. */
export function collectedReordering(value: string, before: readonly string[]): readonly string[] {
  const names = reorderings.map(({ name }) => name);
  if (!names.includes(value))
    throw new InvalidArgumentError(`Reorderings are ${names.join(", ")}.`);
  return [...before, value];
}

/** `--set`, wherever a kernel is named. */
export const setOption = [
  "--set <decision=value>",
  "change a decision of the kernel, e.g. fork.copyPinned=off; may stand several times",
  collected,
  [] as readonly string[],
] as const;

/** A count of at least one; `1e6` and `1_000_000` are counts too. */
export function positiveCount(value: string): number {
  const count = Number(value.replaceAll("_", ""));
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new InvalidArgumentError("Write a whole number of at least 1.");
  }
  return count;
}
