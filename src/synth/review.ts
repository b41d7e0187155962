/**
 * review: a kernel held against its base. Which tests of the library change their verdict, what new
 * programs tell the two apart, which promises it breaks, and what a fork costs.
 */
import type { Kernel } from "../kernels/index.ts";
import type { Test } from "../litmus/index.ts";
import type { Machine } from "../step/index.ts";
import { check } from "../verdict/check.ts";
import type { CheckResult, VerdictWord } from "../verdict/result.ts";
import { type ForkCost, forkCost } from "./cost.ts";
import { type DiffResult, diff, type Telling } from "./diff.ts";
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

export interface Review {
  readonly kernel: string;
  readonly base: string;
  readonly summary: string;
  readonly library: { readonly run: number; readonly cut: number; readonly notModelled: number };
  readonly changed: readonly Changed[];
  /** Promises that the kernel breaks; `new`: the base keeps them. */
  readonly broken: readonly (Broken & { readonly isNew: boolean })[];
  readonly tests: readonly Telling[];
  readonly searches: readonly DiffResult[];
  readonly cost: {
    readonly before: readonly ForkCost[];
    readonly after: readonly ForkCost[];
  };
}

/** Reviews `mine` on top of `base`, with the library's tests. */
export function review(
  mine: Reviewed,
  base: Reviewed,
  library: readonly Test[],
  options: ReviewOptions = {},
): Review {
  const compared = library.map((test) => compare(test, mine, base, options));
  const searches = lenses.map((lens) =>
    diff(base.kernel, mine.kernel, {
      ...lens,
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
    broken: lenses.flatMap((lens) => brokenOf(mine, base, lens)),
    tests: searches.flatMap(({ tests }) => tests),
    searches,
    cost: {
      before: forkCost(base.kernel, base.machine),
      after: forkCost(mine.kernel, mine.machine),
    },
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
  if (before.verdict === after.verdict) return { state: "run" };
  const shown = after.run === undefined ? before : after;
  return { state: "run", changed: { test, from: before.verdict, to: after.verdict, shown } };
}

const libraryStatesMax = 30_000;

function brokenOf(
  mine: Reviewed,
  base: Reviewed,
  lens: Lens,
): readonly (Broken & { readonly isNew: boolean })[] {
  const machine = mine.machine === undefined ? {} : { machine: mine.machine };
  const { broken } = promises(mine.kernel, { ...lens, ...machine, limit: 6 });
  return broken.map((one) => {
    const before = check(one.test, base.kernel, base.machine ? { machine: base.machine } : {});
    return { ...one, isNew: before.verdict === "never" };
  });
}
