/** `pinfold compare --random N`: random tests on real kernels and on the modelled ones that they are. */
import type { Pair } from "../../campaign/book.ts";
import { randomCampaign } from "../../campaign/random-campaign.ts";
import { findKernel, kernels, lineage } from "../../kernels/index.ts";
import { noJournal } from "../../rig/journal.ts";
import { done } from "../../rig/problem.ts";
import { ensureRig } from "../../rig/provision.ts";
import { exitCodes } from "../exit-codes.ts";
import { chooseFormats } from "../formats.ts";
import { writeReports } from "../output.ts";
import { startProgress } from "../progress.ts";
import { complain, type Session } from "../session.ts";
import { type CompareOptions, kernelOfRig } from "./compare-session.ts";
import { tellProblem } from "./manage-rigs.ts";
import { drawRandom, randomJson } from "./random-report.ts";
import { ownJournal, rigNames } from "./rig-session.ts";

/** Runs `count` random tests; 1 when a kernel showed what the model forbids. */
export async function compareRandom(
  count: number,
  options: CompareOptions,
  session: Session,
): Promise<number> {
  const formats = chooseFormats(options.format, options.output, ["text", "json"]);
  if (!formats.ok) {
    complain(session, formats.message);
    return exitCodes.usage;
  }
  const progress = startProgress(session, !options.quiet);
  const { signal } = session;
  const journal =
    options.journal === undefined ? done(noJournal) : ownJournal(options.journal, session);
  if (!journal.ok) {
    progress.clear();
    return tellProblem(journal.problem, session);
  }
  const pairs: Pair[] = [];
  for (const name of rigNames(options)) {
    const rig = await ensureRig(name, { signal, onProgress: progress.show });
    if (!rig.ok) {
      progress.clear();
      return tellProblem(rig.problem, session);
    }
    progress.clear();
    const held = kernelOfRig(rig.value, options, { kernels, lineage }, session);
    const kernel = findKernel(held ?? "");
    if (kernel === undefined) {
      if (held !== undefined) complain(session, `no modelled kernel is called ${held}`);
      return exitCodes.usage;
    }
    pairs.push({ rig: rig.value, kernel });
  }
  const result = await randomCampaign(pairs, {
    count,
    seed: options.seed ?? 1,
    orders: options.orders ?? 2,
    trials: options.trials ?? 1,
    shrunk: 5,
    leaveOutDeviceWrite: options.leaveOutDeviceWrite,
    journal: journal.value,
    signal,
    onProgress: progress.show,
  });
  progress.clear();
  if (!result.ok) {
    return tellProblem(result.problem, session);
  }
  const reporters = { text: () => drawRandom(result.value), json: () => randomJson(result.value) };
  const written = writeReports(formats.targets, reporters, options, session);
  if (!written) {
    return exitCodes.usage;
  }
  const statuses = result.value.pairs.flatMap(({ disagreements }) =>
    disagreements.map(({ comparison }) => comparison.status),
  );
  if (statuses.includes("forbid-seen")) {
    return exitCodes.notAsExpected;
  }
  if (result.value.interrupted) {
    return exitCodes.interrupted;
  }
  const lost = result.value.pairs.some(({ counts }) => counts.lost !== undefined);
  return lost ? exitCodes.inconclusive : exitCodes.asExpected;
}
