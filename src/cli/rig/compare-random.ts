/** `pinfold compare --random N`: random tests on real kernels and on the modelled ones that they are. */
import { type Coverage, exercisedEnough } from "../../campaign/exercised.ts";
import {
  type Pair,
  type PairResult,
  type RandomResult,
  randomCampaign,
} from "../../campaign/random-campaign.ts";
import { findKernel, kernels, lineage } from "../../kernels/index.ts";
import { ensureRig } from "../../rig/provision.ts";
import { exitCodes } from "../exit-codes.ts";
import { chooseFormats } from "../formats.ts";
import { writeReports } from "../output.ts";
import { startProgress } from "../progress.ts";
import { complain, type Session } from "../session.ts";
import type { CompareOptions } from "./compare-session.ts";
import { kernelOfRelease } from "./kernel-of-rig.ts";
import { tellProblem } from "./manage-rigs.ts";

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
  const pairs: Pair[] = [];
  for (const name of options.rig.flatMap((given) => given.split(","))) {
    const rig = await ensureRig(name, { signal, onProgress: progress.show });
    if (!rig.ok) {
      progress.clear();
      return tellProblem(rig.problem, session);
    }
    const release = kernelOfRelease(rig.value.release, kernels, lineage);
    const kernel = findKernel(options.kernel ?? release ?? "");
    if (kernel === undefined) {
      progress.clear();
      complain(session, `no modelled kernel is known for ${name}; name it with --kernel`);
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
  const lost = result.value.pairs.some(({ counts }) => counts.lost !== undefined);
  return lost ? exitCodes.inconclusive : exitCodes.asExpected;
}

function drawRandom({ tests, spines, skipped, pairs }: RandomResult): string {
  const share = (part: number) => `${((100 * part) / tests).toFixed(0)} %`;
  const lines = [
    `${tests} random tests; ${share(spines)} pin, fork and write later; ${share(skipped)} cannot run on a real kernel`,
    "",
  ];
  for (const pair of pairs) {
    lines.push(...drawPair(pair), "");
  }
  return lines.join("\n");
}

function drawPair(pair: PairResult): readonly string[] {
  const counts = Object.entries(pair.counts).map(([status, count]) => `${count} ${status}`);
  const lines = [
    `${pair.rig} and ${pair.kernel}: ${counts.join(", ")} (orders)`,
    `  ${coverageText(pair.coverage)}`,
  ];
  for (const { comparison, text } of pair.disagreements) {
    const { status, order, model, real } = comparison;
    lines.push(
      "",
      text.trimEnd(),
      `// ${status} in the order ${order}`,
      `// model: ${model.join(" or ")}`,
      `// ${pair.rig}: ${real.join(" or ")}`,
    );
  }
  return lines;
}

function coverageText({ askable, enough, rarely }: Coverage): string {
  const others = rarely.map(({ decision, why }) => `${decision} ${why}`);
  const tail = others.length === 0 ? "" : `; the others: ${others.join(", ")}`;
  return `decisions: ${enough} of ${askable} in ${exercisedEnough} tests or more${tail}`;
}

function randomJson(result: RandomResult): string {
  const pairs = result.pairs.map((pair) => ({
    ...pair,
    exercised: Object.fromEntries(pair.exercised),
  }));
  return `${JSON.stringify({ schema: 1, ...result, pairs }, undefined, 2)}\n`;
}
