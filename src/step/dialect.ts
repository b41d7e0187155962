/**
 * What a path's source may use besides TypeScript's own arithmetic and control flow.
 *
 *     export function* copy_present_pte(at: Vpn): Path {
 *       yield "lock the page table";          // a new atomic step begins here, with its label
 *       until(mm.ptl[m] === 0);               // the step is enabled only while this holds
 *       mm.ptl[m] = 1;
 *       yield "read the source PTE";
 *       const entry = pte.word[slot];
 *       yield* copy_present_page(at, entry);  // another path, inlined
 *     }
 *
 * One step = what another CPU can observe at once: keep one shared access in it. Locals are whole
 * numbers (a comparison counts as 0 or 1). Loops need a `yield` inside. A plain function (no
 * `yield`) may read and write state; it is part of the step that calls it.
 */
import { world } from "./objects.ts";

/** A path: a generator of step labels that returns R. */
export type Path<R = void> = Generator<string, R, undefined>;

/** First in a step: the step may be taken only when this holds. */
export function until(condition: boolean | number): void {
  if (!condition) throw new Blocked();
}

/** A choice that nobody in the model makes: every value below `alternatives` is explored. */
export function choose(alternatives: number): number {
  return world().choose(alternatives);
}

/** The number of the actor that takes the step. */
export function self(): number {
  return world().self;
}

/** Lets another actor begin with its first statement. */
export function start(actor: number): void {
  world().start(actor);
}

/** Thrown by `until` in a natively run path: the step is not enabled now. */
export class Blocked extends Error {}
