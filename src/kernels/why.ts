/**
 * Why a kernel does what it does: one decision of one kernel with its origin, how it is known, and
 * what the other kernels do instead. Facts only; reports put them into words.
 */
import type { DecisionValue } from "../step/index.ts";
import { type EqualFlip, equalFlips } from "./equal.ts";
import { kernels } from "./index.ts";
import { type Decision, type DecisionName, decisionValues, type Kernel } from "./kernel.ts";
import { type NoticedFlip, testsThatNotice } from "./noticed.ts";
import { type SeenOn, seenOn } from "./seen.ts";

export interface Why extends Decision {
  readonly kernel: string;
  readonly name: DecisionName;
  /** Library tests whose verdict is another when this decision alone has another value. */
  readonly shownBy: readonly NoticedFlip[];
  /** The other values under which no verdict of the library is another, and how far that goes. */
  readonly hiddenUnder: readonly EqualFlip[];
  /** Every answer there is, each with the kernels that give it; an answer no kernel gives has none. */
  readonly answers: readonly Answer[];
  /** Real kernels that showed it, with the tests by which; none where it is read only. */
  readonly seenOn: readonly SeenOn[];
}

export interface Answer {
  readonly value: DecisionValue;
  /** What it does, in the words of the first kernel that gives it. */
  readonly why: string | undefined;
  /** Mainline kernels first, oldest first. */
  readonly kernels: readonly string[];
}

/**
 * One decision of one kernel, and everybody else's.
 *
 * @example
 * const why = whyDecision(findKernel("v5.11")!, "fork.writeProtectSeq");
 * why.since; // "v5.11"
 * why.commit; // "57efa1fe5957"
 * why.answers.find(({ value }) => value === false)?.kernels[0]; // "v4.19"
 */
export function whyDecision(
  kernel: Kernel,
  name: DecisionName,
  among: readonly Kernel[] = kernels,
): Why {
  return {
    kernel: kernel.name,
    name,
    ...kernel.decisions[name],
    answers: answersOf(name, among),
    shownBy: testsThatNotice(kernel.name, name),
    seenOn: seenOn(kernel, name),
    hiddenUnder: equalFlips().filter(
      (flip) => flip.name === name && flip.kernels.includes(kernel.name),
    ),
  };
}

/** Every answer to decision `name`, in the order in which decisions.ts lists them. */
export function answersOf(
  name: DecisionName,
  among: readonly Kernel[] = kernels,
): readonly Answer[] {
  return decisionValues(name).map((value) => {
    const giving = among.filter((kernel) => kernel.decisions[name].value === value);
    return {
      value,
      why: giving[0]?.decisions[name].why,
      kernels: giving.map((kernel) => kernel.name),
    };
  });
}
