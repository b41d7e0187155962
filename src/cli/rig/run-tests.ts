/**
 * Tests on rigs: their orders, one C program, one compilation, one boot, and what came of each.
 */
import { availableParallelism } from "node:os";
import { emitC } from "../../emit/c/index.ts";
import type { Test } from "../../litmus/ast.ts";
import { compileC } from "../../rig/build.ts";
import type { RigProblem } from "../../rig/problem.ts";
import { ensureRig } from "../../rig/provision.ts";
import type { Rig } from "../../rig/rigs.ts";
import { type FreeRun, runOnRig } from "../../rig/session.ts";
import { type Orders, orders } from "../../verdict/orders.ts";
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
  readonly signal: AbortSignal;
  readonly onProgress: (message: string) => void;
}

export type RigRun =
  | { readonly ok: true; readonly rig: Rig; readonly results: readonly RealResult[] }
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
  { trials, seed, free, systemChanges, signal, onProgress }: RunSettings,
): Promise<RigRun> {
  const { needs, skips } = program;
  onProgress(`${rig.name}: booting`);
  const session = await runOnRig(rig, path, {
    trials: trials ?? trialsOfTest,
    trialsOfTest: trials === undefined ? trialsOfTest : undefined,
    seed,
    free,
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
  const results = plans.map(({ test, plan }) => {
    const own = cases.filter((one) => one.test === test.name);
    const skip = skips.find((one) => one.test === test.name);
    const schedule = free === undefined ? "forced" : "free";
    const result = realResult(test, rig.name, own, plan.complete, schedule);
    if (own.length > 0) return result;
    return lostResult({ ...result, console: lastLines }, skip?.why, end, why);
  });
  return { ok: true, rig, results };
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
