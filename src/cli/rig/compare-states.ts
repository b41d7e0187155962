/**
 * `pinfold compare --state`: the page tables and counts that the model has after each statement,
 * beside those that the module reads on a real kernel.
 */
import { devicesOf, isRefusal } from "../../emit/c/context.ts";
import type { Kernel } from "../../kernels/index.ts";
import * as shelf from "../../kernels/index.ts";
import { drawStates, statesJson } from "../../report/states.ts";
import { findModule } from "../../rig/build-module.ts";
import { readStates } from "../../rig/state-lines.ts";
import { compareStates, differences, type OrderStates } from "../../verdict/compare-state.ts";
import { orderText } from "../../verdict/orders.ts";
import { swapIsSynchronous as swapsToMemory } from "../../verdict/swap-world.ts";
import { exitCodes } from "../exit-codes.ts";
import { writeReports } from "../output.ts";
import { complain, type Session } from "../session.ts";
import { type CompareOptions, kernelOfRig, prepareComparison } from "./compare-session.ts";
import { runAll, told } from "./rig-session.ts";
import type { Plan, RigRun } from "./run-tests.ts";

/** So many orders of a test, when nobody says otherwise: each is run once for each of its statements. */
const usualOrders = 4;

/** A page of the test is a quarter of a real huge page, of which a range's pin takes every small page. */
const pagesOfQuarter = 512 / 4;

/** A test's states on one rig. */
export interface TestStates {
  readonly test: string;
  readonly kernel: string;
  readonly rig: string;
  readonly orders: readonly OrderStates[];
}

/** `pinfold compare --state`; 1 when anything differs. */
export async function compareStatesOnRigs(
  given: readonly string[],
  options: CompareOptions,
  session: Session,
): Promise<number> {
  const prepared = prepareComparison(given, options, shelf, session, ["text", "json"]);
  if (prepared === undefined) return exitCodes.usage;
  const { leaveOutPins, orders = usualOrders } = options;
  const asked = { ...options, orders, states: { leaveOutPins } };
  const { plans, runs } = await runAll(prepared.tests, asked, session);
  const compared: TestStates[] = [];
  for (const run of runs) {
    if (run.ok) compared.push(...(await statesOf(run, plans, options, session)));
  }
  const inFull = options.verbose || prepared.tests.length === 1;
  const reporters = {
    text: (look: Parameters<typeof drawStates>[1]) =>
      `${drawStates(compared, look, inFull).join("\n")}\n`,
    json: () => statesJson(compared),
  };
  const written = writeReports(prepared.targets, reporters, options, session);
  const outside = told(runs, session);
  if (outside !== undefined || !written) return outside ?? exitCodes.usage;
  return codeOf(compared);
}

async function statesOf(
  run: Extract<RigRun, { ok: true }>,
  plans: readonly Plan[],
  options: CompareOptions,
  session: Session,
): Promise<readonly TestStates[]> {
  const { rig, cases, results } = run;
  const name = kernelOfRig(rig, options, shelf, session);
  const kernel = name === undefined ? undefined : shelf.findKernel(name);
  if (kernel === undefined) return [];
  if ((await findModule(rig.origin, rig.release)) === undefined) {
    complain(session, `${rig.name} has no module to read states with: pinfold rig add ${rig.name}`);
  }
  return plans.map(({ test, plan }, index) => {
    const why = results[index]?.why ?? "";
    const orders = plan.orders.map((order, place): OrderStates => {
      if (swapsToMemory(test)) {
        return {
          order: orderText(order),
          steps: [],
          skipped: "its swap is zram, the guest's a disk",
        };
      }
      const shown = cases[index]?.find(({ orderIndex }) => orderIndex === place);
      const states = compareOrder(test, kernel, order, shown?.states ?? []);
      const silent = states.steps.length === 0 && states.skipped === "";
      return silent ? { ...states, skipped: shown?.why || why || "nothing was shown" } : states;
    });
    return { test: test.name, kernel: kernel.name, rig: rig.name, orders };
  });
}

function compareOrder(
  test: Plan["test"],
  kernel: Kernel,
  order: Plan["plan"]["orders"][number],
  lines: readonly string[],
): OrderStates {
  const devices = devicesOf(test, true);
  const smallPages = (handle: string): number => {
    const device = isRefusal(devices) ? undefined : devices.get(handle);
    return device === "module" || device === "pipe" ? 1 : pagesOfQuarter;
  };
  return compareStates(test, kernel, order, readStates(lines, test), smallPages);
}

/** 1: something differs; 4: nothing was compared. */
function codeOf(compared: readonly TestStates[]): number {
  const steps = compared.flatMap(({ orders }) => orders.flatMap((order) => order.steps));
  if (steps.some(({ rows }) => differences(rows) > 0)) return exitCodes.notAsExpected;
  return steps.length === 0 ? exitCodes.inconclusive : exitCodes.asExpected;
}
