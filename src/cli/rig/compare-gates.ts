/**
 * `pinfold compare --schedule gate`: races on purpose. Each gate of each test runs on each rig, and the
 * model says how the runs through that gate may end. A gate that the model never comes to is left out;
 * one at which it never gets past without waiting is told, and not run: the other thread would wait for a
 * thread that stands still with a processor of its own, which some guests do not outlive.
 */
import * as shelf from "../../kernels/index.ts";
import { drawGates, gatesJson } from "../../report/gates.ts";
import type { Look } from "../../report/style.ts";
import { ensureRig } from "../../rig/provision.ts";
import type { Rig } from "../../rig/rigs.ts";
import { compareGate, type GateComparison, refusedGate } from "../../verdict/compare-gate.ts";
import { checkGated, type GatedResult } from "../../verdict/gated.ts";
import { realResult } from "../../verdict/real.ts";
import { exitCodes } from "../exit-codes.ts";
import { writeReports } from "../output.ts";
import type { Session } from "../session.ts";
import { type CompareOptions, kernelOfRig, prepareComparison } from "./compare-session.ts";
import { tellProblem } from "./manage-rigs.ts";
import { rigNames, runAll, told } from "./rig-session.ts";
import { type GatePlan, planGates, type RigRun } from "./run-tests.ts";

/** 1 when a kernel showed what the model forbids there; 4 when no thread was ever held. */
export async function compareGatesOnRigs(
  given: readonly string[],
  options: CompareOptions,
  session: Session,
): Promise<number> {
  const prepared = prepareComparison(given, options, shelf, session, ["text", "json"]);
  if (prepared === undefined) return exitCodes.usage;
  const plans = planGates(prepared.tests.map(({ test }) => test));
  const asked: AskedRig[] = [];
  for (const name of rigNames(options)) {
    const rig = await ensureRig(name, { signal: session.signal });
    if (!rig.ok) return tellProblem(rig.problem, session);
    asked.push(askModel({ ...rig.value, name }, plans, options, session));
  }
  const runs: RigRun[] = [];
  for (const together of bySamePlans(asked)) {
    const rig = together.map(({ name }) => name);
    const own = { ...options, rig };
    runs.push(...(await runAll([], own, session, runnable(together[0]!))).runs);
  }
  const compared = asked.flatMap((one) => comparedOn(one, runs));
  const reporters = {
    text: (look: Look) => `${drawGates(compared, look).join("\n")}\n`,
    json: () => gatesJson(compared),
  };
  const written = writeReports(prepared.targets, reporters, options, session);
  const outside = told(runs, session);
  if (outside !== undefined || !written) return outside ?? exitCodes.usage;
  if (compared.some(({ status }) => status === "forbid-seen")) return exitCodes.notAsExpected;
  const held = compared.some(({ trials }) => trials > 0);
  return held ? exitCodes.asExpected : exitCodes.inconclusive;
}

/** A rig, its modelled kernel, and what that says of each gate before anything is booted. */
interface AskedRig {
  readonly name: string;
  readonly kernel: NonNullable<ReturnType<typeof shelf.findKernel>> | undefined;
  readonly gates: readonly { readonly plan: GatePlan; readonly model: GatedResult }[];
}

function askModel(
  rig: Rig,
  plans: readonly GatePlan[],
  options: CompareOptions,
  session: Session,
): AskedRig {
  const name = kernelOfRig(rig, options, shelf, session);
  const kernel = name === undefined ? undefined : shelf.findKernel(name);
  if (kernel === undefined) return { name: rig.name, kernel, gates: [] };
  const gates = plans.map((plan) => ({ plan, model: checkGated(plan.test, kernel, plan.gate) }));
  return { name: rig.name, kernel, gates };
}

function runnable({ gates }: AskedRig): readonly GatePlan[] {
  return gates
    .filter(({ plan, model }) => refusedGate(model, plan.gate) === undefined)
    .map(({ plan }) => plan);
}

/** Rigs that run the same gates share a program, and boot side by side; those that run none are left out. */
function bySamePlans(asked: readonly AskedRig[]): readonly (readonly AskedRig[])[] {
  const groups = new Map<string, AskedRig[]>();
  for (const one of asked) {
    const key = runnable(one)
      .map(({ test }) => test.name)
      .join("\n");
    if (key !== "") groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()];
}

function comparedOn(
  { name, kernel, gates }: AskedRig,
  runs: readonly RigRun[],
): readonly GateComparison[] {
  if (kernel === undefined) return [];
  const run = runs.find((one) => one.ok && one.rig.name === name);
  const results = run?.ok === true ? run.results : [];
  return gates.flatMap(({ plan: { test, gate }, model }) => {
    const why = refusedGate(model, gate);
    const unrun = { ...realResult(test, name, [], false, "free"), why: why ?? "" };
    const real = why === undefined ? results.find((one) => one.test === test.name) : unrun;
    if (real === undefined || (model.reached === "never" && real.trials === 0)) return [];
    return [compareGate(test, gate, kernel, real, model)];
  });
}
