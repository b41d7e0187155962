/**
 * Kernels that differ only in what a search never asked give the same answer. A step that asks the
 * kernel's table notes the place, so a model knows after its search what that search rested on.
 * Another kernel whose table agrees there, and whose first state is the same, takes the same steps
 * from the same states: its search need not be run. Not shared: answers of other schedules, and of
 * searches that somebody interrupted.
 */
import type { Test } from "../litmus/index.ts";
import type { Row } from "../step/index.ts";
import { askedBy, askedOf } from "./asked.ts";
import { invariants, promises } from "./invariants.ts";
import type { CheckResult } from "./result.ts";
import type { World } from "./world.ts";

interface Known {
  readonly world: World;
  readonly search: AnswerSearch;
  /** Places in the kernel's table that the search read. */
  readonly asked: readonly number[];
  /** Invariants that the kernel promises, and the search watched. */
  readonly promised: readonly string[];
  readonly result: CheckResult;
}

/** What an answer's counts, and where it was cut, rest on besides the model. */
export interface AnswerSearch {
  readonly maxStates: number;
  /** See reductionsText. */
  readonly reductions: string;
}

/** The answers for one test at a time; hand the same one to `check` for each of its kernels. */
export class SharedAnswers {
  private test: Test | undefined;
  private known: Known[] = [];

  /** What another kernel's search says of `world`, if it must be the same. */
  find(world: World, search: AnswerSearch): CheckResult | undefined {
    if (this.test !== world.test) return undefined;
    const promised = promisedTo(world);
    const found = this.known.find(
      (one) =>
        one.search.maxStates === search.maxStates &&
        one.search.reductions === search.reductions &&
        isSameSearch(one, world) &&
        promised.every((name) => one.promised.includes(name)),
    );
    if (found === undefined) return undefined;
    const { kernel } = world;
    return {
      ...found.result,
      kernel: kernel.name,
      seconds: 0,
      asks: askedBy(kernel, found.asked),
    };
  }

  /** Keeps an answer whose search has run to its end. */
  keep(world: World, search: AnswerSearch, result: CheckResult): void {
    if (this.test !== world.test) {
      this.test = world.test;
      this.known = [];
    }
    this.known.push({
      world,
      search,
      asked: askedOf(world.model),
      promised: promisedTo(world),
      result,
    });
  }
}

function isSameSearch({ world: other, asked }: Known, world: World): boolean {
  return (
    other.model.machine === world.model.machine &&
    asked.every((place) => other.model.decisions[place] === world.model.decisions[place]) &&
    isSameRow(other.first, world.first)
  );
}

/** A search watched what its kernel promises: it says nothing of a promise that only another makes. */
function promisedTo({ kernel, test }: World): readonly string[] {
  return invariants.filter((one) => promises(kernel, one, test)).map(({ name }) => name);
}

function isSameRow(one: Row, other: Row): boolean {
  return one.length === other.length && one.every((cell, at) => cell === other[at]);
}
