/** `pinfold run`, from the arguments to the exit code. */

import { expectationFor, printCondition } from "../../litmus/index.ts";
import { realGrid } from "../../report/grid.ts";
import { reportGridJunit } from "../../report/junit.ts";
import { reportGridKtap } from "../../report/ktap.ts";
import { type Judged, realJson } from "../../report/real-json.ts";
import { drawRealTable, reportReal } from "../../report/real-text.ts";
import { wilsonInterval } from "../../verdict/interval.ts";
import { isAsExpected } from "../../verdict/real.ts";
import type { KernelShelf } from "../check/run-check.ts";
import { exitCodes } from "../exit-codes.ts";
import type { LoadedTest } from "../litmus-tests.ts";
import { type Reporters, writeReports } from "../output.ts";
import type { Session } from "../session.ts";
import { kernelOfRelease } from "./kernel-of-rig.ts";
import { codeOfStatuses, prepare, type RunOptions, runAll, told } from "./rig-session.ts";
import type { RigRun } from "./run-tests.ts";

/** `pinfold run`. */
export async function runOnRigs(
  given: readonly string[],
  options: RunOptions,
  shelf: KernelShelf,
  session: Session,
): Promise<number> {
  const prepared = prepare(given, options, shelf, session);
  if (prepared === undefined) {
    return exitCodes.usage;
  }
  const { runs } = await runAll(prepared.tests, options, session);
  const judged = runs.flatMap((run) => (run.ok ? judgedOf(run, prepared.tests, shelf) : []));
  const reporters: Reporters = {
    text: (look) =>
      prepared.tests.length === 1 || options.verbose
        ? judged.map((one) => realText(one, prepared.tests)).join("\n")
        : `${drawRealTable(
            judged.map(({ result }) => result),
            look,
          ).join("\n")}\n`,
    json: () => realJson(judged),
    ktap: () => reportGridKtap(realGrid(judged)),
    junit: () => reportGridJunit(realGrid(judged), "pinfold run"),
  };
  const written = writeReports(prepared.targets, reporters, options, session);
  return told(runs, session) ?? (written ? exitCodeOfRun(judged) : exitCodes.usage);
}

function judgedOf(
  run: Extract<RigRun, { ok: true }>,
  tests: readonly LoadedTest[],
  { kernels, lineage }: KernelShelf,
): readonly Judged[] {
  const kernel = kernelOfRelease(run.rig, kernels, lineage);
  return run.results.flatMap((result, index) => {
    if (run.unfinished.has(result.test)) return [];
    const test = tests[index]?.test;
    const expected =
      kernel === undefined || test === undefined
        ? undefined
        : expectationFor(test, kernel, lineage);
    const asExpected =
      expected === undefined || result.trials === 0 ? undefined : isAsExpected(result, expected);
    return {
      result,
      kernel,
      expected,
      asExpected,
      interval: wilsonInterval(result.hits, result.trials),
    };
  });
}

function realText(
  { result, interval, expected, asExpected }: Judged,
  tests: readonly LoadedTest[],
): string {
  const loaded = tests.find(({ test }) => test.name === result.test);
  if (loaded === undefined) {
    return "";
  }
  const { test, hash } = loaded;
  const percent = (rate: number): string => `${(rate * 100).toFixed(1)} %`;
  const words = `95 % interval ${percent(interval.low)} to ${percent(interval.high)}`;
  const text = reportReal(
    { name: test.name, condition: printCondition(test.condition), hash },
    result,
    words,
  );
  return asExpected === false ? `${text}Not as expected: expected ${expected}\n` : text;
}

function exitCodeOfRun(judged: readonly Judged[]): number {
  if (judged.some(({ asExpected }) => asExpected === false)) {
    return exitCodes.notAsExpected;
  }
  return codeOfStatuses(judged.map(({ result }) => result));
}
