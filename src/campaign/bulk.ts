/**
 * Hundreds of tests on several real kernels: one C program, one compilation, one boot for each
 * kernel. What a test is given back is its cases, one for each order of its statements.
 */
import { emitC } from "../emit/c/index.ts";
import type { Test } from "../litmus/ast.ts";
import { compileC } from "../rig/build.ts";
import { guestNeeds } from "../rig/guest-needs.ts";
import { type Journal, noJournal } from "../rig/journal.ts";
import { done, type RigResult } from "../rig/problem.ts";
import { type CaseResult, type CaseStatus, lostCase } from "../rig/protocol.ts";
import type { Rig } from "../rig/rigs.ts";
import { runOnRig, type SessionResult } from "../rig/session.ts";
import type { Ordered } from "../synth/reduce.ts";
import { type Order, orders } from "../verdict/orders.ts";
import { type ListedCase, listCases } from "./listed-cases.ts";

export interface BulkOptions {
  /** Of each order. */
  readonly trials: number;
  readonly leaveOutDeviceWrite?: boolean;
  /** Whether the model says of an order that hung on a rig that it never ends. */
  readonly isEndless?: (rig: Rig, item: Ordered) => boolean;
  /** Where results are kept as they come, and where those of an earlier run are. */
  readonly journal?: Journal | undefined;
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
  /** One for each order; undefined only where an interrupt came before it. */
  readonly cases: readonly (readonly (CaseResult | undefined)[])[];
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
  const program: Program = { path: built.value.path, needs: guestNeeds(needs, "zram") };
  const runs: BulkRun[] = [];
  for (const rig of rigs) {
    const run = await runBulkOn(rig, plans, program, options);
    if (!run.ok) return run;
    runs.push(run.value);
  }
  return done({ plans, runs });
}

interface Program {
  readonly path: string;
  readonly needs: ReturnType<typeof guestNeeds>;
}

async function runBulkOn(
  rig: Rig,
  plans: readonly BulkPlan[],
  { path, needs }: Program,
  options: BulkOptions,
): Promise<RigResult<BulkRun>> {
  const { trials, leaveOutDeviceWrite = false, journal = noJournal, signal, onConsole } = options;
  const skipped = new Set(
    plans.flatMap((plan) => (plan.skipped === undefined ? [] : plan.test.name)),
  );
  const settings = { trials, leaveOutDeviceWrite };
  const listed = listCases(plans, rig, (name) => skipped.has(name), settings);
  const before = listed.flatMap((one) => casesKnown(journal, one));
  const left = listed.flatMap(({ key }, at) => (journal.known(key) === undefined ? [at + 1] : []));
  if (left.length === 0) return done(runOf(rig, plans, before, nothingRun));
  const keys = new Map(listed.map(({ name, key }) => [name, key]));
  options.onProgress?.(`${rig.name}: booting`);
  const session = await runOnRig(rig, path, {
    trials,
    needs,
    cases: before.length === 0 ? undefined : left,
    onCase: (result) => {
      const key = keys.get(`${result.test}.o${result.orderIndex}`);
      if (key !== undefined) journal.enter(key, result);
    },
    isEndless: async ({ test: name, orderIndex }) => {
      const plan = plans.find(({ test }) => test.name === name);
      const order = plan?.orders[orderIndex];
      return plan !== undefined && order !== undefined
        ? (options.isEndless?.(rig, { test: plan.test, order }) ?? false)
        : false;
    },
    signal,
    onConsole,
  });
  if (!session.ok) return session;
  return done(runOf(rig, plans, [...before, ...session.value.cases], session.value));
}

type Ending = Pick<SessionResult, "end" | "why" | "boots" | "seconds" | "lastLines">;

const nothingRun: Ending = { end: "off", why: "", boots: 0, seconds: 0, lastLines: [] };

/** The same case of the same test, which may have had another name when it ran. */
function casesKnown(journal: Journal, { test, orderIndex, key }: ListedCase) {
  const known = journal.known(key);
  return known === undefined ? [] : [{ ...known, test: test.name, orderIndex }];
}

/** What each order of each test was given: its report, or why there is none. */
export function runOf(
  rig: Rig,
  plans: readonly BulkPlan[],
  reported: readonly CaseResult[],
  { end, why, boots, seconds, lastLines }: Ending,
): BulkRun {
  const byName = new Map(reported.map((one) => [`${one.test}.o${one.orderIndex}`, one]));
  const cases = plans.map(({ test, orders, skipped }) =>
    orders.map((_, index): CaseResult | undefined => {
      const name = `${test.name}.o${index}`;
      if (skipped !== undefined) return lostCase(name, "skip", skipped);
      return byName.get(name) ?? unreported(name, { end, why, lastLines });
    }),
  );
  return { rig, cases, seconds, boots, why: end === "off" ? "" : `${end}: ${why}` };
}

/** A case of which the guest said nothing: the boot's own end is all that is known. */
function unreported(
  name: string,
  { end, why, lastLines }: Pick<Ending, "end" | "why" | "lastLines">,
): CaseResult | undefined {
  if (end === "interrupted") return undefined;
  const status: CaseStatus = end === "off" ? "died" : end;
  const reason = why === "" ? "" : ` (${end}: ${why})`;
  return { ...lostCase(name, status, `the guest reported nothing${reason}`), console: lastLines };
}
