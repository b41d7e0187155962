/**
 * Which tests notice a decision: a kernel with one decision set to another value that some kernel
 * gives is a kernel like any other, and a test on which its verdict differs shows the decision.
 * Only decisions that the kernel's own search asked can change it, so the others are not tried.
 */
import {
  type DecisionName,
  decisionNames,
  decisionValues,
  type Kernel,
  withDecisions,
} from "../kernels/index.ts";
import type { Test } from "../litmus/index.ts";
import type { DecisionValue } from "../step/index.ts";
import { askedAtTheStart } from "../verdict/asked.ts";
import { type CheckOptions, check } from "../verdict/check.ts";
import { memoryOf } from "../verdict/memory.ts";
import type { CheckResult } from "../verdict/result.ts";
import { SharedAnswers } from "../verdict/shared-answers.ts";

/** Where the library's searches are cut: first all flips, then those that nothing noticed. */
export const libraryStates: readonly number[] = [1_500, 30_000];
/** Where the search of a racing program is cut. */
export const raceStates = 30_000;

/** One decision of one kernel, set to another value. */
export interface Flip {
  readonly kernel: Kernel;
  readonly name: DecisionName;
  readonly value: DecisionValue;
}

/** Every flip of a kernel's decisions, in the order of decisions.ts. */
export function flipsOf(kernel: Kernel): readonly Flip[] {
  return decisionNames.flatMap((name) =>
    decisionValues(name)
      .filter((value) => value !== kernel.decisions[name].value)
      .map((value) => ({ kernel, name, value })),
  );
}

/** "v5.11 with fork.copyPinned=false" */
export function flipName({ kernel, name, value }: Flip): string {
  return `${kernel.name} with ${name}=${value}`;
}

const made = new WeakMap<Kernel, Map<string, Kernel>>();

/** The kernel that a flip makes; made once. */
export function flipped(flip: Flip): Kernel {
  const name = flipName(flip);
  const known = made.get(flip.kernel) ?? new Map<string, Kernel>();
  made.set(flip.kernel, known);
  const kernel = known.get(name) ?? withDecisions(flip.kernel, name, { [flip.name]: flip.value });
  known.set(name, kernel);
  return kernel;
}

export interface Noticed {
  readonly flip: Flip;
  /** The kernel's own verdict, and that of the flipped one. */
  readonly verdicts: readonly [CheckResult["verdict"], CheckResult["verdict"]];
}

/**
 * The flips of each kernel that `test` notices, among those that are `wanted`. A search that was cut
 * notices nothing, and neither does an operation that the flipped kernel refuses where the verdict
 * was "never": nothing is lost where nothing happens.
 */
export function noticedBy(
  test: Test,
  kernels: readonly Kernel[],
  wanted: (flip: Flip) => boolean,
  options: Pick<CheckOptions, "maxStates">,
): readonly Noticed[] {
  const answers = new SharedAnswers();
  const quick = { ...options, answers, runs: false } as const;
  const ask = (kernel: Kernel, flip: Flip): CheckResult =>
    check(test, kernel, { ...quick, ...orderFor(flip) });
  return kernels.flatMap((kernel) => {
    const flips = flipsOf(kernel).filter(wanted);
    const [first] = flips;
    if (first === undefined) return [];
    const asked = [
      ...askedAtTheStart(test),
      ...check(test, kernel, quick).asks.map(({ name }) => name),
    ];
    return flipsAsked(flips, asked).flatMap((flip): Noticed[] => {
      const own = ask(kernel, flip);
      if (!tells(own)) return [];
      const changed = ask(flipped(flip), flip);
      const verdicts = [own.verdict, changed.verdict] as const;
      return differs(own, changed) ? [{ flip, verdicts }] : [];
    });
  });
}

/** The flips of decisions that a search asked. */
export function flipsAsked(
  flips: readonly Flip[],
  asked: readonly DecisionName[],
): readonly Flip[] {
  return flips.filter(({ name }) => asked.includes(name));
}

/** Barriers matter only where memory may reorder: such flips are asked under weak order. */
export function orderFor({ name }: Pick<Flip, "name">): Pick<CheckOptions, "memory"> {
  return name.startsWith("order.") ? { memory: memoryOf("weak") } : {};
}

function tells({ complete, verdict }: CheckResult): boolean {
  return complete && verdict !== "vacuous" && verdict !== "unknown";
}

function differs(own: CheckResult, changed: CheckResult): boolean {
  if (!changed.complete || changed.verdict === own.verdict) return false;
  if (changed.verdict !== "vacuous") return true;
  return own.verdict !== "never" || (changed.refused ?? []).length === 0;
}
