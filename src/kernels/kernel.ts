/**
 * A kernel: a frozen table of named decisions, each with the commit that made it. It extends an
 * earlier kernel and states only what changed; a patch from the list is a kernel like any other.
 */
import { type Decisions, decisions } from "../mm/decisions.ts";
import { mmSchema } from "../mm/state.ts";
import { type DecisionValue, decisionTable } from "../step/index.ts";

/** "fork.presentPte": the name by which a decision is asked, listed and flipped. */
export type DecisionName = {
  [G in keyof Decisions & string]: `${G}.${keyof Decisions[G] & string}`;
}[keyof Decisions & string];

/**
 * Where a decision comes from. Whether it was also seen on a real kernel nobody states: that is
 * computed from real runs, see seen.ts.
 */
export type Evidence =
  | { readonly kind: "read"; readonly where: string }
  | { readonly kind: "mail"; readonly where: string }
  /** Follows from other facts, or recalled; nobody was found stating it. */
  | { readonly kind: "derived"; readonly where: string }
  /** A user's own answer, by `--set` or in a kernel file. */
  | { readonly kind: "set"; readonly where: string };

export interface Decision {
  readonly value: DecisionValue;
  /** What the value does, in one sentence. */
  readonly why: string;
  /** The commit that made it so, 12 digits; undefined for what always was. */
  readonly commit: string | undefined;
  readonly evidence: Evidence;
  /** The kernel whose file states it. */
  readonly since: string;
}

/** A decision as a kernel's file states it. */
export type Stated = Omit<Decision, "since" | "commit"> & { readonly commit?: string };

export interface KernelFile {
  readonly name: string;
  readonly extends?: string;
  /** On the mainline lineage, in whose order ranges like `v5.9..` are read. */
  readonly mainline: boolean;
  readonly summary: string;
  readonly decisions: { readonly [N in DecisionName]?: Stated };
  /** Inherited decisions that were read again in this kernel's own source, and where. */
  readonly readAgain?: { readonly [N in DecisionName]?: string };
}

export interface Kernel {
  readonly name: string;
  readonly extends: string | undefined;
  readonly mainline: boolean;
  readonly summary: string;
  readonly decisions: Readonly<Record<DecisionName, Decision>>;
  /** The decisions that this kernel's own file states. */
  readonly own: readonly DecisionName[];
  /** The table as compiled paths read it. */
  readonly table: Int32Array;
}

export const decisionNames: readonly DecisionName[] = Object.entries(decisions).flatMap(
  ([group, all]) => Object.keys(all).map((name) => `${group}.${name}` as DecisionName),
);

/** The values some kernel gives decision `name`. */
export function decisionValues(name: DecisionName): readonly DecisionValue[] {
  const [group, key] = name.split(".") as [keyof Decisions, string];
  return (decisions[group] as Readonly<Record<string, readonly DecisionValue[]>>)[key]!;
}

/** The kernel that `file` states on top of `base`. The first kernel of all states everything. */
export function makeKernel(file: KernelFile, base: Kernel | undefined): Kernel {
  const made: Partial<Record<DecisionName, Decision>> = { ...base?.decisions };
  for (const name of decisionNames) {
    const stated = file.decisions[name];
    if (stated) made[name] = { ...stated, commit: stated.commit, since: file.name };
    const where = file.readAgain?.[name];
    if (where !== undefined && made[name] !== undefined)
      made[name] = { ...made[name], evidence: { kind: "read", where } };
    if (made[name] === undefined)
      throw new Error(`${file.name} does not decide ${name}, nor does a kernel it extends.`);
  }
  const complete = made as Record<DecisionName, Decision>;
  return Object.freeze({
    name: file.name,
    extends: file.extends,
    mainline: file.mainline,
    summary: file.summary,
    decisions: Object.freeze(complete),
    own: decisionNames.filter((name) => file.decisions[name] !== undefined),
    table: tableOf(complete),
  });
}

function tableOf(all: Readonly<Record<DecisionName, Decision>>): Int32Array {
  return decisionTable(
    mmSchema,
    Object.fromEntries(decisionNames.map((name) => [name, all[name].value])),
  );
}

/** The same kernel with some decisions changed, as `--set fork.copyPinned=off` asks. */
export function withDecisions(
  kernel: Kernel,
  name: string,
  changed: { readonly [N in DecisionName]?: DecisionValue },
): Kernel {
  const stated: { [N in DecisionName]?: Stated } = {};
  for (const key of decisionNames) {
    const value = changed[key];
    if (value !== undefined)
      stated[key] = {
        value,
        why: "Set by hand.",
        evidence: { kind: "set", where: "the command line" },
      };
  }
  return makeKernel(
    {
      name,
      extends: kernel.name,
      mainline: false,
      summary: `${kernel.name}, changed`,
      decisions: stated,
    },
    kernel,
  );
}
