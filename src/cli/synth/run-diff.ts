/** `pinfold diff A B`: the shortest tests that tell two kernels apart. */
import type { Test } from "../../litmus/index.ts";
import { type ConcurrentResult, diffConcurrent } from "../../synth/concurrent.ts";
import { type DiffOptions, defaultDepth, diff } from "../../synth/diff.ts";
import { diffThroughLenses, type LensesResult } from "../../synth/lenses.ts";
import { concurrentJson, concurrentText } from "../../synth/output/concurrent-report.ts";
import { diffJson } from "../../synth/output/diff-json.ts";
import { diffText } from "../../synth/output/diff-text.ts";
import { toldDecisions } from "../../synth/told-decisions.ts";
import { exitCodes } from "../exit-codes.ts";
import { chooseFormats, type FormatTarget } from "../formats.ts";
import { writeReports } from "../output.ts";
import { complain, type GlobalOptions, type Session } from "../session.ts";
import { type AlphabetWords, chooseAlphabet } from "./alphabet-options.ts";
import { type EmitTestsOptions, emitTests } from "./emit-tests.ts";
import { kernelArgument } from "./kernel-argument.ts";
import { namedTests } from "./one-test.ts";
import { libraryFolder } from "./run-coverage.ts";

export interface DiffCommandOptions extends GlobalOptions, AlphabetWords, EmitTestsOptions {
  readonly depth: number | undefined;
  readonly limit: number | undefined;
  readonly concurrent?: boolean;
  readonly set: readonly string[];
}

/**
 * Searches and prints; --set changes the second kernel. 0 whether they differ or not, 124 if the
 * search was cut.
 */
export async function runDiff(
  names: readonly [string, string],
  options: DiffCommandOptions,
  session: Session,
): Promise<number> {
  const formats = chooseFormats(options.format, options.output, ["text", "json"]);
  const chosen = await Promise.all(
    names.map((name, side) => kernelArgument(name, session.folder, side === 1 ? options.set : [])),
  );
  const alphabet = chooseAlphabet(options);
  const wrong = [formats, ...chosen, alphabet].find((choice) => !choice.ok);
  if (wrong !== undefined && !wrong.ok) complain(session, wrong.message);
  const [one, other] = chosen;
  if (!formats.ok || !one?.ok || !other?.ok || !alphabet.ok) return exitCodes.usage;
  const search: DiffOptions = {
    interrupted: () => session.signal.aborted,
    ...(options.depth === undefined ? {} : { depth: options.depth }),
    ...(options.limit === undefined ? {} : { limit: options.limit }),
    ...(one.value.machine === undefined ? {} : { machine: one.value.machine }),
    ...(other.value.machine === undefined ? {} : { otherMachine: other.value.machine }),
  };
  const pair = [one.value.kernel, other.value.kernel] as const;
  if (options.concurrent) {
    const wrongWord = strangeToRaces(options);
    if (wrongWord !== undefined) {
      complain(session, wrongWord);
      return exitCodes.usage;
    }
    const { kinds } = alphabet.value;
    const found = diffConcurrent(...pair, { ...search, ...(kinds === undefined ? {} : { kinds }) });
    return tellRaces(found, formats.targets, options, session);
  }
  const result = saysWhat(options)
    ? single(diff(...pair, { depth: defaultDepth, ...alphabet.value, ...search }))
    : diffThroughLenses(...pair, search);
  const decisions = toldDecisions(...pair, result.tests, libraryTest(options, session));
  const written = writeReports(
    formats.targets,
    {
      text: (look) => diffText(result, decisions, { runs: options.verbose }, look),
      json: () => diffJson(result, decisions),
    },
    options,
    session,
  );
  const tests = result.tests.map(({ test }) => test);
  return written && emitTests(tests, options, session) ? codeOf(result) : exitCodes.usage;
}

/** A test of the library by its name; the library is read when the first is asked for. */
function libraryTest(
  options: DiffCommandOptions,
  session: Session,
): (name: string) => Test | undefined {
  let tests: ReadonlyMap<string, Test> | undefined;
  return (name) => {
    tests ??= new Map(
      (namedTests([libraryFolder], options, session) ?? []).map(({ test }) => [test.name, test]),
    );
    return tests.get(name);
  };
}

/** A racing program is made of one pair and an ending: nobody chooses its length or its operations. */
function strangeToRaces({ ops, pages, processes, depth }: DiffCommandOptions): string | undefined {
  const given = Object.entries({ ops, pages, processes, depth }).find(
    ([, word]) => word !== undefined,
  );
  return given && `--concurrent takes --kinds and --limit; leave out --${given[0]}`;
}

function tellRaces(
  found: ConcurrentResult,
  targets: readonly FormatTarget[],
  options: DiffCommandOptions,
  session: Session,
): number {
  const reporters = {
    text: (look: Parameters<typeof concurrentText>[2]) =>
      concurrentText(found, { runs: options.verbose }, look),
    json: () => concurrentJson(found),
  };
  const tests = found.tests.map(({ test }) => test);
  const written = writeReports(targets, reporters, options, session);
  if (!written || !emitTests(tests, options, session)) return exitCodes.usage;
  if (found.bound === "interrupted") return exitCodes.interrupted;
  return found.cut.length === 0 ? exitCodes.asExpected : exitCodes.limitReached;
}

function saysWhat({ kinds, ops, pages, processes }: AlphabetWords): boolean {
  return [kinds, ops, pages, processes].some((word) => word !== undefined);
}

function single(search: ReturnType<typeof diff>): LensesResult {
  const { kernels, tests, complete } = search;
  return { kernels, tests, complete, searches: [search] };
}

function codeOf({ searches }: LensesResult): number {
  const bounds = searches.map(({ bound }) => bound);
  if (bounds.includes("interrupted")) return exitCodes.interrupted;
  return bounds.every((bound) => bound === undefined || bound === "enough")
    ? exitCodes.asExpected
    : exitCodes.limitReached;
}
