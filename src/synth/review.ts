/**
 * review: a kernel held against its base. Which tests of the library change their verdict, what new
 * programs tell the two apart, which promises it breaks, and what a fork costs.
 */
import { findKernel, type Kernel, lineage } from "../kernels/index.ts";
import type { Test } from "../litmus/index.ts";
import type { Machine } from "../step/index.ts";
import { check } from "../verdict/check.ts";
import type { Breach, CheckResult, VerdictWord } from "../verdict/result.ts";
import { SharedAnswers } from "../verdict/shared-answers.ts";
import { KnownClasses } from "./classes.ts";
import { type ForkCost, forkCost, type Saving, savingOfCountsLast } from "./cost.ts";
import { type DiffResult, diff, type Telling } from "./diff.ts";
import { type Guard, guards } from "./guards.ts";
import { type Lens, lenses } from "./lenses.ts";
import { type Broken, promises } from "./promises.ts";

export interface Reviewed {
  readonly kernel: Kernel;
  readonly machine: Machine | undefined;
}

export interface ReviewOptions {
  readonly interrupted?: () => boolean;
  /** More tests, of which only changed verdicts are told. */
  readonly further?: readonly Test[];
  /** Where a library test stops; one that does is left out. */
  readonly maxStates?: number;
}

export interface Changed {
  readonly test: Test;
  readonly from: VerdictWord;
  readonly to: VerdictWord;
  /** The result that has a run to show: the kernel's own if it can. */
  readonly shown: CheckResult;
}

/** A test on which the kernel breaks an invariant that its base keeps. */
export interface Breached {
  readonly test: Test;
  readonly breach: Breach;
}

export interface Unmended {
  readonly test: Test;
  readonly verdict: VerdictWord;
  readonly shown: CheckResult;
}

/** How many tests were asked to the end, and how many could not be. */
export interface Tally {
  readonly run: number;
  readonly cut: number;
  readonly notModelled: number;
}

export interface Review {
  readonly kernel: string;
  readonly base: string;
  readonly summary: string;
  readonly library: Tally;
  readonly changed: readonly Changed[];
  /** The tests asked besides, and those whose verdict changes. */
  readonly further: Tally & { readonly changed: readonly Changed[] };
  /** Invariants and conservation of counts that the base keeps on the same tests. */
  readonly breaches: readonly Breached[];
  /** Tests that go wrong on the kernel as they do on its base, and on the newest kernel do not. */
  readonly unmended: readonly Unmended[];
  /** Promises that the kernel breaks; `new`: the base keeps them. */
  readonly broken: readonly (Broken & { readonly isNew: boolean })[];
  readonly tests: readonly Telling[];
  readonly searches: readonly DiffResult[];
  readonly cost: {
    readonly before: readonly ForkCost[];
    readonly after: readonly ForkCost[];
    /** What reading counts last would spare; undefined where they are last already. */
    readonly countsLast: readonly Saving[] | undefined;
  };
  /** The tests in fork that the kernel makes and its base does not. */
  readonly guards: readonly Guard[];
}

/** Reviews `mine` on top of `base`, with the library's tests. */
export function review(
  mine: Reviewed,
  base: Reviewed,
  library: readonly Test[],
  options: ReviewOptions = {},
): Review {
  const compared = library.map((test) => compare(test, mine, base, options));
  const further = (options.further ?? []).map((test) => compare(test, mine, base, options, false));
  const known = new KnownClasses();
  const searches = lenses.map((lens) =>
    diff(base.kernel, mine.kernel, {
      ...lens,
      known,
      limit: 4,
      ...machines(base, mine),
      ...(options.interrupted ? { interrupted: options.interrupted } : {}),
    }),
  );
  return {
    kernel: mine.kernel.name,
    base: base.kernel.name,
    summary: mine.kernel.summary,
    library: tallyOf(compared),
    changed: compared.flatMap(({ changed }) => changed ?? []),
    further: { ...tallyOf(further), changed: further.flatMap(({ changed }) => changed ?? []) },
    breaches: [...compared, ...further].flatMap(({ breached }) => breached ?? []),
    unmended: compared.flatMap(({ unmended }) => unmended ?? []),
    broken: brokenThroughLenses(mine, base),
    tests: searches.flatMap(({ tests }) => tests),
    searches,
    cost: {
      before: forkCost(base.kernel, base.machine),
      after: forkCost(mine.kernel, mine.machine),
      countsLast: savingOfCountsLast(mine.kernel, mine.machine),
    },
    guards: guards(mine, base, options),
  };
}

function machines(base: Reviewed, mine: Reviewed) {
  return {
    ...(base.machine === undefined ? {} : { machine: base.machine }),
    ...(mine.machine === undefined ? {} : { otherMachine: mine.machine }),
  };
}

interface Compared {
  readonly state: "run" | "cut" | "not modelled";
  readonly changed?: Changed;
  readonly unmended?: Unmended;
  readonly breached?: Breached;
}

function tallyOf(compared: readonly Compared[]): Tally {
  const count = (wanted: Compared["state"]): number =>
    compared.filter(({ state }) => state === wanted).length;
  return { run: count("run"), cut: count("cut"), notModelled: count("not modelled") };
}

/** Verdicts first; a run is only searched for where it will be told. */
function compare(
  test: Test,
  mine: Reviewed,
  base: Reviewed,
  options: ReviewOptions,
  tellsUnmended = true,
): Compared {
  const answers = new SharedAnswers();
  const maxStates = options.maxStates ?? libraryStatesMax;
  const ask = ({ kernel, machine }: Reviewed, runs: boolean): CheckResult =>
    check(test, kernel, {
      maxStates,
      runs,
      ...(runs ? {} : { answers }),
      ...(machine === undefined ? {} : { machine }),
      ...(options.interrupted ? { interrupted: options.interrupted } : {}),
    });
  if (options.interrupted?.()) return { state: "cut" };
  const [before, after] = [ask(base, false), ask(mine, false)];
  if (after.notModelled.length > 0) return { state: "not modelled" };
  const breaks = after.broken !== undefined && before.broken === undefined;
  const breach = breaks ? (ask(mine, true).broken ?? after.broken) : undefined;
  const head = breach === undefined ? {} : { breached: { test, breach } };
  if (before.verdict === "unknown" || after.verdict === "unknown") return { state: "cut", ...head };
  if (before.verdict === after.verdict) {
    if (!tellsUnmended || !isUnmended(test, after, mine)) return { state: "run", ...head };
    const unmended = { test, verdict: after.verdict, shown: ask(mine, true) };
    return { state: "run", unmended, ...head };
  }
  const own = ask(mine, true);
  const shown = own.run === undefined ? ask(base, true) : own;
  const changed = { test, from: before.verdict, to: after.verdict, shown };
  return { state: "run", changed, ...head };
}

/** A test that happens and that the newest kernel of the lineage never shows. */
function isUnmended(test: Test, { verdict }: CheckResult, mine: Reviewed): boolean {
  const newest = findKernel(lineage.at(-1)!)!;
  const happens = verdict === "always" || verdict === "sometimes";
  if (!happens || mine.kernel.name === newest.name) return false;
  return check(test, newest, { maxStates: libraryStatesMax, runs: false }).verdict === "never";
}

const libraryStatesMax = 30_000;

function brokenThroughLenses(mine: Reviewed, base: Reviewed): Review["broken"] {
  const found: Review["broken"][number][] = [];
  for (const lens of lenses) found.push(...brokenOf(mine, base, lens, found.length));
  return found;
}

function brokenOf(
  mine: Reviewed,
  base: Reviewed,
  lens: Lens,
  named: number,
): readonly (Broken & { readonly isNew: boolean })[] {
  const machine = mine.machine === undefined ? {} : { machine: mine.machine };
  const { broken } = promises(mine.kernel, { ...lens, ...machine, named, limit: 6 });
  return broken.map((one) => {
    const before = check(one.test, base.kernel, base.machine ? { machine: base.machine } : {});
    return { ...one, isNew: before.verdict === "never" };
  });
}
