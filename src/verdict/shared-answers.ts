/**
 * Kernels that differ only in what a search never asked give the same answer. A search that stored
 * every state it passed knows each step at which an actor stood, and a step's code names the places
 * of the kernel's table that it may read. Another kernel whose table agrees there, and whose first
 * state is the same, takes the same steps from the same states: its search need not be run.
 * Not shared: answers of reduced searches (they pass through states that they do not store), of
 * other schedules, and of searches that somebody interrupted.
 */
import type { Test } from "../litmus/index.ts";
import type { Row } from "../step/index.ts";
import type { CheckResult } from "./result.ts";
import type { World } from "./world.ts";

interface Known {
  readonly world: World;
  readonly maxStates: number;
  /** Places in the kernel's table that the search may have read. */
  readonly asked: readonly number[];
  readonly result: CheckResult;
}

/** The answers for one test at a time; hand the same one to `check` for each of its kernels. */
export class SharedAnswers {
  private test: Test | undefined;
  private known: Known[] = [];

  /** What another kernel's search says of `world`, if it must be the same. */
  find(world: World, maxStates: number): CheckResult | undefined {
    if (this.test !== world.test) return undefined;
    const found = this.known.find((one) => one.maxStates === maxStates && isSameSearch(one, world));
    return found && { ...found.result, kernel: world.kernel.name, seconds: 0 };
  }

  /** `stood` has 1 for every step at which an actor stood. */
  keep(world: World, maxStates: number, stood: Uint8Array, result: CheckResult): void {
    if (this.test !== world.test) {
      this.test = world.test;
      this.known = [];
    }
    const { steps } = world.model.machine;
    const asked = new Set<number>();
    for (const [step, here] of stood.entries())
      if (here) for (const place of steps[step]?.asks ?? []) asked.add(place);
    this.known.push({ world, maxStates, asked: [...asked], result });
  }
}

function isSameSearch({ world: other, asked }: Known, world: World): boolean {
  return (
    other.model.machine === world.model.machine &&
    asked.every((place) => other.model.decisions[place] === world.model.decisions[place]) &&
    isSameRow(other.first, world.first)
  );
}

function isSameRow(one: Row, other: Row): boolean {
  return one.length === other.length && one.every((cell, at) => cell === other[at]);
}
