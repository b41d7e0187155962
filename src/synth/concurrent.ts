/**
 * diff --concurrent: the shortest programs with one racing pair on which two kernels differ, by the
 * ordinary checker over all interleavings of atomic steps. Kernels that answer alike on everything
 * that a program asks are not searched twice, so most of the programs cost one search or none.
 */
import type { DecisionName, Kernel } from "../kernels/index.ts";
import { type ExpectedVerdict, printFile, type Test } from "../litmus/index.ts";
import type { Machine } from "../step/index.ts";
import { check } from "../verdict/check.ts";
import type { CheckResult } from "../verdict/result.ts";
import { SharedAnswers } from "../verdict/shared-answers.ts";
import { commitsOf, differingDecisions, smallestCause } from "./cause.ts";
import { KnownClasses } from "./classes.ts";
import type { Telling } from "./diff.ts";
import { nowhere } from "./operation.ts";
import { type RacingProgram, racingKinds, racingPrograms } from "./racing-programs.ts";

export interface ConcurrentOptions {
  readonly kinds?: readonly string[];
  readonly limit?: number;
  readonly maxStates?: number;
  readonly machine?: Machine;
  readonly otherMachine?: Machine;
  readonly interrupted?: () => boolean;
}

export interface ConcurrentResult {
  readonly kernels: readonly [string, string];
  readonly tests: readonly Telling[];
  readonly kinds: readonly string[];
  /** Statements of the longest program. */
  readonly depth: number;
  /** Programs that there are, and how many of them were asked to the end on both kernels. */
  readonly programs: number;
  readonly asked: number;
  /** Programs whose search was cut at `maxStates`: nothing is claimed of them. */
  readonly cut: readonly string[];
  readonly maxStates: number;
  readonly bound: "interrupted" | "enough" | undefined;
}

const defaultMaxStates = 300_000;
const defaultLimit = 12;

/** The racing programs that tell `one` from `other`. */
export function diffConcurrent(
  one: Kernel,
  other: Kernel,
  options: ConcurrentOptions = {},
): ConcurrentResult {
  const search = new ConcurrentSearch(one, other, options);
  const bound = search.run();
  const { tests, cut, asked, programs, kinds, maxStates } = search;
  return {
    kernels: [one.name, other.name],
    tests,
    kinds,
    depth: Math.max(...programs.map(({ length }) => length)),
    programs: programs.length,
    asked,
    cut,
    maxStates,
    bound,
  };
}

class ConcurrentSearch {
  readonly tests: Telling[] = [];
  readonly cut: string[] = [];
  readonly kinds: readonly string[];
  readonly programs: readonly RacingProgram[];
  readonly maxStates: number;
  asked = 0;
  private readonly kernels: readonly [Kernel, Kernel];
  private readonly machines: readonly [Machine | undefined, Machine | undefined];
  private readonly candidates: readonly DecisionName[];
  private readonly known = new KnownClasses();
  private readonly answers = new SharedAnswers();
  private readonly interrupted: () => boolean;
  private readonly limit: number;

  constructor(one: Kernel, other: Kernel, options: ConcurrentOptions) {
    this.kernels = [one, other];
    this.machines = [options.machine, options.otherMachine ?? options.machine];
    this.kinds = options.kinds ?? racingKinds;
    this.maxStates = options.maxStates ?? defaultMaxStates;
    this.limit = options.limit ?? defaultLimit;
    this.interrupted = options.interrupted ?? (() => false);
    this.programs = this.kinds.flatMap(racingPrograms);
    this.candidates = differingDecisions(one, other);
  }

  run(): ConcurrentResult["bound"] {
    for (const program of this.programs) {
      if (this.interrupted()) return "interrupted";
      if (this.tests.length >= this.limit) return "enough";
      this.consider(program);
    }
    return undefined;
  }

  private ask(test: Test, kernel: Kernel, side: 0 | 1): CheckResult {
    const machine = this.machines[side];
    return check(test, kernel, {
      maxStates: this.maxStates,
      answers: this.answers,
      interrupted: this.interrupted,
      ...(machine === undefined ? {} : { machine }),
    });
  }

  private consider({ test, outcome, pair, length }: RacingProgram): void {
    const [one, other] = this.kernels;
    const results = [this.ask(test, one, 0), this.ask(test, other, 1)] as const;
    if (results.some(({ complete }) => !complete)) {
      this.cut.push(pair);
      return;
    }
    this.asked++;
    if (results[0].verdict === results[1].verdict || !results.every(isExpected)) return;
    const bad = severity(results[0]) > severity(results[1]) ? 0 : 1;
    const decisions = this.causeOf(test, results[1]);
    const found = { outcome, bad, decisions, needs: [] } as const;
    if (this.known.has(found)) return;
    this.known.add(found);
    const told = this.named(test, outcome, bad, results);
    const [first, second] = results.map(({ verdict }) => verdict as ExpectedVerdict);
    this.tests.push({
      test: told,
      litmus: printFile(told),
      outcome,
      verdicts: { [one.name]: first!, [other.name]: second! },
      results,
      decisions,
      commits: commitsOf(other, decisions),
      length,
    });
  }

  private causeOf(test: Test, wanted: CheckResult): readonly DecisionName[] {
    const [base, donor] = this.kernels;
    const behaves = (kernel: Kernel) => this.ask(test, kernel, 1).verdict === wanted.verdict;
    if (behaves(base)) return [];
    return smallestCause(base, donor, this.candidates, behaves) ?? this.candidates;
  }

  private named(
    test: Test,
    outcome: string,
    bad: 0 | 1,
    results: readonly [CheckResult, CheckResult],
  ): Test {
    const [one, other] = this.kernels;
    const doc = `A race: ${outcome} on ${this.kernels[bad].name}, not so on ${this.kernels[1 - bad]!.name}.`;
    return {
      ...test,
      name: `${one.name}+${other.name}+race-${this.known.size}`,
      doc,
      expectations: this.kernels.map((kernel, side) => ({
        range: { kind: "one", name: kernel.name } as const,
        verdict: results[side]!.verdict as ExpectedVerdict,
        span: nowhere,
      })),
    };
  }
}

const words: readonly string[] = ["never", "sometimes", "always"];

function isExpected({ verdict }: CheckResult): boolean {
  return words.includes(verdict);
}

function severity({ verdict }: CheckResult): number {
  return words.indexOf(verdict);
}
