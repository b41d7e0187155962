/**
 * Tests on rigs: their orders, one C program, one compilation, one boot, and what came of each.
 */
import { availableParallelism } from "node:os";
import { listCases } from "../../campaign/listed-cases.ts";
import { emitC } from "../../emit/c/index.ts";
import type { Test } from "../../litmus/index.ts";
import { compileC } from "../../rig/build.ts";
import { guestNeeds } from "../../rig/guest-needs.ts";
import type { Journal } from "../../rig/journal.ts";
import type { RigProblem } from "../../rig/problem.ts";
import type { CaseResult } from "../../rig/protocol.ts";
import { ensureRig } from "../../rig/provision.ts";
import type { Rig } from "../../rig/rigs.ts";
import { type FreeRun, runOnRig } from "../../rig/session.ts";
import { type Gate, gatedName, gatesOf } from "../../verdict/gates.ts";
import { type Order, type Orders, orders } from "../../verdict/orders.ts";
import { type RealResult, realResult } from "../../verdict/real.ts";

export interface RunSettings {
  /** Trials of each order; chosen from the number of orders when undefined. */
  readonly trials: number | undefined;
  readonly orders: number | undefined;
  readonly seed: number | undefined;
  /** Free-running instead of order by order. */
  readonly free: FreeRun | undefined;
  /** On this machine itself: whether settings of the whole system may be changed. */
  readonly systemChanges: boolean;
  /** The red control: devices write nothing, so that verdicts must change. */
  readonly leaveOutDeviceWrite: boolean;
  /** Where results are kept as they come, and where those of an earlier run are. */
  readonly journal: Journal;
  /** Whether the model says of a case that hung on the rig that it never ends. */
  readonly isEndless?: EndlessOnRig | undefined;
  /** Instead of trials, the state before and after each statement; pins may be left out. */
  readonly states?: { readonly leaveOutPins: boolean } | undefined;
  readonly signal: AbortSignal;
  readonly onProgress: (message: string) => void;
}

export type EndlessOnRig = (rig: Rig, test: Test, order: Order) => Promise<boolean>;

export type RigRun =
  | {
      readonly ok: true;
      readonly rig: Rig;
      readonly results: readonly RealResult[];
      /** Tests that an interrupt kept from being run to their end. */
      readonly unfinished: ReadonlySet<string>;
      /** What each result was added up from. */
      readonly cases: readonly (readonly CaseResult[])[];
    }
  | { readonly ok: false; readonly problem: RigProblem };

const noOrder: Orders = { orders: [[]], complete: false, total: 1n, stuck: [] };

/** So many trials of each test, whatever its number of orders. */
const trialsOfTest = 100;

export interface Plan {
  readonly test: Test;
  readonly plan: Orders;
  readonly gate?: Gate;
}

/** Which orders of each test are run: all of them, or a sample; a free run has none. */
export function planTests(
  tests: readonly Test[],
  { orders: limit, seed, free }: Pick<RunSettings, "orders" | "seed" | "free">,
): readonly Plan[] {
  if (free !== undefined) return tests.map((test) => ({ test, plan: noOrder }));
  const sampling = {
    ...(limit === undefined ? {} : { limit }),
    ...(seed === undefined ? {} : { seed }),
  };
  return tests.map((test) => ({ test, plan: orders(test, sampling) }));
}

export type GatePlan = Plan & { readonly gate: Gate };

/** A gated run begins all actors at once; which statements come when, the gate sees to. */
export function planGates(tests: readonly Test[]): readonly GatePlan[] {
  return tests.flatMap((test) =>
    gatesOf(test).map((gate) => ({
      test: { ...test, name: gatedName(test, gate) },
      plan: noOrder,
      gate,
    })),
  );
}

/**
 * Runs all tests on each rig, in one boot a rig; as many boots side by side as there are processors.
 * Fails only for the environment, and after the first failure begins nothing more.
 */
export async function runTests(
  plans: readonly Plan[],
  rigNames: readonly string[],
  settings: RunSettings,
): Promise<readonly RigRun[]> {
  const { signal, onProgress } = settings;
  const items = plans.map(({ test, plan, gate }) => ({ test, orders: plan.orders, gate }));
  const { leaveOutDeviceWrite, states } = settings;
  const leaveOutPins = states?.leaveOutPins ?? false;
  const showStates = states !== undefined;
  const program = emitC(items, { leaveOutDeviceWrite, leaveOutPins, showStates });
  onProgress("compiling");
  const built = await compileC([{ name: "pinfold-tests.c", text: program.source }], {
    rdma: program.needs.rdma,
    signal,
  });
  if (!built.ok) {
    return [built];
  }
  const rigs: Rig[] = [];
  for (const name of rigNames) {
    const rig = await ensureRig(name, { signal, onProgress });
    if (!rig.ok) {
      return [rig];
    }
    rigs.push({ ...rig.value, name });
  }
  const boot = (rig: Rig): Promise<RigRun> =>
    runOne(plans, rig, { program, path: built.value.path }, settings);
  return sideBySide(rigs, boot, (run) => !run.ok || signal.aborted);
}

/** Results in the order of the items; none is begun after one that says stop. */
async function sideBySide<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
  isLast: (result: Result) => boolean,
): Promise<readonly Result[]> {
  const results: (Result | undefined)[] = items.map(() => undefined);
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++;
      const result = await work(items[index] as Item);
      results[index] = result;
      if (isLast(result)) {
        next = items.length;
      }
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
  return results.filter((result) => result !== undefined);
}

interface Compiled {
  readonly program: ReturnType<typeof emitC>;
  readonly path: string;
}

async function runOne(
  plans: readonly Plan[],
  rig: Rig,
  { program, path }: Compiled,
  settings: RunSettings,
): Promise<RigRun> {
  const { trials, seed, free, states, systemChanges, signal, journal, onProgress } = settings;
  const { needs, skips } = program;
  const { leaveOutDeviceWrite } = settings;
  const asked = { trials, seed, free, states, leaveOutDeviceWrite, systemChanges };
  const planned = plans.map(({ test, plan }) => ({ test, orders: plan.orders }));
  const isSkipped = (test: string) => skips.some((skip) => skip.test === test);
  const listed = listCases(planned, rig, isSkipped, asked);
  const before = listed.flatMap(({ key }) => journal.known(key) ?? []);
  const keys = new Map(listed.map(({ name, key }) => [name, key]));
  if (before.length === listed.length) {
    return { ok: true, rig, ...gather(plans, rig, before, settings, { skips, ...allKnown }) };
  }
  const left = listed.flatMap(({ key }, at) => (journal.known(key) === undefined ? [at + 1] : []));
  onProgress(`${rig.name}: booting`);
  const session = await runOnRig(rig, path, {
    ...(states === undefined ? trialsOf(trials) : { trials: longestOrder(plans) + 1 }),
    seed,
    free,
    cases: before.length === 0 ? undefined : left,
    onCase: (result) => {
      const key = keys.get(`${result.test}.o${result.orderIndex}`);
      if (key !== undefined) journal.enter(key, result);
    },
    isEndless: async ({ test, orderIndex }) => {
      const planned = plans.find((one) => one.test.name === test);
      const order = planned?.plan.orders[orderIndex];
      return planned !== undefined && order !== undefined
        ? ((await settings.isEndless?.(rig, planned.test, order)) ?? false)
        : false;
    },
    systemChanges,
    // The model's swap is a disk with a swap cache, which shows in counts, if not in outcomes.
    needs: guestNeeds(needs, states === undefined ? "zram" : "disk"),
    signal,
    onConsole: (line) => {
      const running = /# running (\S+)/.exec(line)?.[1];
      if (running !== undefined) {
        onProgress(`${rig.name}: ${running}`);
      }
    },
  });
  if (!session.ok) {
    return session;
  }
  const { cases, end, why, lastLines } = session.value;
  const known = [...before, ...cases];
  return { ok: true, rig, ...gather(plans, rig, known, settings, { skips, end, why, lastLines }) };
}

const allKnown = { end: "off", why: "", lastLines: [] };

/** What came of each test, from its cases. */
function gather(
  plans: readonly Plan[],
  rig: Rig,
  cases: readonly CaseResult[],
  { free }: RunSettings,
  session: {
    readonly skips: Compiled["program"]["skips"];
    readonly end: string;
    readonly why: string;
    readonly lastLines: readonly string[];
  },
): Omit<Extract<RigRun, { ok: true }>, "ok" | "rig"> {
  const { skips, end, why, lastLines } = session;
  const unfinished = new Set<string>();
  const grouped = plans.map(({ test }) => cases.filter((one) => one.test === test.name));
  const results = plans.map(({ test, plan }, place) => {
    const own = grouped[place] ?? [];
    const skip = skips.find((one) => one.test === test.name);
    const schedule = free === undefined ? "forced" : "free";
    if (end === "interrupted" && skip === undefined && own.length < plan.orders.length) {
      unfinished.add(test.name);
    }
    const found = realResult(test, rig.name, own, plan.complete, schedule);
    const result = rig.release === undefined ? found : { ...found, release: rig.release };
    if (own.length > 0) return result;
    return lostResult({ ...result, console: lastLines }, skip?.why, end, why);
  });
  return { results, cases: grouped, unfinished };
}

/** So many of each order, or a number that the orders of a test share. */
function trialsOf(trials: number | undefined) {
  return trials === undefined ? { trials: trialsOfTest, trialsOfTest } : { trials };
}

/** Statements of the longest order. */
function longestOrder(plans: readonly Plan[]): number {
  return Math.max(0, ...plans.flatMap(({ plan }) => plan.orders.map((order) => order.length)));
}

/** A test of which the guest reported nothing. */
function lostResult(
  result: RealResult,
  skipped: string | undefined,
  end: string,
  why: string,
): RealResult {
  if (skipped !== undefined) {
    return { ...result, status: "skip", why: skipped, console: [] };
  }
  const lost = { panic: "panic", hang: "hang", "no-boot": "no-boot" } as const;
  const status = end in lost ? lost[end as keyof typeof lost] : "skip";
  return { ...result, status, why: why === "" ? result.why : why };
}
