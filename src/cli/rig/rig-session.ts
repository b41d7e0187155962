/** What `run` and `compare` share: reading the tests, the rigs one after the other, the exit codes. */
import { resolve } from "node:path";
import { runtimeText } from "../../emit/c/index.ts";
import { contentHash } from "../../rig/cache.ts";
import { type Journal, noJournal, openJournal } from "../../rig/journal.ts";
import { done, type RigResult } from "../../rig/problem.ts";
import type { FreeRun } from "../../rig/session.ts";
import type { RealResult } from "../../verdict/real.ts";
import type { KernelShelf } from "../check/run-check.ts";
import { exitCodes } from "../exit-codes.ts";
import { chooseFormats, type FormatTarget } from "../formats.ts";
import { findLitmusFiles } from "../litmus-files.ts";
import { type LoadedTest, loadTests, tellDiagnostics } from "../litmus-tests.ts";
import { packageVersion } from "../package-version.ts";
import { startProgress } from "../progress.ts";
import { complain, type GlobalOptions, type Session } from "../session.ts";
import { tellProblem } from "./manage-rigs.ts";
import { type EndlessOnRig, type Plan, planTests, type RigRun, runTests } from "./run-tests.ts";

export interface RunOptions extends GlobalOptions {
  readonly rig: readonly string[];
  readonly trials?: number;
  readonly orders?: number;
  readonly seed?: number;
  readonly schedule: "forced" | "free" | "stress" | "gate";
  readonly seconds: number;
  readonly affinity: FreeRun["affinity"];
  readonly apart: number;
  readonly allowSystemChanges: boolean;
  readonly include: readonly string[];
  readonly journal?: string;
  readonly leaveOutDeviceWrite: boolean;
}

export interface Prepared {
  readonly tests: readonly LoadedTest[];
  readonly targets: readonly FormatTarget[];
}

/** Reads what both commands need; undefined when it was wrong, and has been told. */
export function prepare(
  given: readonly string[],
  options: RunOptions,
  shelf: KernelShelf,
  session: Session,
  known: readonly FormatTarget["format"][] = ["text", "json", "ktap", "junit"],
): Prepared | undefined {
  const formats = chooseFormats(options.format, options.output, known);
  if (!formats.ok) {
    complain(session, formats.message);
    return undefined;
  }
  const found = findLitmusFiles(given, { folder: session.folder, includes: options.include });
  for (const problem of found.problems) {
    complain(session, problem);
  }
  const loaded = loadTests(found.files, shelf);
  tellDiagnostics([...loaded.broken, ...loaded.warned], options, session);
  const usable = found.problems.length === 0 && loaded.broken.length === 0;
  return usable ? { tests: loaded.tests, targets: formats.targets } : undefined;
}

/** What of the options makes a run a stress. */
type FreeChoices = Pick<RunOptions, "schedule" | "seconds" | "affinity" | "apart">;

/** One statement after the other, as every command but `run` and `compare` wants it. */
export const forced: FreeChoices = { schedule: "forced", seconds: 0, affinity: "none", apart: 1 };

/** What of the options says how tests are run. */
export type RunChoices = GlobalOptions &
  FreeChoices &
  Pick<RunOptions, "rig"> & {
    readonly trials?: number | undefined;
    readonly orders?: number | undefined;
    readonly seed?: number | undefined;
    readonly leaveOutDeviceWrite?: boolean;
    readonly states?: { readonly leaveOutPins: boolean };
    readonly allowSystemChanges?: boolean;
    readonly journal?: string | undefined;
  };

/**
 * The rigs named, one by one or between commas, each once. A package of modules belongs to the image
 * before it.
 */
export function rigNames({ rig }: Pick<RunOptions, "rig">): readonly string[] {
  const names: string[] = [];
  for (const name of rig.flatMap((given) => given.split(",")).filter((given) => given !== "")) {
    const image = names.at(-1);
    const belongs = /(^|\/)linux-modules-[^/]*\.deb$/.test(name) && image?.endsWith(".deb");
    if (belongs) names[names.length - 1] = `${image},${name}`;
    else names.push(name);
  }
  return [...new Set(names)];
}

/** Plans the tests and runs them on every rig named; a gated run brings its plans. */
export async function runAll(
  tests: readonly Pick<LoadedTest, "test">[],
  options: RunChoices,
  session: Session,
  gates: readonly Plan[] = [],
  isEndless?: EndlessOnRig,
): Promise<{ readonly plans: readonly Plan[]; readonly runs: readonly RigRun[] }> {
  const { orders, seed, states, leaveOutDeviceWrite = false } = options;
  const gated = options.schedule === "gate";
  const free = freeRun(options);
  const trials = options.trials ?? (gated ? gatedTrials : undefined);
  const plain = tests.map(({ test }) => test);
  const plans = gated ? gates : planTests(plain, { orders, seed, free });
  const file = options.journal;
  const journal = file === undefined ? done(noJournal) : ownJournal(file, session);
  if (!journal.ok) return { plans, runs: [journal] };
  const progress = startProgress(session, !options.quiet);
  const runs = await runTests(plans, rigNames(options), {
    trials,
    orders,
    seed,
    free,
    systemChanges: options.allowSystemChanges === true,
    leaveOutDeviceWrite,
    journal: journal.value,
    states,
    isEndless,
    signal: session.signal,
    onProgress: progress.show,
  });
  progress.clear();
  return { plans, runs };
}

/** The journal with what this very version ran; what another one ran is told, and is run again. */
export function ownJournal(file: string, session: Session): RigResult<Journal> {
  const maker = `${packageVersion()} ${contentHash(runtimeText())}`;
  const journal = openJournal(resolve(session.folder, file), maker);
  if (journal.ok && journal.value.foreign > 0) {
    const count = journal.value.foreign;
    complain(
      session,
      `${file}: ${count} cases were run by another version and count for nothing here`,
    );
  }
  return journal;
}

/** A gate leaves nothing to chance; some trials show that it does. */
const gatedTrials = 20;

/** What a free-running stress is asked, or a gated run, by trials; undefined for a forced run. */
export function freeRun({ schedule, seconds, affinity, apart }: FreeChoices): FreeRun | undefined {
  if (schedule === "gate") return { seconds: 0, affinity: "spread" };
  return schedule === "forced" ? undefined : { seconds, affinity, apart };
}

/** Nothing came of anything: 4; the guest itself failed under a test: 4 as well, for lack of a verdict. */
export function codeOfStatuses(results: readonly RealResult[]): number {
  if (results.length > 0 && results.every(({ status }) => status === "no-boot")) {
    return exitCodes.environment;
  }
  const lost = results.filter(({ status }) => status !== "ok" && status !== "skip");
  const tried = results.filter(({ trials }) => trials > 0);
  return lost.length > 0 || tried.length === 0 ? exitCodes.inconclusive : exitCodes.asExpected;
}

/** The exit code of what went wrong outside the tests, after it has been told; undefined if nothing did. */
export function told(runs: readonly RigRun[], session: Session): number | undefined {
  const failed = runs.find((run) => !run.ok);
  if (failed?.ok === false) {
    return tellProblem(failed.problem, session);
  }
  return session.signal.aborted ? exitCodes.interrupted : undefined;
}
