/**
 * bisect: where along the lineage a test's verdict changed, and the smallest set of decisions that
 * changes it: what a fix consists of, or a regression.
 */
import type { DecisionName, Kernel } from "../kernels/index.ts";
import type { Test } from "../litmus/index.ts";
import { expand, parseFile, printFile } from "../litmus/index.ts";
import { check } from "../verdict/check.ts";
import type { VerdictWord } from "../verdict/result.ts";
import { commitsOf, differingDecisions, smallestCause } from "./cause.ts";

export interface Change {
  readonly from: string;
  readonly to: string;
  readonly verdicts: readonly [VerdictWord, VerdictWord];
  /** Taken from `to`, these alone make `from` give `to`'s verdict. */
  readonly decisions: readonly DecisionName[];
  readonly commits: readonly string[];
}

export interface BisectResult {
  readonly test: string;
  readonly verdicts: readonly { readonly kernel: string; readonly verdict: VerdictWord }[];
  /** Oldest first; empty if the verdict is the same everywhere. */
  readonly changes: readonly Change[];
  readonly notModelled: readonly string[];
}

export interface BisectOptions {
  readonly maxStates?: number;
  readonly interrupted?: () => boolean;
}

/** Asks every kernel of `line`, oldest first, and explains each change. */
export function bisect(
  test: Test,
  line: readonly Kernel[],
  options: BisectOptions = {},
): BisectResult {
  const results = line.map((kernel) => check(test, kernel, { ...options, runs: false }));
  const verdicts = results.map(({ kernel, verdict }) => ({ kernel, verdict }));
  const changes = line.slice(1).flatMap((kernel, i): Change[] => {
    const before = results[i]!.verdict;
    const after = results[i + 1]!.verdict;
    if (before === after || before === "unknown" || after === "unknown") return [];
    return [explain(test, line[i]!, kernel, [before, after], options)];
  });
  const notModelled = [...new Set(results.flatMap((result) => result.notModelled))];
  return { test: test.name, verdicts, changes, notModelled };
}

/** The smallest set of `to`'s decisions that gives `from` its verdict. */
export function explain(
  test: Test,
  from: Kernel,
  to: Kernel,
  verdicts: readonly [VerdictWord, VerdictWord],
  options: BisectOptions = {},
): Change {
  const behaves = (kernel: Kernel) =>
    check(test, kernel, { ...options, runs: false }).verdict === verdicts[1];
  const decisions = smallestCause(from, to, differingDecisions(from, to), behaves) ?? [];
  const commits = commitsOf(to, decisions);
  return { from: from.name, to: to.name, verdicts, decisions, commits };
}

/** The test over another kind of pages; undefined where the language refuses it. */
export function overKind(test: Test, kind: string): Test | undefined {
  const parsed = parseFile(`Linux KIND\n{ page x = ${kind}; }\nP0 { }\nexists (true)\n`);
  const declared = parsed.ok ? expand(parsed.value)[0]!.declarations[0] : undefined;
  if (declared === undefined) return undefined;
  const { pageKind, modifiers } = declared;
  const declarations = test.declarations.map((one) => ({ ...one, pageKind, modifiers }));
  const name = `${test.name}+${kind.replaceAll(" ", "-")}`;
  const text = printFile({ ...test, name, declarations, expectations: [], result: undefined });
  const again = parseFile(text);
  const sound = again.ok && again.diagnostics.every(({ severity }) => severity !== "error");
  return sound ? expand(again.value)[0] : undefined;
}
