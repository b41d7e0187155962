/**
 * Hundreds of tests on several real kernels: one C program, one compilation, one boot for each
 * kernel. What a test is given back is its cases, one for each order of its statements.
 */
import { emitC } from "../emit/c/index.ts";
import type { Test } from "../litmus/ast.ts";
import { compileC } from "../rig/build.ts";
import { guestNeeds } from "../rig/guest-needs.ts";
import { done, type RigResult } from "../rig/problem.ts";
import type { CaseResult } from "../rig/protocol.ts";
import type { Rig } from "../rig/rigs.ts";
import { runOnRig } from "../rig/session.ts";
import { type Order, orders } from "../verdict/orders.ts";

export interface BulkOptions {
  /** Of each order. */
  readonly trials: number;
  readonly leaveOutDeviceWrite?: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((message: string) => void) | undefined;
  readonly onConsole?: ((line: string) => void) | undefined;
}

/** A test and the orders that are run. */
export interface BulkItem {
  readonly test: Test;
  readonly orders: readonly Order[];
}

export interface BulkPlan extends BulkItem {
  /** Why the test cannot run on any real kernel, or undefined. */
  readonly skipped: string | undefined;
}

/** What one kernel showed of each test, in the order of the plans. */
export interface BulkRun {
  readonly rig: Rig;
  readonly cases: readonly (readonly CaseResult[])[];
  readonly seconds: number;
  readonly boots: number;
  /** How the last boot ended, when it did not end well. */
  readonly why: string;
}

export interface Bulk {
  readonly plans: readonly BulkPlan[];
  readonly runs: readonly BulkRun[];
}

/** Each test with `limit` of its orders, drawn by `seed` where it has more. */
export function itemsOf(tests: readonly Test[], limit: number, seed: number): readonly BulkItem[] {
  return tests.map((test) => ({ test, orders: orders(test, { limit, seed }).orders }));
}

/** Runs all tests on all rigs; fails only for the environment. Tests need distinct names. */
export async function runBulk(
  items: readonly BulkItem[],
  rigs: readonly Rig[],
  options: BulkOptions,
): Promise<RigResult<Bulk>> {
  const emitted = emitC(items, { leaveOutDeviceWrite: options.leaveOutDeviceWrite ?? false });
  const why = new Map(emitted.skips.map((skip) => [skip.test, skip.why]));
  const plans = items.map((item) => ({ ...item, skipped: why.get(item.test.name) }));
  const { needs, source } = emitted;
  options.onProgress?.(`compiling ${items.length} tests`);
  const { signal } = options;
  const built = await compileC([{ name: "tests.c", text: source }], { rdma: needs.rdma, signal });
  if (!built.ok) return built;
  const runs: BulkRun[] = [];
  for (const rig of rigs) {
    options.onProgress?.(`${rig.name}: booting`);
    const session = await runOnRig(rig, built.value.path, {
      trials: options.trials,
      needs: guestNeeds(needs, "zram"),
      signal,
      onConsole: options.onConsole,
    });
    if (!session.ok) return session;
    const { cases, end, why: reason, boots, seconds } = session.value;
    const byTest = casesByTest(cases);
    runs.push({
      rig,
      cases: plans.map(({ test }) => byTest.get(test.name) ?? []),
      seconds,
      boots,
      why: end === "off" ? "" : `${end}: ${reason}`,
    });
  }
  return done({ plans, runs });
}

function casesByTest(cases: readonly CaseResult[]): ReadonlyMap<string, readonly CaseResult[]> {
  const found = new Map<string, CaseResult[]>();
  for (const one of cases) {
    const own = found.get(one.test);
    if (own === undefined) found.set(one.test, [one]);
    else own.push(one);
  }
  return found;
}
