/**
 * diff: the shortest tests on which two kernels differ, one for each cause and each kind of damage,
 * every one confirmed by the checker; or, with none, how far was looked.
 */
import { type DecisionName, findKernel, type Kernel } from "../kernels/index.ts";
import { type ExpectedVerdict, printFile, type Test } from "../litmus/index.ts";
import type { Machine } from "../step/index.ts";
import { check } from "../verdict/check.ts";
import type { CheckResult } from "../verdict/result.ts";
import { type Alphabet, type AlphabetOptions, alphabet } from "./alphabet.ts";
import { bench, notModelled } from "./bench.ts";
import { commitsOf, differingDecisions, GraphPool, smallestCause } from "./cause.ts";
import { KnownClasses, needsOf } from "./classes.ts";
import { nowhere, type Operation } from "./operation.ts";
import { type Judged, judgeDifference, type Outcome } from "./outcome.ts";
import { type Difference, type ProductResult, product } from "./product.ts";
import { replay, sameReplay } from "./replay.ts";
import { wordOf, writeTest } from "./write-test.ts";

export interface DiffOptions extends AlphabetOptions {
  readonly depth?: number;
  /** At most so many tests. */
  readonly limit?: number;
  readonly machine?: Machine;
  /** The second kernel's paths, where they are not the first's: a user's own kernel. */
  readonly otherMachine?: Machine;
  readonly interrupted?: () => boolean;
  readonly maxPairs?: number;
  /** Called with each test when it is found. */
  readonly onTelling?: (telling: Telling) => void;
  /** What earlier searches of the same two kernels told: not told again, and numbers go on. */
  readonly known?: KnownClasses;
}

export interface Telling {
  readonly test: Test;
  readonly litmus: string;
  readonly outcome: Outcome;
  readonly verdicts: Readonly<Record<string, ExpectedVerdict>>;
  readonly results: readonly [CheckResult, CheckResult];
  readonly decisions: readonly DecisionName[];
  readonly commits: readonly string[];
  readonly length: number;
}

export interface DiffResult {
  readonly kernels: readonly [string, string];
  readonly tests: readonly Telling[];
  /** Every program up to `depth` over these operations was looked at. */
  readonly complete: boolean;
  readonly depth: number;
  readonly operations: readonly string[];
  readonly pages: readonly string[];
  /** The families of the operations, and the kinds of the pages. */
  readonly families: readonly string[];
  readonly kinds: readonly string[];
  readonly pairs: number;
  readonly transitions: number;
  readonly bound: ProductResult["bound"] | "frames";
  /** Differences that the checker did not confirm; none is expected. */
  readonly unconfirmed: readonly string[];
  readonly notModelled: readonly string[];
}

export const defaultDepth = 6;
export const defaultLimit = 12;

/** The shortest tests that tell `one` from `other`. */
export function diff(one: Kernel, other: Kernel, options: DiffOptions = {}): DiffResult {
  const letters = alphabet(options);
  const missing = notModelled(letters);
  const search = new DiffSearch(one, other, letters, options);
  const depth = options.depth ?? defaultDepth;
  const found = search.run(depth);
  return {
    kernels: [one.name, other.name],
    tests: search.tests,
    complete: found.bound === undefined && !search.exhausted,
    depth: found.depth,
    operations: letters.operations.map(({ name }) => name),
    pages: letters.pages.map(({ name }) => name),
    families: [...new Set(letters.operations.map(({ family }) => family))],
    kinds: options.kinds ?? ["anon"],
    pairs: found.pairs,
    transitions: found.transitions,
    bound: found.bound ?? (search.exhausted ? "frames" : undefined),
    unconfirmed: search.unconfirmed,
    notModelled: missing,
  };
}

class DiffSearch {
  readonly tests: Telling[] = [];
  readonly unconfirmed: string[] = [];
  private readonly kernels: readonly [Kernel, Kernel];
  private readonly alphabet: Alphabet;
  private readonly options: DiffOptions;
  private readonly pools: readonly [GraphPool, GraphPool];
  private readonly candidates: readonly DecisionName[];
  private readonly known: KnownClasses;
  private readonly causes: (readonly DecisionName[])[] = [];

  constructor(one: Kernel, other: Kernel, letters: Alphabet, options: DiffOptions) {
    this.kernels = [one, other];
    this.alphabet = letters;
    this.options = options;
    this.known = options.known ?? new KnownClasses();
    const left = new GraphPool(bench(letters, options.machine));
    const alike = options.otherMachine === undefined || options.otherMachine === options.machine;
    const right = alike ? left : new GraphPool(bench(letters, options.otherMachine));
    this.pools = [left, right];
    this.candidates = differingDecisions(one, other);
  }

  get exhausted(): boolean {
    return this.kernels.some((kernel, side) => this.pools[side]!.of(kernel).exhausted);
  }

  run(depth: number): ProductResult {
    const { options } = this;
    const limit = options.limit ?? defaultLimit;
    return product(this.pools[0].of(this.kernels[0]), this.pools[1].of(this.kernels[1]), {
      depth,
      ...(options.interrupted ? { interrupted: options.interrupted } : {}),
      ...(options.maxPairs === undefined ? {} : { maxPairs: options.maxPairs }),
      onDifference: (difference) => {
        this.consider(difference);
        return this.tests.length >= limit;
      },
    });
  }

  private consider({ program }: Difference): void {
    const operations = program.map((o) => this.alphabet.operations[o]!);
    const ends = [
      replay(this.pools[0].of(this.kernels[0]), program),
      replay(this.pools[1].of(this.kernels[1]), program),
    ] as const;
    const judged = judgeDifference(this.alphabet, operations, ends);
    const decisions = this.causeOf(program, ends[1]);
    const { outcome, bad } = judged;
    const found = { outcome, bad, decisions, needs: needsOf(operations) };
    if (this.known.has(found)) return;
    const telling = this.confirm(operations, judged, decisions);
    if (telling === undefined) return;
    this.known.add(found);
    this.tests.push(telling);
    this.options.onTelling?.(telling);
  }

  /** A cause already met is tried first; a single decision before any set. */
  private causeOf(
    program: readonly number[],
    end: ReturnType<typeof replay>,
  ): readonly DecisionName[] {
    const [base, donor] = this.kernels;
    const pool = this.pools[1];
    const behaves = (kernel: Kernel) => sameReplay(replay(pool.of(kernel), program), end);
    if (behaves(base)) return [];
    for (const known of this.causes)
      if (smallestCause(base, donor, known, behaves)?.length === known.length) return known;
    const found = smallestCause(base, donor, this.candidates, behaves) ?? this.candidates;
    this.causes.push(found);
    this.causes.sort((a, b) => a.length - b.length);
    return found;
  }

  private confirm(
    program: readonly Operation[],
    judged: Judged,
    decisions: readonly DecisionName[],
  ): Telling | undefined {
    const [one, other] = this.kernels;
    const name = wordOf(`${one.name}+${other.name}+${this.known.size + 1}`);
    const doc = docOf(judged, this.kernels);
    const draft = writeTest(this.alphabet, program, judged, { name, doc, expectations: [] });
    const words = program.map((operation) => operation.name).join(" ");
    if (draft === undefined) {
      this.tell(`${judged.outcome}: ${words}`);
      return undefined;
    }
    const { machine, otherMachine } = this.options;
    const results = [
      check(draft, one, machine === undefined ? {} : { machine }),
      check(draft, other, (otherMachine ?? machine) ? { machine: (otherMachine ?? machine)! } : {}),
    ] as const;
    const verdicts = results.map(({ verdict }) => verdict);
    if (verdicts[0] === verdicts[1] || verdicts.some((verdict) => !isExpected(verdict))) {
      this.tell(`${judged.outcome} (${verdicts.join(", ")}): ${words}`);
      return undefined;
    }
    const expected = verdicts as ExpectedVerdict[];
    const test = {
      ...draft,
      expectations: this.kernels.flatMap((kernel, side) => statedOf(kernel, expected[side]!)),
    };
    return {
      test,
      litmus: printFile(test),
      outcome: judged.outcome,
      verdicts: { [one.name]: expected[0]!, [other.name]: expected[1]! },
      results,
      decisions,
      commits: commitsOf(other, decisions),
      length: program.length,
    };
  }

  private tell(text: string): void {
    if (this.unconfirmed.length < unconfirmedMax) this.unconfirmed.push(text);
  }
}

const unconfirmedMax = 20;

function isExpected(verdict: string): verdict is ExpectedVerdict {
  return verdict === "never" || verdict === "sometimes" || verdict === "always";
}

const damage: Readonly<Record<Outcome, string>> = {
  "lost DMA write": "What the device writes never reaches the process that registered the page.",
  "stale device read": "The device goes on reading a page that its process has left.",
  leak: "A write becomes visible where it must not be.",
  "lost write": "A process loses what it wrote.",
  "stale read": "A process reads old content.",
  refused: "The kernel refuses the operation.",
  killed: "The process is killed, or its page is gone.",
  stuck: "The operation never ends.",
};

/** Nothing is stated of a user's kernel or a variant: a test names only what everybody has. */
function statedOf({ name }: Kernel, verdict: ExpectedVerdict): Test["expectations"] {
  if (findKernel(name) === undefined) return [];
  return [{ range: { kind: "one", name }, verdict, span: nowhere }];
}

function docOf({ outcome, bad }: Judged, kernels: readonly [Kernel, Kernel]): string {
  return `${damage[outcome]} On ${kernels[bad].name}, not on ${kernels[bad === 0 ? 1 : 0].name}.`;
}
