/** Which reorderings a search lets happen: what `--memory` and `--without-reordering` ask for. */
import { type MemoryOrder, reorderings } from "../mm/reorderings.ts";
import type { Memory } from "./result.ts";

export const sequential: Memory = { order: "sequential", reorderings: [] };

/** The memory of a search; under weak order all named reorderings but those left out. */
export function memoryOf(order: MemoryOrder, without: readonly string[] = []): Memory {
  if (order === "sequential") return sequential;
  const names = reorderings.map(({ name }) => name).filter((name) => !without.includes(name));
  return { order, reorderings: names };
}
