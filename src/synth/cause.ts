/**
 * Why two kernels differ: the smallest set of decisions that, taken from the second kernel, makes
 * the first behave as the second does. One kernel's table with some of another's answers is a
 * kernel like any other, so the question is asked by running it.
 */
import { type DecisionName, decisionNames, type Kernel, withDecisions } from "../kernels/index.ts";
import type { Bench } from "./bench.ts";
import { KernelGraph } from "./graph.ts";
import { smallestSubset } from "./slice.ts";

/** The decisions on which the kernels' answers differ. */
export function differingDecisions(one: Kernel, other: Kernel): readonly DecisionName[] {
  return decisionNames.filter((name) => one.decisions[name].value !== other.decisions[name].value);
}

/** Hybrids by base, donor and names: a search asks for the same few again and again. */
const hybrids = new WeakMap<Kernel, WeakMap<Kernel, Map<string, Kernel>>>();

/** `base` with the named decisions as `donor` has them. */
export function hybrid(base: Kernel, donor: Kernel, names: readonly DecisionName[]): Kernel {
  const ofBase = hybrids.get(base) ?? new WeakMap<Kernel, Map<string, Kernel>>();
  const known = ofBase.get(donor) ?? new Map<string, Kernel>();
  hybrids.set(base, ofBase.set(donor, known));
  const key = names.join();
  const made = known.get(key) ?? mix(base, donor, names);
  known.set(key, made);
  return made;
}

function mix(base: Kernel, donor: Kernel, names: readonly DecisionName[]): Kernel {
  const changed = Object.fromEntries(names.map((name) => [name, donor.decisions[name].value]));
  return withDecisions(base, `${base.name} with ${names.join(", ")} of ${donor.name}`, changed);
}

/** Smallest set of `candidates` whose donor's answers make `base` satisfy `behaves`. */
export function smallestCause(
  base: Kernel,
  donor: Kernel,
  candidates: readonly DecisionName[],
  behaves: (kernel: Kernel) => boolean,
): readonly DecisionName[] | undefined {
  return smallestSubset(candidates, (names) => behaves(hybrid(base, donor, names)));
}

/** The commits that made `kernel` decide so, without repetition. */
export function commitsOf(kernel: Kernel, names: readonly DecisionName[]): readonly string[] {
  return [...new Set(names.flatMap((name) => kernel.decisions[name].commit ?? []))];
}

/** Graphs of kernels over one bench, made once for each table. */
export class GraphPool {
  readonly bench: Bench;
  private readonly graphs = new Map<string, KernelGraph>();
  private readonly asked = new WeakMap<Kernel, KernelGraph>();

  constructor(bench: Bench) {
    this.bench = bench;
  }

  of(kernel: Kernel): KernelGraph {
    const asked = this.asked.get(kernel);
    if (asked !== undefined) return asked;
    const key = kernel.table.join();
    const graph = this.graphs.get(key) ?? new KernelGraph(this.bench, kernel);
    this.graphs.set(key, graph);
    this.asked.set(kernel, graph);
    return graph;
  }
}
