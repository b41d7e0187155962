/**
 * What a check answers, as data: one test on one kernel under one schedule class. Reports draw it,
 * `compare` sets it beside a real kernel's, `audit` and `synth` read it. Nothing here knows how the
 * search was made.
 */
import type { DecisionName, Evidence } from "../kernels/index.ts";
import type { MemoryOrder } from "../mm/reorderings.ts";

/** A decision that a verdict rests on. */
export interface AskedDecision {
  readonly name: DecisionName;
  /** How it is known at best. */
  readonly evidence: Evidence["kind"] | "seen";
  /** The modelled kernels that the real ones are on which it was seen. */
  readonly seenOn: readonly string[];
}

/**
 * free: every interleaving of atomic steps. serial: statements are atomic, in every order that
 * signal and await allow. forced: one such order.
 */
export type ScheduleClass = "free" | "serial" | "forced";

/** What a search assumes of memory: see src/mm/reorderings.ts. */
export interface Memory {
  readonly order: MemoryOrder;
  /** The named reorderings that may happen; none under sequential consistency. */
  readonly reorderings: readonly string[];
}

export type VerdictWord = "never" | "sometimes" | "always" | "unknown" | "vacuous";

/**
 * One distinct end of the test: the observed registers and locations, in the test's fixed order,
 * each as text: a number, an errno's name, `-` for absent, `refused:EFAULT`, a PTE word.
 */
export interface Valuation {
  readonly values: readonly { readonly name: string; readonly value: string }[];
  /** Whether the condition's bare proposition holds (not its quantifier). */
  readonly holds: boolean;
}

/** One atomic step of a run, with what it changed. */
export interface RunStep {
  /** "P0", "P0.T1", "D0" */
  readonly actor: string;
  /** The statement being executed, as it stands in the test, e.g. `fork(P1);` */
  readonly statement: string;
  /** Nested path names from the outermost, e.g. ["fork", "copy_present_pte(x)"]. */
  readonly path: readonly string[];
  /** e.g. "write-protect the source PTE" */
  readonly label: string;
  /** e.g. [{what: "PTE(P0:x)", before: "frame 0 RW dirty", after: "frame 0 R dirty"}] */
  readonly changes: readonly {
    readonly what: string;
    readonly before: string;
    readonly after: string;
  }[];
  /** Where the step stands in the source: "src/mm/fork.ts:42". */
  readonly source: string;
}

/** Who maps which frame, and each frame's counts: the mail's state picture. */
export interface StatePicture {
  readonly maps: readonly {
    readonly process: string;
    readonly page: string;
    readonly entry: string;
    readonly frame: number | undefined;
  }[];
  readonly frames: readonly {
    readonly frame: number;
    readonly ref: number;
    readonly map: number;
    readonly pins: number;
    readonly data: string;
    readonly flags: readonly string[];
  }[];
  readonly pins: readonly { readonly handle: string; readonly frame: number }[];
}

/** A shortest run. `pictures` holds one per statement boundary: the state after that many steps. */
export interface Run {
  readonly steps: readonly RunStep[];
  readonly pictures: readonly { readonly after: number; readonly picture: StatePicture }[];
  readonly end: Valuation;
}

/** Runs in which every actor takes the same steps and that end in the same state. */
export interface ShownClass {
  readonly run: Run;
  /** How many interleavings the class has, in decimal: it may be more than a number can hold. */
  readonly runs: string;
  /** Actors that wait for ever at the end; such an end counts for no verdict. */
  readonly stuck: readonly string[];
}

export interface ShownClasses {
  readonly classes: readonly ShownClass[];
  /** False when a bound cut the search for classes: there are more of them, and more runs. */
  readonly complete: boolean;
}

/** An invariant that a kernel promises and does not keep, with a shortest run to the breach. */
export interface Breach {
  /** "I5", or "conservation" */
  readonly invariant: string;
  /** What should hold, in plain words. */
  readonly holds: string;
  /** What does not: "frame 1 is exclusive, mapped 2 times". */
  readonly broken: string;
  /** Undefined where the search for it was cut. */
  readonly run: Run | undefined;
}

export interface CheckResult {
  readonly test: string;
  readonly kernel: string;
  readonly schedule: ScheduleClass;
  readonly memory: Memory;
  readonly verdict: VerdictWord;
  /** False when a bound cut the search. */
  readonly complete: boolean;
  /** The bound that cut it, in words, e.g. "1,000,000 states". */
  readonly bound: string | undefined;
  readonly quantifier: "exists" | "~exists" | "forall";
  /** Distinct final valuations, sorted. */
  readonly valuations: readonly Valuation[];
  readonly states: number;
  readonly transitions: number;
  readonly seconds: number;
  /** Shortest run to a valuation for which the proposition holds (for forall: fails); undefined if none. */
  readonly run: Run | undefined;
  /** The first breach of what the kernel promises of every state. */
  readonly broken: Breach | undefined;
  /** Why the verdict is vacuous, operations never reached, ends in which somebody waits for ever ... */
  readonly notes: readonly string[];
  /** Registrations that the kernel refused in some run, by handle. */
  readonly refused?: readonly string[];
  /**
   * The kernel's decisions that steps of the search read, each with how it is known: what the
   * verdict rests on.
   */
  readonly asks: readonly AskedDecision[];
  /** All runs in classes, where they were asked for. */
  readonly classes?: ShownClasses;
  /** What the test touches that the model leaves out. */
  readonly notModelled: readonly string[];
}
