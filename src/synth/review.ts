/**
 * review: a kernel held against its base. Which tests of the library change their verdict, what new
 * programs tell the two apart, which promises it breaks, and what a fork costs.
 */
import { findKernel, type Kernel, lineage } from "../kernels/index.ts";
import type { Test } from "../litmus/index.ts";
import type { Machine } from "../step/index.ts";
import { check } from "../verdict/check.ts";
import type { CheckResult, VerdictWord } from "../verdict/result.ts";
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

export interface Unmended {
  readonly test: Test;
  readonly verdict: VerdictWord;
  readonly shown: CheckResult;
}

export interface Review {
  readonly kernel: string;
  readonly base: string;
  readonly summary: string;
  readonly library: { readonly run: number; readonly cut: number; readonly notModelled: number };
  readonly changed: readonly Changed[];
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
    library: {
      run: compared.filter(({ state }) => state === "run").length,
      cut: compared.filter(({ state }) => state === "cut").length,
      notModelled: compared.filter(({ state }) => state === "not modelled").length,
    },
    changed: compared.flatMap(({ changed }) => changed ?? []),
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
}

function compare(test: Test, mine: Reviewed, base: Reviewed, options: ReviewOptions): Compared {
  const [before, after] = [base, mine].map(({ kernel, machine }) =>
    check(test, kernel, {
      maxStates: options.maxStates ?? libraryStatesMax,
      ...(machine === undefined ? {} : { machine }),
      ...(options.interrupted ? { interrupted: options.interrupted } : {}),
    }),
  ) as [CheckResult, CheckResult];
  if (after.notModelled.length > 0) return { state: "not modelled" };
  if (before.verdict === "unknown" || after.verdict === "unknown") return { state: "cut" };
  if (before.verdict === after.verdict) return { state: "run", ...unmendedOf(test, after, mine) };
  const shown = after.run === undefined ? before : after;
  return { state: "run", changed: { test, from: before.verdict, to: after.verdict, shown } };
}

/** A test that happens and that the newest kernel of the lineage never shows. */
function unmendedOf(
  test: Test,
  shown: CheckResult,
  mine: Reviewed,
): { readonly unmended?: Unmended } {
  const newest = findKernel(lineage.at(-1)!)!;
  const happens = shown.verdict === "always" || shown.verdict === "sometimes";
  if (!happens || mine.kernel.name === newest.name) return {};
  const { verdict } = check(test, newest, { maxStates: libraryStatesMax });
  return verdict === "never" ? { unmended: { test, verdict: shown.verdict, shown } } : {};
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
