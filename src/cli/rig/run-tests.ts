/**
 * Tests on a rig: their orders, one C program, one compilation, one boot, and what came of each.
 */
import { emitC } from "../../emit/c/index.ts";
import type { Test } from "../../litmus/ast.ts";
import { compileC } from "../../rig/build.ts";
import type { RigProblem } from "../../rig/problem.ts";
import { ensureRig } from "../../rig/provision.ts";
import type { Rig } from "../../rig/rigs.ts";
import { runOnRig } from "../../rig/session.ts";
import { orders } from "../../verdict/orders.ts";
import { type RealResult, realResult } from "../../verdict/real.ts";

export interface RunSettings {
  /** Trials of each order; chosen from the number of orders when undefined. */
  readonly trials: number | undefined;
  readonly orders: number | undefined;
  readonly seed: number | undefined;
  /** The red control: devices write nothing, so that verdicts must change. */
  readonly leaveOutDeviceWrite: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (message: string) => void;
}

export type RigRun =
  | { readonly ok: true; readonly rig: Rig; readonly results: readonly RealResult[] }
  | { readonly ok: false; readonly problem: RigProblem };

/** So many trials of each test, whatever its number of orders. */
const trialsOfTest = 100;
const trialsOfOrderMin = 5;

/** Runs all tests in one boot; fails only for the environment. */
export async function runTests(
  tests: readonly Test[],
  rigName: string,
  settings: RunSettings,
): Promise<RigRun> {
  const { signal, onProgress } = settings;
  const sampling = {
    ...(settings.orders === undefined ? {} : { limit: settings.orders }),
    ...(settings.seed === undefined ? {} : { seed: settings.seed }),
  };
  const plans = tests.map((test) => ({ test, plan: orders(test, sampling) }));
  const most = Math.max(1, ...plans.map(({ plan }) => plan.orders.length));
  const trials = settings.trials ?? Math.max(trialsOfOrderMin, Math.ceil(trialsOfTest / most));
  const items = plans.map(({ test, plan }) => ({ test, orders: plan.orders }));
  const { source, needs, skips } = emitC(items, {
    leaveOutDeviceWrite: settings.leaveOutDeviceWrite,
  });
  onProgress(`${rigName}: compiling`);
  const built = await compileC([{ name: "pinfold-tests.c", text: source }], {
    rdma: needs.rdma,
    signal,
  });
  if (!built.ok) {
    return built;
  }
  const rig = await ensureRig(rigName, { signal, onProgress });
  if (!rig.ok) {
    return rig;
  }
  onProgress(`${rigName}: booting`);
  const session = await runOnRig(rig.value, built.value.path, {
    trials,
    seed: settings.seed,
    needs: {
      rdma: needs.rdma,
      swap: needs.swap ? "zram" : undefined,
      hugetlb: needs.hugetlb ? hugePages : undefined,
    },
    signal,
    onConsole: (line) => {
      const running = /# running (\S+)/.exec(line)?.[1];
      if (running !== undefined) {
        onProgress(`${rigName}: ${running}`);
      }
    },
  });
  if (!session.ok) {
    return session;
  }
  const { cases, end, why } = session.value;
  const results = plans.map(({ test, plan }) => {
    const own = cases.filter((one) => one.test === test.name);
    const skip = skips.find((one) => one.test === test.name);
    const result = realResult(test, rigName, own, plan.complete);
    return own.length > 0 ? result : lostResult(result, skip?.why, end, why);
  });
  return { ok: true, rig: rig.value, results };
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
    return { ...result, status: "skip", why: skipped };
  }
  const lost = { panic: "panic", hang: "hang", "no-boot": "no-boot" } as const;
  const status = end in lost ? lost[end as keyof typeof lost] : "skip";
  return { ...result, status, why: why === "" ? result.why : why };
}
