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
import { chooseKernels } from "../kernel-choice.ts";
import { writeReports } from "../output.ts";
import { complain, type Session } from "../session.ts";
import type { CompareOptions } from "./compare-rig.ts";
import { kernelOfRelease } from "./kernel-of-rig.ts";
import { prepare, runAll, told } from "./rig-session.ts";
import type { Plan, RigRun } from "./run-tests.ts";

/** 1 when a kernel showed what the model forbids there; 4 when no thread was ever held. */
export async function compareGatesOnRigs(
  given: readonly string[],
  options: CompareOptions,
  session: Session,
): Promise<number> {
  const prepared = prepare(given, options, shelf, session, ["text", "json"]);
  const wanted = chooseKernels(options.kernel === undefined ? [] : [options.kernel], shelf.kernels);
  if (!wanted.ok) complain(session, wanted.message);
  if (prepared === undefined || !wanted.ok) return exitCodes.usage;
  const { plans, runs } = await runAll(prepared.tests, options, session);
  const compared = runs.flatMap((run) =>
    run.ok ? gatesOn(run, plans, options.kernel, session) : [],
  );
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
  chosen: string | undefined,
  session: Session,
): readonly GateComparison[] {
  const name = chosen ?? kernelOfRelease(run.rig.release, shelf.kernels, shelf.lineage);
  const kernel = name === undefined ? undefined : shelf.findKernel(name);
  if (kernel === undefined) {
    complain(session, `${run.rig.name} does not say its release; name its kernel with --kernel`);
    return [];
  }
  return plans.flatMap(({ test, gate }, index) => {
    const real = run.results[index];
    if (gate === undefined || real === undefined) return [];
    const comes = checkGated(test, kernel, gate).reached !== "never" || real.trials > 0;
    return comes ? [compareGate(test, gate, kernel, real)] : [];
  });
}
