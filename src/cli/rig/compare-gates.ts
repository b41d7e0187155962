/**
 * `pinfold compare --schedule gate`: races on purpose. Each gate of each test runs on each rig, and the
 * model says how the runs through that gate may end. A gate that the model never comes to is left out.
 */
import * as shelf from "../../kernels/index.ts";
import { drawGates, gatesJson } from "../../report/gates.ts";
import type { Look } from "../../report/style.ts";
import { compareGate, type GateComparison } from "../../verdict/compare-gate.ts";
import { checkGated } from "../../verdict/gated.ts";
import { exitCodes } from "../exit-codes.ts";
import { writeReports } from "../output.ts";
import type { Session } from "../session.ts";
import { type CompareOptions, kernelOfRig, prepareComparison } from "./compare-session.ts";
import { runAll, told } from "./rig-session.ts";
import type { Plan, RigRun } from "./run-tests.ts";

/** 1 when a kernel showed what the model forbids there; 4 when no thread was ever held. */
export async function compareGatesOnRigs(
  given: readonly string[],
  options: CompareOptions,
  session: Session,
): Promise<number> {
  const prepared = prepareComparison(given, options, shelf, session, ["text", "json"]);
  if (prepared === undefined) return exitCodes.usage;
  const { plans, runs } = await runAll(prepared.tests, options, session);
  const compared = runs.flatMap((run) => (run.ok ? gatesOn(run, plans, options, session) : []));
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

function gatesOn(
  run: Extract<RigRun, { ok: true }>,
  plans: readonly Plan[],
  options: CompareOptions,
  session: Session,
): readonly GateComparison[] {
  const name = kernelOfRig(run.rig, options, shelf, session);
  const kernel = name === undefined ? undefined : shelf.findKernel(name);
  if (kernel === undefined) return [];
  return plans.flatMap(({ test, gate }, index) => {
    const real = run.results[index];
    if (gate === undefined || real === undefined) return [];
    const comes = checkGated(test, kernel, gate).reached !== "never" || real.trials > 0;
    return comes ? [compareGate(test, gate, kernel, real)] : [];
  });
}
