/**
 * `times N`: how often a handle's pages are taken. A cell has no room for a million references, and no rule
 * of a kernel tells many from a few: a base page looks pinned from 1024 references on, which is one pin,
 * and every other rule asks whether there is any that it did not expect. Where all of a test's would not
 * fit, each handle takes as many as its share of a cell has room for.
 */
import type { Call, Test } from "../litmus/ast.ts";
import { GUP_PIN_COUNTING_BIAS } from "../mm/page.ts";
import { HPAGE_PMD_NR } from "../mm/pmd.ts";
import { registering } from "./names.ts";
import { observables } from "./valuation.ts";

/** What a cell has room for, less what processes, caches and kernel actors hold. */
const room = 60_000;
/** A share in which each handle can still look like what it is, whatever kind of references it has. */
const leastShare = HPAGE_PMD_NR * GUP_PIN_COUNTING_BIAS;

/** How often `call` takes its pages in the model. */
export function repetitions(call: Call, test: Test): number {
  const calls = registeringCalls(test);
  if (calls.reduce((sum, one) => sum + one.times * referencesOf(one), 0) <= room) return call.times;
  const share = Math.floor(room / calls.length / referencesOf(call));
  return Math.min(call.times, Math.max(1, share));
}

/** Why the model cannot say what a test asks of so many references; empty when it can. */
export function tooOften(test: Test): readonly string[] {
  const calls = registeringCalls(test);
  if (!takesFewer(test)) return [];
  if (calls.length * leastShare > room) return ["so many handles that take their pages many times"];
  return countsReferences(test) ? ["how many references there are, where they are so many"] : [];
}

/** Whether the model takes pages fewer times than the test says. */
export function takesFewer(test: Test): boolean {
  return registeringCalls(test).some((one) => repetitions(one, test) !== one.times);
}

function registeringCalls({ actors }: Test): readonly Call[] {
  return actors.flatMap(({ statements }) =>
    statements.filter((one) => one.kind === "call").filter((one) => registering.has(one.operation)),
  );
}

/** References of one frame that a single repetition takes, at most. */
function referencesOf({ operation }: Call): number {
  return operation === "get" || operation === "vmsplice" ? HPAGE_PMD_NR : GUP_PIN_COUNTING_BIAS;
}

function countsReferences(test: Test): boolean {
  return observables(test).some((one) => one.kind === "measure" && one.measure === "ref");
}
