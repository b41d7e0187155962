/**
 * A batch of tests on a rig, from the compiled program to the read-back results. The guest may
 * panic, hang or die under one case: that case is named, and the cases after it run in another boot.
 */
import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isHost, runHere } from "./host.ts";
import { buildInitramfs, disksFor, type GuestNeeds, servedNeeds } from "./initramfs.ts";
import { done, failed, type RigResult } from "./problem.ts";
import {
  begunCases,
  type CaseResult,
  lostCase,
  plannedCases,
  readNumbered,
  unfinishedCase,
} from "./protocol.ts";
import {
  type BootEnd,
  type BootOptions,
  type BootResult,
  boot,
  findQemu,
  lastLines,
} from "./qemu.ts";
import type { Rig } from "./rigs.ts";

export interface SessionOptions {
  /** Trials of each case. */
  readonly trials: number;
  /** Trials of each test, which its orders share; goes before `trials`. */
  readonly trialsOfTest?: number | undefined;
  readonly seed?: number | undefined;
  /** All actors at once instead of one statement after the other. */
  readonly free?: FreeRun | undefined;
  /** The numbers of the cases to run, counted over all orders of all tests; all by default. */
  readonly cases?: readonly number[] | undefined;
  /** Hears of each case as soon as the guest has reported it whole. */
  readonly onCase?: ((result: CaseResult) => void) | undefined;
  /** Whether the model says of a case that hung that it has no end: then it is not tried again. */
  readonly isEndless?: IsEndless | undefined;
  readonly needs?: GuestNeeds;
  /** On this machine itself: settings of the whole system may be changed for the time of the run. */
  readonly systemChanges?: boolean;
  /** tcg by default; kvm only after `chooseAccelerator` found that it runs guests here. */
  readonly accelerator?: "tcg" | "kvm";
  readonly timeoutSeconds?: number;
  readonly silenceSeconds?: number;
  /** Boots at most, the first one included, before the rest of the batch is given up. */
  readonly maximumBoots?: number;
  readonly signal?: AbortSignal | undefined;
  readonly onConsole?: ((line: string) => void) | undefined;
}

export type IsEndless = (result: CaseResult) => Promise<boolean>;

/** A free-running stress: how long each test goes on, and where its actors run. */
export interface FreeRun {
  readonly seconds: number;
  /** Each on a processor of its own, all on one, or where the kernel puts them. */
  readonly affinity: "spread" | "one" | "none";
  /** Declared pages of one array lie so many pages from first to last, with others between. */
  readonly apart?: number | undefined;
}

export interface SessionResult {
  readonly cases: readonly CaseResult[];
  /** Cases that the program's plan promised and nothing is known about. */
  readonly unreported: number;
  /** How the last boot ended. */
  readonly end: BootEnd;
  readonly why: string;
  readonly boots: number;
  readonly seconds: number;
  /** What init could not set up. */
  readonly notes: readonly string[];
  /** The console's last lines when a boot did not end well. */
  readonly lastLines: readonly string[];
}

const usual = { memoryMb: 1024, timeoutSeconds: 1800, maximumBoots: 40 };

/** Generous: an emulated machine may stand still for seconds while its host is busy. */
const trialSecondsMax = 40;

/**
 * A statement needs next to no processor time. One that takes so much is stopped, and has all the time it
 * may want at its second try, unless the model says that it never ends.
 */
const firstSpinSeconds = 2;

/** A case speaks before its first trial and after its last, so many trials may be silent for long. */
function usualSilence({ trials, free }: SessionOptions): number {
  return 60 + (free?.seconds ?? trials / 4);
}

/** Runs a compiled test program on a rig. Fails only for the environment, never for the guest. */
export async function runOnRig(
  rig: Rig,
  programPath: string,
  options: SessionOptions,
): Promise<RigResult<SessionResult>> {
  if (isHost(rig)) {
    const { needs = {}, signal, onConsole, timeoutSeconds = usual.timeoutSeconds } = options;
    const hugePages = options.systemChanges === true ? (needs.hugetlb ?? 0) : 0;
    const how = { program: programPath, timeoutSeconds, hugePages, signal, onConsole };
    return runBatch(async (runs) => done(await runHere(how, runs)), options);
  }
  const qemu = findQemu();
  if (!qemu.ok) return qemu;
  const program = await readFile(programPath).catch(() => undefined);
  if (program === undefined) {
    return failed("notAKernel", `${programPath} cannot be read.`, "Compile the test first.");
  }
  const folder = await mkdtemp(join(tmpdir(), "pinfold-run-"));
  try {
    const disks: string[] = [];
    for (const { name, bytes } of disksFor(options.needs ?? {})) {
      disks.push(join(folder, name));
      await writeFile(join(folder, name), "");
      await truncate(join(folder, name), bytes);
    }
    const bootRuns = (runs: readonly (readonly string[])[], verbose: boolean) =>
      bootOnce({ rig, program, qemu: qemu.value, folder, disks, options }, runs, verbose);
    return await runBatch(bootRuns, options, ["--guest"]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Machine {
  readonly rig: Rig;
  readonly program: Uint8Array;
  readonly qemu: string;
  readonly folder: string;
  readonly disks: readonly string[];
  readonly options: SessionOptions;
}

/** Passes console lines on, and the cases that they report. */
function listener({ onCase, onConsole }: SessionOptions): BootOptions["onConsole"] {
  if (onCase === undefined) return onConsole;
  let lines: string[] = [];
  return (line) => {
    onConsole?.(line);
    if (line.includes("# running ")) lines = ["KTAP version 1"];
    lines.push(line);
    if (!/^(not )?ok \d+ /.test(line)) return;
    for (const { result, whole } of readNumbered(lines.join("\n"))) if (whole) onCase(result);
    lines = [];
  };
}

type BootRuns = (
  runs: readonly (readonly string[])[],
  verbose: boolean,
) => Promise<RigResult<BootResult>>;

async function bootOnce(
  machine: Machine,
  runs: readonly (readonly string[])[],
  verbose: boolean,
): Promise<RigResult<BootResult>> {
  const { rig, program, options, folder } = machine;
  const needs = servedNeeds(rig, options.needs ?? {});
  const archive = await buildInitramfs(rig, program, needs, runs, { signal: options.signal });
  if (!archive.ok) return archive;
  const initrd = join(folder, "initrd");
  await writeFile(initrd, archive.value);
  const how: BootOptions = {
    qemu: machine.qemu,
    kernel: rig.kernel,
    initrd,
    memoryMb: needs.memoryMb ?? usual.memoryMb,
    cpus: needs.cpus ?? (options.free === undefined ? 1 : 2),
    accelerator: options.accelerator ?? "tcg",
    timeoutSeconds: options.timeoutSeconds ?? usual.timeoutSeconds,
    silenceSeconds: options.silenceSeconds ?? usualSilence(options),
    disks: machine.disks,
    iommu: needs.vfio === true,
    verbose,
    signal: options.signal,
    onConsole: listener(options),
  };
  return done(await boot(how));
}

/**
 * The loop over boots, apart from QEMU so that it can be tested with made-up guests. A guest that
 * does not boot is tried once more, then talkative; one lost under a case goes on behind that case.
 */
export async function runBatch(
  bootRuns: BootRuns,
  options: SessionOptions,
  place: readonly string[] = [],
): Promise<RigResult<SessionResult>> {
  const words = [...place, "--trials", String(options.trials)];
  words.push("--trial-seconds", String(trialSecondsMax));
  if (options.seed !== undefined) words.push("--seed", String(options.seed));
  if (options.trialsOfTest !== undefined) {
    words.push("--trials-of-test", String(options.trialsOfTest));
  }
  if (options.free !== undefined) words.push(...freeWords(options.free));
  const batch = newBatch(options);
  const hasty = [...words, "--spin-seconds", String(firstSpinSeconds)];
  let runs: readonly (readonly string[])[] =
    options.cases === undefined ? [hasty] : chosenWords(hasty, options.cases);
  const maximum = options.maximumBoots ?? usual.maximumBoots;
  while (runs.length > 0 && batch.boots < maximum) {
    const result = await bootRuns(runs, batch.end === "no-boot");
    if (!result.ok) return result;
    const remaining = await takeBoot(batch, result.value, runs.length);
    if (remaining === "again") continue;
    const wordsOf = (number: number) => (batch.retried.has(number) ? words : hasty);
    runs = remaining.map((number) => [...wordsOf(number), "--only", String(number)]);
    if (batch.end === "interrupted") break;
  }
  const { cases, end, why, boots, seconds, notes } = batch;
  const unreported = Math.max(0, batch.planned - cases.length);
  return done({ cases, unreported, end, why, boots, seconds, notes, lastLines: batch.lastLines });
}

function freeWords({ seconds, affinity, apart }: FreeRun): readonly string[] {
  const far = apart === undefined ? [] : ["--apart", String(apart)];
  return ["--free", "--seconds", String(seconds), "--affinity", affinity, ...far];
}

/** init reads lines of a limited length: a long list of cases becomes several runs. */
const rangesOfRun = 40;

function chosenWords(
  words: readonly string[],
  cases: readonly number[],
): readonly (readonly string[])[] {
  const ranges: [number, number][] = [];
  for (const number of cases) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === number - 1) last[1] = number;
    else ranges.push([number, number]);
  }
  const texts = ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`));
  const runs: (readonly string[])[] = [];
  for (let at = 0; at < texts.length; at += rangesOfRun) {
    runs.push([...words, "--only", texts.slice(at, at + rangesOfRun).join(",")]);
  }
  return runs;
}

interface Batch {
  cases: CaseResult[];
  end: BootEnd;
  why: string;
  boots: number;
  seconds: number;
  notes: readonly string[];
  lastLines: readonly string[];
  planned: number;
  /** Numbers of the cases that the running boot still owes, in its order. */
  owed: readonly number[];
  /** A case that hung, or whose report was mangled, is tried a second time before it is lost. */
  retried: Set<number>;
  /** Names of the cases that began, by number. */
  names: Map<number, string>;
  readonly isEndless: IsEndless;
}

function newBatch({ cases: chosen, isEndless }: SessionOptions): Batch {
  return {
    cases: [],
    end: "off",
    why: "",
    boots: 0,
    seconds: 0,
    notes: [],
    lastLines: [],
    planned: chosen?.length ?? 0,
    owed: chosen ?? [],
    retried: new Set(),
    names: new Map(),
    isEndless: isEndless ?? (async () => false),
  };
}

/** Books what one boot gave; returns the case numbers still to run, or "again" for the same boot. */
async function takeBoot(
  batch: Batch,
  result: BootResult,
  runs: number,
): Promise<readonly number[] | "again"> {
  const text = result.lines.join("\n");
  batch.boots++;
  batch.seconds += result.seconds;
  batch.end = result.end;
  batch.why = result.why;
  const notes = result.lines.filter((line) => line.startsWith("=== pinfold note "));
  batch.notes = notes.map((line) => line.slice("=== pinfold note ".length));
  if (result.end !== "off") batch.lastLines = lastLines(result.lines);
  if (result.end === "no-boot") return batch.boots === 1 ? "again" : [];
  if (batch.planned === 0) {
    batch.planned = plannedCases(text) ?? 0;
    batch.owed = Array.from({ length: batch.planned }, (_, at) => at + 1);
  }
  await takeReports(batch, text);
  // Who interrupts is to blame for what had begun; the case is run again when the batch is.
  if (result.end === "interrupted") return [];
  const end = endOfProgram(result, runs);
  if (end !== undefined) return blame(batch, text, end);
  return askAgain(batch, text);
}

/** Runs of one case each say "1": which case it is, the line at its beginning tells. */
async function takeReports(batch: Batch, text: string): Promise<void> {
  for (const [number, name] of begunCases(text)) batch.names.set(number, name);
  const numbers = new Map([...batch.names].map(([number, name]) => [name, number]));
  for (const { number: shown, result, whole } of readNumbered(text)) {
    const number = numbers.get(`${result.test}.o${result.orderIndex}`) ?? shown;
    if (!whole || !batch.owed.includes(number)) continue;
    batch.owed = batch.owed.filter((one) => one !== number);
    // A host that stood still longer than a trial may take looks like a test that hangs.
    const hung = hangs(result) && !batch.retried.has(number);
    if (hung && !(await batch.isEndless(result))) batch.owed = [...batch.owed, number];
    else batch.cases.push(result);
  }
}

function hangs({ status, why }: CaseResult): boolean {
  return status === "fail" && why.startsWith("hang at");
}

/** The program ended well and some reports are missing or mangled: those cases run once more. */
function askAgain(batch: Batch, text: string): readonly number[] {
  const again = batch.owed.filter((number) => !batch.retried.has(number));
  for (const number of batch.owed) {
    if (again.includes(number)) continue;
    lose(batch, number, { status: "fail", why: "what the console showed of it was mangled" }, text);
  }
  for (const number of again) batch.retried.add(number);
  batch.owed = again;
  return again;
}

interface Loss {
  readonly status: "panic" | "hang" | "died" | "fail";
  readonly why: string;
}

/** The case that was running is blamed, or tried once more after a hang. */
function blame(batch: Batch, text: string, end: Loss): readonly number[] {
  // Of several runs in one boot an earlier one may have died, and later ones ended well.
  const began = begunCases(text);
  const running = unfinishedCase(text) ?? batch.owed.map((one) => began.get(one)).find(Boolean);
  const number =
    batch.owed.find((one) => running !== undefined && batch.names.get(one) === running) ??
    batch.owed[0];
  if (number === undefined) return [];
  if (end.status === "hang" && !batch.retried.has(number)) {
    batch.retried.add(number);
    return batch.owed;
  }
  if (running !== undefined && !batch.names.has(number)) batch.names.set(number, running);
  if (running !== undefined) lose(batch, number, end, text);
  batch.owed = batch.owed.filter((one) => one !== number);
  return batch.owed;
}

function lose(batch: Batch, number: number, { status, why }: Loss, text: string): void {
  const name = batch.names.get(number);
  if (name === undefined) return;
  const console = lastLines(text.split("\n"));
  batch.cases.push({ ...lostCase(name, status, why), console });
}

/** Why the program stopped before its plan was done, or undefined when it ended by itself. */
function endOfProgram(
  result: BootResult,
  runs: number,
): { readonly status: "panic" | "hang" | "died"; readonly why: string } | undefined {
  if (result.end === "panic" || result.end === "hang") {
    return { status: result.end, why: result.why };
  }
  const ends = result.lines.filter((line) => line.startsWith("=== pinfold end "));
  const signal = ends.map((line) => /signal (\d+)/.exec(line)?.[1]).find(Boolean);
  if (signal !== undefined) return { status: "died", why: `the program died of signal ${signal}` };
  return ends.length < runs ? { status: "died", why: "the program did not end" } : undefined;
}
