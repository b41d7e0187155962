/**
 * Classes of findings: one shortest program stands for all that show the same damage on the same
 * side for the same reason and need what it needs. A program that needs more shows nothing new; one
 * that needs something else (a fork here, an mprotect there) is another way to the same damage.
 */
import type { DecisionName } from "../kernels/index.ts";
import type { Operation } from "./operation.ts";
import type { Outcome } from "./outcome.ts";

export interface FindingClass {
  readonly outcome: Outcome;
  /** The side that goes wrong. */
  readonly bad: 0 | 1;
  readonly decisions: readonly DecisionName[];
  readonly needs: readonly string[];
}

export class KnownClasses {
  private readonly known: FindingClass[] = [];

  /** How many tests have been told; the next one's number is one more. */
  get size(): number {
    return this.known.length;
  }

  has({ outcome, bad, decisions, needs }: FindingClass): boolean {
    return this.known.some(
      (one) =>
        one.outcome === outcome &&
        one.bad === bad &&
        one.decisions.join() === decisions.join() &&
        one.needs.every((need) => needs.includes(need)),
    );
  }

  add(one: FindingClass): void {
    this.known.push(one);
  }
}

/** In every program there is something to write, to read and to transfer. */
const everywhere: ReadonlySet<string> = new Set(["write", "read", "dma"]);

/** What a program needs besides reading and writing, by families: "rdma", "fork", "mprotect". */
export function familiesOf(program: readonly Operation[]): readonly string[] {
  const families = program.map(({ family }) => family).filter((family) => !everywhere.has(family));
  return [...new Set(families)].sort();
}

/** Interfaces that take the same kind of pin are one need. */
const pinning: ReadonlySet<string> = new Set(["pin", "longterm", "rdma", "uring", "xdp", "vfio"]);

/** As `familiesOf`, whichever interface makes the pin. */
export function needsOf(program: readonly Operation[]): readonly string[] {
  const needs = familiesOf(program).map((family) => (pinning.has(family) ? "a pin" : family));
  return [...new Set(needs)].sort();
}
