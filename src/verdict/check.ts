/**
 * check: one test on one kernel. Loads the world, searches it, and says Never, Sometimes or
 * Always, with the shortest run, or why it cannot say.
 */

import { type Exploration, type ExploreOptions, explore, shortestRun } from "../explore/explore.ts";
import { missedChance } from "../explore/fingerprint-store.ts";
import type { Reductions } from "../explore/reduced-search.ts";
import { NotThisSearch } from "../explore/saved-search.ts";
import type { Move, Progress, SearchResult } from "../explore/search.ts";
import { serialSearch } from "../explore/serial-search.ts";
import type { Kernel } from "../kernels/index.ts";
import { printStatement, type Test } from "../litmus/index.ts";
import type { Machine, Row } from "../step/index.ts";
import { askedBy, askedOf } from "./asked.ts";
import { crewFor, type Helpers, type VerdictCrew, verdictCrew, witnessGoal } from "./check-crew.ts";
import { readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import { classesOf } from "./classes.ts";
import { Collected } from "./collect.ts";
import { describeStep, pictureOf } from "./describe.ts";
import { defaultMaxStates } from "./limits.ts";
import { sequential } from "./memory.ts";
import type {
  Breach,
  CheckResult,
  Memory,
  Run,
  RunStep,
  ScheduleClass,
  ShownClasses,
  VerdictWord,
} from "./result.ts";
import { decidedBefore } from "./satisfiable.ts";
import { type AskedReductions, reductionsText } from "./search-reductions.ts";
import type { SharedAnswers } from "./shared-answers.ts";
import { Watch } from "./watch.ts";
import { loadWorld, type World } from "./world.ts";

export interface CheckOptions {
  /** "free" unless said otherwise. */
  readonly schedule?: Exclude<ScheduleClass, "forced">;
  readonly maxStates?: number;
  readonly interrupted?: () => boolean;
  readonly signal?: { readonly aborted: boolean };
  readonly progress?: (progress: Progress) => void;
  /** Paths other than the shipped ones: a user's own kernel. */
  readonly machine?: Machine;
  /** Reductions for searches that prove large; all of them unless said otherwise. */
  readonly reduce?: Partial<Reductions>;
  /** States up to which a search is plain; as many as reductions cost unless said otherwise. */
  readonly plainStates?: number;
  /** Sequential consistency unless said otherwise. */
  readonly memory?: Memory;
  /** Go on from a saved search if there is one, and save it where a bound cuts it. */
  readonly checkpoint?: Checkpoint;
  /** Also give every run, in classes. */
  readonly all?: boolean;
  /** False where nobody will look at the shortest run: then it is neither searched nor described. */
  readonly runs?: boolean;
  /** Most bytes that stored states may take. */
  readonly maxBytes?: number;
  /** Seconds after which a search is cut. */
  readonly maxSeconds?: number;
  /** Remember states by 64 bits each: less memory, and a chance to miss one that the notes state. */
  readonly fingerprints?: boolean;
  /** Threads that help a search that proves large. */
  readonly helpers?: Helpers;
  /** Answers of other kernels to the same test, used where they must be the same. */
  readonly answers?: SharedAnswers;
}

/** Reductions cost a second on the memory manager, as much as this many states. */
const plainStates = 500_000;

export interface Checkpoint {
  /** The checkpoint to go on from; bytes that are none of this check make it throw. */
  readonly from?: Uint8Array;
  readonly save?: (bytes: Uint8Array) => void;
}

export function check(test: Test, kernel: Kernel, options: CheckOptions = {}): CheckResult {
  const begun = Date.now();
  const schedule = options.schedule ?? "free";
  const memory = options.memory ?? sequential;
  const world = loadWorld(test, kernel, options.machine, memory.reorderings);
  const head = {
    test: test.name,
    kernel: kernel.name,
    schedule,
    memory,
    quantifier: test.condition.quantifier,
    notModelled: world.notModelled,
  };
  if (world.notModelled.length > 0) {
    const bound = `not modelled: ${world.notModelled.join(", ")}`;
    return { ...head, ...nothing, bound, seconds: 0, notes: [] };
  }
  const maxStates = options.maxStates ?? defaultMaxStates;
  const isShared = schedule === "free" && options.checkpoint === undefined;
  const answers = isShared ? options.answers : undefined;
  const reductions = reductionsText(reductionsIn(options));
  const same = answers?.find(world, { maxStates, reductions });
  if (same !== undefined) return same;
  const collected = new Collected(world);
  const { maxBytes, maxSeconds = Number.POSITIVE_INFINITY } = options;
  const isLate = (): boolean => Date.now() - begun > maxSeconds * 1000;
  const watch = new Watch(world);
  const searchOptions = searchOptionsOf(options, maxStates, isLate, collected, watch);
  const found = runSearch(world, schedule, searchOptions, collected, watch, options);
  const timedOut = found.bound === "interrupted" && options.signal?.aborted !== true && isLate();
  const limits = { maxStates, maxBytes, seconds: timedOut ? maxSeconds : undefined };
  const bound = boundText(found.bound, limits, collected);
  const unreached =
    bound === undefined ? collected.unreached((t, s) => statementText(world, t, s)) : [];
  const decided = decidedBefore(test);
  const valuations = [...collected.valuations.entries()]
    .sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0))
    .map(([, valuation]) => valuation);
  const result: CheckResult = {
    ...head,
    verdict: verdictWord(collected, bound, unreached, decided),
    complete: bound === undefined,
    bound,
    valuations,
    states: found.states,
    transitions: found.transitions,
    seconds: (Date.now() - begun) / 1000,
    run: found.run,
    notes: [
      ...notes(collected, unreached),
      ...decided,
      ...(options.fingerprints && schedule === "free" ? [fingerprintNote(found.states)] : []),
    ],
    ...(options.all === true && schedule === "free"
      ? { classes: classes(world, collected, options) }
      : {}),
    refused: world.names.handles
      .map(({ name }) => name)
      .filter((one) => collected.refused.has(one)),
    broken: found.broken,
    asks: askedBy(kernel, askedOf(world.model)),
  };
  if (found.bound !== undefined && found.save !== undefined) found.save();
  if (found.bound === undefined || found.bound === "states")
    answers?.keep(world, { maxStates, reductions }, result);
  return result;
}

/** Plainly at first, unless said otherwise. */
function reductionsIn(options: CheckOptions): AskedReductions {
  const { reduce } = options;
  return {
    ...(reduce ? { reduce } : {}),
    plainStates: options.plainStates ?? plainStates,
  };
}

/** What the search is told: its bounds, who stops it, and who looks at its states. */
function searchOptionsOf(
  options: CheckOptions,
  maxStates: number,
  isLate: () => boolean,
  collected: Collected,
  watch: Watch,
): ExploreOptions {
  return {
    cell: "u16" as const,
    maxStates,
    interrupted: () =>
      options.signal?.aborted === true || options.interrupted?.() === true || isLate(),
    ...(options.fingerprints ? { fingerprints: true } : {}),
    ...(options.progress ? { progress: options.progress } : {}),
    ...(options.maxBytes === undefined ? {} : { maxBytes: options.maxBytes }),
    ...reductionsIn(options),
    onState: (row: Row, state: number, step?: number, from?: number) => {
      collected.see(row);
      watch.see(row, state, step, from);
      return false;
    },
    onFinal: (row: Row, state: number) => {
      collected.end(row, state);
      return false;
    },
  };
}

const nothing = {
  verdict: "unknown",
  complete: false,
  valuations: [],
  states: 0,
  transitions: 0,
  run: undefined,
  broken: undefined,
  asks: [],
} as const;

interface Found {
  readonly bound: SearchResult["bound"];
  readonly states: number;
  readonly transitions: number;
  readonly run: Run | undefined;
  readonly broken: Breach | undefined;
  readonly save?: () => void;
}

interface Searched {
  readonly result: Exploration;
  readonly save?: () => void;
}

/** What the states of a search have shown so far. */
interface Seen {
  readonly collected: string;
  readonly breach: Watch["breach"];
}

/** A search that begins where a saved one was cut, and can be saved. */
function savedSearch(
  world: World,
  options: ExploreOptions,
  { from, save }: Checkpoint,
  collected: Collected,
  watch: Watch,
): Searched {
  const identity = { world, reductions: reductionsText(options) };
  const read = from && readCheckpoint(from, identity);
  if (read?.ok === false)
    throw new NotThisSearch(`byte ${read.byte}: error ${read.code}: ${read.message}`);
  if (read?.saved.kind === "reduced") {
    // Its states are not shown again: what they showed is told.
    const seen = JSON.parse(read.seen) as Seen;
    collected.merge(seen.collected);
    watch.breach = seen.breach;
  }
  const start = read === undefined ? {} : { from: read.saved };
  const result = orWrongStates(() => explore(world.model, world.first, { ...options, ...start }));
  if (save === undefined) return { result };
  const seen = (): string =>
    JSON.stringify({ collected: collected.report(), breach: watch.breach } satisfies Seen);
  return { result, save: () => save(writeCheckpoint(identity, result.saved(), seen())) };
}

function orWrongStates<T>(search: () => T): T {
  try {
    return search();
  } catch (error) {
    if (!(error instanceof NotThisSearch)) throw error;
    throw new NotThisSearch(`byte 0: error PF404: ${error.message}`);
  }
}

function runSearch(
  world: World,
  schedule: ScheduleClass,
  options: ExploreOptions,
  collected: Collected,
  watch: Watch,
  { checkpoint, helpers, runs = true }: Pick<CheckOptions, "checkpoint" | "helpers" | "runs">,
): Found {
  if (schedule === "serial") {
    const result = serialSearch(world.model, world.first, options);
    const { bound, states, transitions } = result;
    const broken = watch.breach && { ...watch.breach, run: undefined };
    return { bound, states, transitions, run: undefined, broken };
  }
  const crew = helpers && verdictCrew(world, helpers, collected);
  const helped = { ...options, ...(crew ? { crew } : {}) };
  const searched: Searched =
    checkpoint === undefined
      ? { result: explore(world.model, world.first, helped) }
      : savedSearch(world, helped, checkpoint, collected, watch);
  const { result, ...more } = searched;
  const { bound, states, transitions } = result;
  const runSetting = { world, options, collected, helpers };
  const run = runs ? runToWitness(runSetting, result) : undefined;
  const broken = brokenIn(runSetting, watch, crew, result, runs);
  return { bound, states, transitions, run, broken, ...more };
}

interface RunSetting {
  readonly world: World;
  readonly options: ExploreOptions;
  readonly collected: Collected;
  readonly helpers: Helpers | undefined;
}

/** A shortest run to the end that the condition asks for. */
function runToWitness(setting: RunSetting, result: Exploration): Run | undefined {
  const { witness } = setting.collected;
  const moves =
    witness === undefined || witness < 0 || result.reduced
      ? shortestWitness(setting, witness)
      : result.runTo(witness);
  return moves && runOf(setting.world, moves, setting.collected);
}

/** The first breach, and a run to it; which thread saw it first does not matter. */
function brokenIn(
  setting: RunSetting,
  watch: Watch,
  crew: VerdictCrew | undefined,
  result: Exploration,
  runs: boolean,
): Breach | undefined {
  const { breach } = watch;
  const seen = breach ?? crew?.breach();
  if (seen === undefined) return undefined;
  if (breach !== undefined && !runs) return { ...breach, run: undefined };
  const { world, options, collected, helpers } = setting;
  const onState = (row: Row): boolean => watch.breachOf(row) !== undefined;
  const help = helpers ? { crew: crewFor(helpers, "breach") } : {};
  const isNumbered = !result.reduced && breach !== undefined && watch.breachedAt! >= 0;
  const moves = isNumbered
    ? result.runTo(watch.breachedAt!)
    : shortestRun(world.model, world.first, { onState }, { ...options, ...help });
  const end = moves && watch.breachOf(endOf(world, moves));
  const run = runs && moves ? runOf(world, moves, collected) : undefined;
  return { ...(breach ?? end ?? seen), run };
}

/** The run of a reduced search is not the shortest: a plain search finds one that ends alike. */
function shortestWitness(
  { world, options, helpers }: RunSetting,
  witness: number | undefined,
): readonly Move[] | undefined {
  if (witness === undefined) return undefined;
  const { progress } = options;
  const told = progress && {
    progress: (at: Progress) => progress({ ...at, phase: "the shortest run" }),
  };
  const help = helpers ? { crew: crewFor(helpers, "witness") } : {};
  const goal = { onFinal: witnessGoal(world) };
  return shortestRun(world.model, world.first, goal, { ...options, ...told, ...help });
}

/** The state that moves lead to. */
function endOf({ model, first }: World, moves: readonly Move[]): Row {
  model.activate();
  const row = first.slice();
  for (const { actor, choice } of moves) {
    const base = model.layout.actorBase + actor * model.layout.actorStride;
    model.steps[row[base]!]!(row, base, actor, choice);
  }
  return row;
}

/** Walks the shortest run again, describing each step. */
function runOf(world: World, moves: readonly Move[], collected: Collected): Run {
  const { model } = world;
  model.activate();
  let row = world.first.slice();
  const steps: RunStep[] = [];
  const pictures = [{ after: 0, picture: pictureOf(world, row) }];
  for (const { actor, choice } of moves) {
    const base = model.layout.actorBase + actor * model.layout.actorStride;
    const next = row.slice();
    model.steps[row[base]!]!(next, base, actor, choice);
    steps.push(describeStep(world, actor, row, next));
    if (next[base + 1] !== row[base + 1] || next[base] === 0)
      pictures.push({ after: steps.length, picture: pictureOf(world, next) });
    row = next;
  }
  return { steps, pictures, end: collected.valuationOf(row) };
}

/** What a search without exact states may have missed. */
function fingerprintNote(states: number): string {
  const chance = (10 ** Math.ceil(Math.log10(missedChance(states)))).toExponential(0);
  return `states told apart by 64 bits: the chance that one was missed is below ${chance}`;
}

interface Limits {
  readonly maxStates: number;
  readonly maxBytes: number | undefined;
  /** The seconds that ran out. */
  readonly seconds: number | undefined;
}

function boundText(
  bound: SearchResult["bound"],
  { maxStates, maxBytes, seconds }: Limits,
  collected: Collected,
): string | undefined {
  if (collected.exhausted) return "the model's frames ran out";
  if (bound === "states") return `${maxStates.toLocaleString("en-US")} states`;
  if (seconds !== undefined) return `${seconds} s`;
  if (bound === "interrupted") return "interrupted";
  if (bound !== "memory") return undefined;
  return `${Math.round((maxBytes ?? 0) / 2 ** 20).toLocaleString("en-US")} MB of states`;
}

function verdictWord(
  collected: Collected,
  bound: string | undefined,
  unreached: readonly string[],
  decided: readonly string[],
): VerdictWord {
  const all = [...collected.valuations.values()];
  const positive = all.filter((valuation) => valuation.holds).length;
  if (bound !== undefined) return positive > 0 && positive < all.length ? "sometimes" : "unknown";
  const idle = unreached.length > 0 || decided.length > 0;
  if (all.length === 0 || collected.absentIn === all.length || idle) return "vacuous";
  if (positive === 0) return "never";
  return positive === all.length ? "always" : "sometimes";
}

function classes(world: World, collected: Collected, options: CheckOptions): ShownClasses {
  const interrupted = () => options.signal?.aborted === true || options.interrupted?.() === true;
  return classesOf(world, collected, (moves) => runOf(world, moves, collected), interrupted);
}

function notes(collected: Collected, unreached: readonly string[]): readonly string[] {
  const found: string[] = [];
  if (collected.stuck.size > 0)
    found.push(`some runs never end: ${[...collected.stuck].sort().join(", ")} waits for ever`);
  if (collected.filtered > 0 && collected.valuations.size === 0)
    found.push("the filter kept no run");
  if (collected.valuations.size > 0 && collected.absentIn === collected.valuations.size)
    found.push("the condition names something that no run ever wrote");
  for (const statement of unreached) found.push(`never reached, or always skipped: ${statement}`);
  return found;
}

function statementText(world: World, actor: number, statement: number): string {
  const of = world.test.actors[actor]!;
  return `${of.name}: ${printStatement(of.statements[statement]!)}`;
}
