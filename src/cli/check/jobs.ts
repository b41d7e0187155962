/**
 * The work of a check or a comparison: one job a test and kernel. Whoever does the jobs (a worker
 * thread, a fake in a test) answers them in order and stops when told.
 */
import type { Progress } from "../../explore/search.ts";
import type { Test } from "../../litmus/ast.ts";
import type { Diagnostic } from "../../step/diagnostic.ts";
import type { ForcedResult } from "../../verdict/forced.ts";
import type { Order } from "../../verdict/orders.ts";
import type { CheckResult, Memory } from "../../verdict/result.ts";
import type { Variant } from "./choose-kernels.ts";
import type { SearchReductions } from "./reduction-options.ts";

export interface CheckJob {
  readonly test: Test;
  readonly kernel: string;
  /** How the kernel is made, where it is none that is modelled by name. */
  readonly variant?: Variant;
  readonly schedule: "free" | "serial";
  readonly memory: Memory;
  readonly statesMax: number | undefined;
  /** Files to save a cut search in, and to go on from. */
  readonly checkpoint?: { readonly to?: string; readonly from?: string };
  /** Every run is asked for, in classes. */
  readonly all?: boolean;
  /** No report will show a run, or what a verdict rests on: both take long to tell. */
  readonly brief?: boolean;
  /** Bytes of states, and seconds, after which a search is cut. */
  readonly bytesMax?: number | undefined;
  readonly secondsMax?: number | undefined;
  readonly fingerprints?: boolean;
  readonly reductions?: SearchReductions;
}

/** The same test on the same kernel, in given orders of whole statements. */
export interface ForcedJob {
  readonly test: Test;
  readonly kernel: string;
  readonly schedule: "forced";
  readonly orders: readonly Order[];
}

export type CheckAnswer =
  | { readonly kind: "result"; readonly result: CheckResult }
  /** One result an order. */
  | { readonly kind: "forced"; readonly results: readonly ForcedResult[] }
  /** The model refuses the test by name, e.g. because it leaves a page kind out. */
  | { readonly kind: "refused"; readonly diagnostics: readonly Diagnostic[] }
  /** A checkpoint that is none of this check: the file, the place, and why. */
  | { readonly kind: "unusable"; readonly message: string }
  /** An error of ours. */
  | { readonly kind: "crashed"; readonly message: string; readonly stack: string };

/**
 * Does jobs and tells each answer, and how a long search goes; returns when all are done or the
 * signal stopped it.
 */
export type Checker = (
  jobs: readonly (CheckJob | ForcedJob)[],
  signal: AbortSignal,
  onAnswer: (index: number, answer: CheckAnswer) => void,
  onProgress?: (index: number, progress: Progress, seconds: number) => void,
) => Promise<void>;
