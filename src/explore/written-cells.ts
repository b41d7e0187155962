/**
 * Where in a row a step may write: the fields that its description names, and the actors' own cells,
 * for a step moves its actor on and may start another. A successor differs from its parent nowhere
 * else, so nowhere else need be looked at.
 */
import type { Machine, Model } from "../step/index.ts";

/** For a step, the numbers of the pieces of `cells` cells that it may change, ascending. */
export type PiecesWritten = (step: number) => Int32Array;

/** Layouts of one machine whose pieces are remembered: kernels and variants of a test share one. */
const layoutsMax = 64;
const known = new WeakMap<Machine, Map<string, PiecesWritten>>();

export function piecesWritten(
  { machine, layout }: Pick<Model, "machine" | "layout">,
  cells: number,
): PiecesWritten {
  const layouts = known.get(machine) ?? new Map<string, PiecesWritten>();
  known.set(machine, layouts);
  const key = `${cells} ${layout.width} ${Object.values(layout.counts).join(" ")}`;
  const before = layouts.get(key);
  if (before !== undefined) return before;
  if (layouts.size >= layoutsMax) layouts.clear();
  const made = remembered(machine, layout, cells);
  layouts.set(key, made);
  return made;
}

function remembered(machine: Machine, layout: Model["layout"], cells: number): PiecesWritten {
  const { offsets, counts, actorBase, width } = layout;
  const found: (Int32Array | undefined)[] = [];
  return (step) => {
    const before = found[step];
    if (before !== undefined) return before;
    const pieces = new Set<number>();
    const add = (from: number, to: number): void => {
      for (let p = Math.floor(from / cells); p * cells < to; p++) pieces.add(p);
    };
    const writes = machine.steps[step]?.writes;
    if (writes === undefined) add(0, actorBase);
    for (const field of writes ?? []) {
      const from = offsets.get(field)!;
      const count = counts[field.split(".")[0]!] ?? 0;
      if (count > 0) add(from, from + count);
    }
    add(actorBase, width);
    const made = Int32Array.from(pieces).sort();
    found[step] = made;
    return made;
  };
}
