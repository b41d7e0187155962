/**
 * Everything a `check` found, as data: tests, kernels, results and what was expected. The reports
 * (text, table, JSON, KTAP, JUnit) are functions of this and of nothing else.
 */
import type { ExpectedVerdict } from "../litmus/ast.ts";
import type { Diagnostic } from "../step/diagnostic.ts";
import type { Judgement } from "../verdict/judgement.ts";
import type { CheckResult } from "../verdict/result.ts";

/** One test on one kernel. */
export interface Outcome {
  readonly kernel: string;
  readonly expected: ExpectedVerdict | undefined;
  /** `not-run`: the check was interrupted before it came to this. */
  readonly judgement: Judgement | "not-run";
  readonly result: CheckResult | undefined;
  /** Why there is no result, e.g. what the model leaves out. */
  readonly why: readonly string[];
}

export interface CheckedTest {
  readonly name: string;
  readonly file: string;
  /** The test's consequence in plain words. */
  readonly doc: string | undefined;
  readonly hash: string;
  readonly quantifier: "exists" | "~exists" | "forall";
  /** The condition as text, its quantifier first. */
  readonly condition: string;
  readonly outcomes: readonly Outcome[];
}

/** A file that holds no test that could be checked. */
export interface BrokenFile {
  readonly file: string;
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
}

/** A kernel as the reports need it. */
export interface KernelName {
  readonly name: string;
  readonly summary: string;
  /** The modelled kernel whose expectations it is held to, where that is another: a variant's base. */
  readonly expectedOf?: string;
}

export interface CheckReport {
  readonly tests: readonly CheckedTest[];
  readonly broken: readonly BrokenFile[];
  /** The kernels that were asked for, in their printed order. */
  readonly kernels: readonly KernelName[];
  /** The modelled mainline kernels in the order of their release. */
  readonly lineage: readonly string[];
  readonly interrupted: boolean;
}

export interface Tally {
  readonly asExpected: number;
  readonly notAsExpected: number;
  readonly nothingExpected: number;
  readonly inconclusive: number;
  readonly notModelled: number;
  readonly notRun: number;
}

/** How many outcomes there are of each kind. */
export function tally(report: Pick<CheckReport, "tests">): Tally {
  const outcomes = report.tests.flatMap((test) => test.outcomes);
  const count = (judgement: Outcome["judgement"]): number =>
    outcomes.filter((outcome) => outcome.judgement === judgement).length;
  return {
    asExpected: count("as-expected"),
    notAsExpected: count("not-as-expected"),
    nothingExpected: count("nothing-expected"),
    inconclusive: count("inconclusive"),
    notModelled: count("not-modelled"),
    notRun: count("not-run"),
  };
}
