/**
 * Which decisions a search rests on: those that its steps read from the kernel's table, and those
 * that wrote the first state.
 */
import { type DecisionName, decisionNames, type Kernel } from "../kernels/index.ts";
import { seenOn } from "../kernels/seen.ts";
import type { Test } from "../litmus/index.ts";
import type { Model } from "../step/index.ts";
import type { AskedDecision } from "./result.ts";
import { threadsShareMm } from "./thread-world.ts";

/** What `loadWorld` asks a kernel when it writes the first state of `test`. */
export function askedAtTheStart(test: Test): readonly DecisionName[] {
  return threadsShareMm(test) ? ["wp.reuse", "fault.vmaLock"] : ["wp.reuse"];
}

/** Places in the kernel's table that the model's steps have read, ascending. */
export function askedOf({ asked }: Pick<Model, "asked">): readonly number[] {
  return [...asked.entries()].flatMap(([place, was]) => (was ? [place] : []));
}

/** The decisions at those places of `kernel`'s table, and how each is known. */
export function askedBy(kernel: Kernel, places: readonly number[]): readonly AskedDecision[] {
  const all = answersOf.get(kernel) ?? answers(kernel);
  answersOf.set(kernel, all);
  return places.map((place) => all[place]!);
}

const answersOf = new WeakMap<Kernel, readonly AskedDecision[]>();

function answers(kernel: Kernel): readonly AskedDecision[] {
  return decisionNames.map((name) => {
    const real = seenOn(kernel, name)
      .map((seen) => seen.kernel)
      .sort();
    const evidence = real.length > 0 ? "seen" : kernel.decisions[name].evidence.kind;
    return { name, evidence, seenOn: real };
  });
}
