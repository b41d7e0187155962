/**
 * Where in a row a step may write: the fields that its description names, and the actors' own cells,
 * for a step moves its actor on and may start another. A successor differs from its parent nowhere
 * else, so nowhere else need be looked at.
 */
import type { Model } from "../step/index.ts";

/** Cells from `from` on, up to `to` and without it. */
export interface CellRange {
  readonly from: number;
  readonly to: number;
}

export type WrittenCells = (step: number) => readonly CellRange[];

export function writtenCells({ machine, layout }: Pick<Model, "machine" | "layout">): WrittenCells {
  const { offsets, counts, actorBase, width } = layout;
  const actors = { from: actorBase, to: width };
  return (step) => {
    const writes = machine.steps[step]?.writes;
    if (writes === undefined) return [{ from: 0, to: width }];
    const fields = writes.map((field) => {
      const from = offsets.get(field)!;
      return { from, to: from + (counts[field.split(".")[0]!] ?? 0) };
    });
    return [...fields, actors].filter(({ from, to }) => from < to);
  };
}
