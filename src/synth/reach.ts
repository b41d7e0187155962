/**
 * reach: which mappings get to a step. For each kind of mapping, the shortest program on which one
 * kernel takes the step, over all programs up to a depth; or, with none, how far was looked. So one
 * asks "what does this test in fork exclude?" by search, not by memory.
 */
import type { Kernel } from "../kernels/index.ts";
import { mmMachine } from "../mm/index.ts";
import type { Machine, StepDescription } from "../step/index.ts";
import { type AlphabetOptions, alphabet } from "./alphabet.ts";
import { bench, notModelled } from "./bench.ts";
import { KernelGraph, NOT_APPLICABLE } from "./graph.ts";

export interface ReachOptions {
  readonly depth?: number;
  /** Mappings to try; all that a program can be written about unless said otherwise. */
  readonly kinds?: readonly string[];
  readonly families?: readonly string[];
  readonly machine?: Machine;
  readonly interrupted?: () => boolean;
}

export interface Reached {
  readonly mapping: string;
  /** The operations of a shortest program; undefined: no program gets there. */
  readonly program: readonly string[] | undefined;
  readonly states: number;
  readonly complete: boolean;
}

export interface ReachResult {
  readonly kernel: string;
  readonly wanted: string;
  readonly depth: number;
  readonly operations: readonly string[];
  readonly mappings: readonly Reached[];
  /** What a mapping can be that the model leaves out. */
  readonly notModelled: readonly string[];
}

export const mappings: readonly string[] = [
  "anon",
  "untouched anon",
  "readonly anon",
  "swapped anon",
  "zero",
  "thp",
  "pte-mapped thp",
  "untouched thp",
  "hugetlb",
  "untouched hugetlb",
  "shared anon",
  "shmem",
  "private shmem",
  "untouched private shmem",
  "file",
  "private file",
  "untouched private file",
];

/** Two adjacent base pages make one mapping, so that one of them may be what the other is not. */
const pagesOfMapping = 2;
const defaultDepth = 3;
const defaultFamilies = [
  ...["write", "read", "pin", "vmsplice", "mprotect", "dontneed", "free", "fork", "exit", "unpin"],
];

const outside = ["VM_MIXEDMAP and VM_PFNMAP mappings"];

/** The paths and labels that `reach` can be asked for. */
export function reachable(machine: Machine = mmMachine()): readonly string[] {
  const names = machine.steps.flatMap((step) => (step === undefined ? [] : namesOf(step)));
  return [...new Set(names)];
}

function namesOf({ label, path }: StepDescription): readonly string[] {
  return [label, ...path.map(({ name }) => name)];
}

/** Asks every mapping whether a program gets to the path or label `wanted`. */
export function reach(kernel: Kernel, wanted: string, options: ReachOptions = {}): ReachResult {
  const machine = options.machine ?? mmMachine();
  const steps = new Set(
    machine.steps.flatMap((step, i) => (step && namesOf(step).includes(wanted) ? [i] : [])),
  );
  const families = options.families ?? defaultFamilies;
  const depth = options.depth ?? defaultDepth;
  const kinds = options.kinds ?? mappings;
  const missing = new Set<string>(outside);
  const found = kinds.map((mapping): Reached => {
    const letters = alphabet({ ...alphabetOf(mapping), families });
    for (const one of notModelled(letters)) missing.add(one);
    return {
      mapping,
      ...searchFor(steps, new KernelGraph(bench(letters, machine), kernel), depth, options),
    };
  });
  const { operations } = alphabet({ ...alphabetOf("anon"), families });
  return {
    kernel: kernel.name,
    wanted,
    depth,
    operations: operations.map(({ name }) => name),
    mappings: found,
    notModelled: [...missing],
  };
}

function alphabetOf(mapping: string): AlphabetOptions {
  return { kinds: [mapping], pages: 1, mapped: pagesOfMapping };
}

interface Visited {
  readonly state: number;
  readonly before: Visited | undefined;
  readonly operation: number;
}

/** Breadth first over states between operations. */
function searchFor(
  steps: ReadonlySet<number>,
  graph: KernelGraph,
  depth: number,
  { interrupted }: ReachOptions,
): Omit<Reached, "mapping"> {
  const { operations } = graph.bench.alphabet;
  let reached = false;
  graph.onStep = (step) => {
    reached ||= steps.has(step);
  };
  const seen = new Set([0]);
  let level: Visited[] = [{ state: 0, before: undefined, operation: -1 }];
  for (let length = 0; length < depth && level.length > 0; length++) {
    const next: Visited[] = [];
    for (const at of level) {
      if (interrupted?.()) return { program: undefined, states: seen.size, complete: false };
      for (const operation of operations.keys()) {
        const state = graph.next(at.state, operation);
        const one = { state, before: at, operation };
        if (reached) return { program: programTo(one, graph), states: seen.size, complete: true };
        if (state === NOT_APPLICABLE || seen.has(state)) continue;
        seen.add(state);
        next.push(one);
      }
    }
    level = next;
  }
  return { program: undefined, states: seen.size, complete: !graph.exhausted };
}

function programTo(end: Visited, { bench: { alphabet: letters } }: KernelGraph): readonly string[] {
  const names: string[] = [];
  for (let at: Visited | undefined = end; at.before !== undefined; at = at.before)
    names.push(letters.operations[at.operation]!.name);
  return names.reverse();
}
