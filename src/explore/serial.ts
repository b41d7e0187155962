/**
 * Statements as single transitions: an actor moves until its next statement begins, or until it
 * has to wait in the middle of one (vfork does). Used for the serial and forced schedule classes.
 */
import type { Model, Row } from "../step/index.ts";

const movesMax = 100_000;

/** A path loops without another actor's help: an error of ours, or of decisions that do not go together. */
export class EndlessStatement extends Error {
  override readonly message =
    "A statement does not end: a path loops without another actor's help.";
}

/** The program statement an actor is at; its program's length once it is done. */
export function statementOf(model: Model, row: Row, actor: number): number {
  return row[model.layout.actorBase + actor * model.layout.actorStride + 1]!;
}

export function isDone(model: Model, row: Row, actor: number): boolean {
  return row[model.layout.actorBase + actor * model.layout.actorStride] === 0;
}

/**
 * Every state in which one statement of `actor` can leave the world, one for each way its choices
 * may fall. Empty when the actor cannot move at all. `until` asks for more than one statement:
 * the actor moves on while it is before program statement `until`.
 */
export function statementEnds(model: Model, from: Row, actor: number, until?: number): Row[] {
  const { layout, steps } = model;
  const base = layout.actorBase + actor * layout.actorStride;
  const start = from[base + 1]!;
  const goal = until ?? start + 1;
  const ends: Row[] = [];
  const pending: { row: Row; moved: boolean }[] = [{ row: from.slice(), moved: false }];
  for (let moves = 0; pending.length > 0; moves++) {
    if (moves > movesMax) throw new EndlessStatement();
    const { row, moved } = pending.pop()!;
    const step = steps[row[base]!];
    if (!step || row[base + 1]! >= goal) {
      if (moved) ends.push(row);
      continue;
    }
    const first = row.slice();
    const count = step(first, base, actor, 0);
    if (count === 0) {
      if (moved) ends.push(row);
      continue;
    }
    for (let choice = count - 1; choice > 0; choice--) {
      const other = row.slice();
      step(other, base, actor, choice);
      pending.push({ row: other, moved: true });
    }
    pending.push({ row: first, moved: true });
  }
  return ends;
}
