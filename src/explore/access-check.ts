/**
 * Footprints against the truth: a step of the code that runs, with every access it makes logged,
 * must stay inside what its footprint declares, write only values that tracing foresaw, and depend on
 * no value of a cell in which it is said to count. Slow; for tests and for doubts.
 */
import { cellName, type Model, type Row } from "../step/index.ts";
import type { Footprints } from "./footprints.ts";

/** What the enabled steps of a row do outside their footprints, in words; empty when all is well. */
export function accessBreaches(model: Model, row: Row, footprints: Footprints): readonly string[] {
  const { actorBase, actorStride } = model.layout;
  const breaches: string[] = [];
  footprints.locate(row);
  model.actors.forEach((actor, number) => {
    const base = actorBase + number * actorStride;
    const step = model.steps[row[base]!];
    if (row[base] === 0 || !step) return;
    for (let choice = 0, count = 1; choice < count; choice++) {
      const logged = recorded(row.slice());
      count = step(logged.row, base, number, choice);
      const report = (cell: number, what: string) => {
        const of = cellName(model.machine.schema, model.layout, cell);
        const { label } = model.machine.steps[row[base]!]!;
        breaches.push(`${actor.name}: "${label}" ${what} ${of}`);
      };
      for (const cell of logged.reads)
        if (cell < actorBase && !footprints.declares(number, cell, false)) report(cell, "reads");
      for (const [cell, value] of logged.writes) {
        if (cell >= actorBase) continue;
        if (!footprints.declares(number, cell, true)) report(cell, "writes");
        const foreseen = footprints.values.of(cell);
        if (count > 0 && foreseen && !foreseen.includes(value)) report(cell, `puts ${value} into`);
        if (!footprints.commutes(number, cell)) continue;
        const twin = row.slice();
        twin[cell]!++;
        step(twin, base, number, choice);
        if (differsBeyond(logged.after, twin, cell)) report(cell, "depends on");
      }
    }
  });
  return breaches;
}

/** The cells that the step of `actor` touches in a row, over all its alternatives. */
export function stepAccesses(
  model: Model,
  row: Row,
  actor: number,
): { readonly reads: ReadonlySet<number>; readonly writes: ReadonlySet<number> } {
  const { actorBase, actorStride } = model.layout;
  const base = actorBase + actor * actorStride;
  const reads = new Set<number>();
  const writes = new Set<number>();
  for (let choice = 0, count = 1; choice < count; choice++) {
    const logged = recorded(row.slice());
    count = model.steps[row[base]!]!(logged.row, base, actor, choice);
    for (const cell of logged.reads) reads.add(cell);
    if (count > 0) for (const cell of logged.writes.keys()) writes.add(cell);
  }
  return { reads, writes };
}

/** Whether rows that were one apart in `cell` before a step differ in more than that after it. */
function differsBeyond(one: Row, other: Row, cell: number): boolean {
  const before = one[cell]!;
  const mask = one.BYTES_PER_ELEMENT === 1 ? 0xff : 0xffff;
  if (other[cell] !== before && other[cell] !== ((before + 1) & mask)) return true;
  return one.some((value, i) => i !== cell && value !== other[i]);
}

/** A row that logs which cells are read, and which are written with what. */
function recorded(row: Row) {
  const reads = new Set<number>();
  const writes = new Map<number, number>();
  const proxy = new Proxy(row, {
    get: (target, cell) => {
      reads.add(Number(cell));
      return target[Number(cell)];
    },
    set: (target, cell, value: number) => {
      target[Number(cell)] = value;
      writes.set(Number(cell), target[Number(cell)]!);
      return true;
    },
  });
  return { row: proxy as Row, after: row, reads, writes };
}
