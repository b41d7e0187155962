/**
 * Tests on rigs: their orders, one C program, one compilation, one boot, and what came of each.
 */
import { availableParallelism } from "node:os";
import { emitC } from "../../emit/c/index.ts";
import { type Test, testHash } from "../../litmus/index.ts";
import { compileC } from "../../rig/build.ts";
import { caseKey, type Journal } from "../../rig/journal.ts";
import type { RigProblem } from "../../rig/problem.ts";
import type { CaseResult } from "../../rig/protocol.ts";
import { ensureRig } from "../../rig/provision.ts";
import type { Rig } from "../../rig/rigs.ts";
import { type FreeRun, runOnRig } from "../../rig/session.ts";
import { type Orders, orders, orderText } from "../../verdict/orders.ts";
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
  readonly signal: AbortSignal;
  readonly onProgress: (message: string) => void;
}

export type RigRun =
  | {
      readonly ok: true;
      readonly rig: Rig;
      readonly results: readonly RealResult[];
      /** Tests that an interrupt kept from being run to their end. */
      readonly unfinished: ReadonlySet<string>;
    }
  | { readonly ok: false; readonly problem: RigProblem };

const noOrder: Orders = { orders: [[]], complete: false, total: 1n, stuck: [] };

/** So many trials of each test, whatever its number of orders. */
const trialsOfTest = 100;

export interface Plan {
  readonly test: Test;
  readonly plan: Orders;
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
  const items = plans.map(({ test, plan }) => ({ test, orders: plan.orders }));
  const { leaveOutDeviceWrite } = settings;
  const program = emitC(items, { leaveOutDeviceWrite });
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
  const { trials, seed, free, systemChanges, signal, journal, onProgress } = settings;
  const { needs, skips } = program;
  const listed = listCases(plans, rig, program, settings);
  const before = listed.flatMap(({ key }) => journal.known(key) ?? []);
  const keys = new Map(listed.map(({ name, key }) => [name, key]));
  if (before.length === listed.length) {
    return { ok: true, rig, ...gather(plans, rig, before, settings, { skips, ...allKnown }) };
  }
  const left = listed.flatMap(({ key }, at) => (journal.known(key) === undefined ? [at + 1] : []));
  onProgress(`${rig.name}: booting`);
  const session = await runOnRig(rig, path, {
    trials: trials ?? trialsOfTest,
    trialsOfTest: trials === undefined ? trialsOfTest : undefined,
    seed,
    free,
    cases: before.length === 0 ? undefined : left,
    onCase: (result) => {
      const key = keys.get(`${result.test}.o${result.orderIndex}`);
      if (key !== undefined) journal.enter(key, result);
    },
    systemChanges,
    needs: {
      rdma: needs.rdma,
      module: needs.module,
      files: needs.files,
      swap: needs.swap ? "zram" : undefined,
      hugetlb: needs.hugetlb ? hugePages : undefined,
    },
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

interface ListedCase {
  readonly name: string;
  readonly key: string;
}

/** The cases of the program in its order, and what each of them is. A skipped test has one. */
function listCases(
  plans: readonly Plan[],
  rig: Rig,
  { skips }: Compiled["program"],
  { trials, seed, free, leaveOutDeviceWrite, systemChanges }: RunSettings,
): readonly ListedCase[] {
  const settings = JSON.stringify({ trials, seed, free, leaveOutDeviceWrite, systemChanges });
  const kernel = `${rig.release} ${rig.origin} ${rig.hash}`;
  return plans.flatMap(({ test, plan }) => {
    const skipped = skips.some((skip) => skip.test === test.name);
    const orders = skipped ? [[]] : plan.orders;
    const hash = testHash(test);
    return orders.map((order, index) => ({
      name: `${test.name}.o${index}`,
      key: caseKey(kernel, settings, hash, String(index), orderText(order)),
    }));
  });
}

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
): { readonly results: readonly RealResult[]; readonly unfinished: ReadonlySet<string> } {
  const { skips, end, why, lastLines } = session;
  const unfinished = new Set<string>();
  const results = plans.map(({ test, plan }) => {
    const own = cases.filter((one) => one.test === test.name);
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
  return { results, unfinished };
}

/** 2 MB pages to reserve in the guest where a test needs any. */
const hugePages = 16;

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
