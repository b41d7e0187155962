/** `pinfold twin cow`: the matrix of a kernel's self-test, regenerated and held against the library. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { twinJson, twinText } from "../../synth/output/twin-report.ts";
import { readCells, twin } from "../../synth/twin.ts";
import { exitCodes } from "../exit-codes.ts";
import { chooseFormats } from "../formats.ts";
import { writeReports } from "../output.ts";
import { startProgress } from "../progress.ts";
import { complain, type GlobalOptions, type Session } from "../session.ts";
import { type EmitTestsOptions, emitTests } from "./emit-tests.ts";
import { namedTests } from "./one-test.ts";
import { libraryFolder } from "./run-coverage.ts";

export interface TwinCommandOptions extends GlobalOptions, EmitTestsOptions {}

/** 0 when everything was asked; the missing tests are written where the options say. */
export async function runTwin(
  program: string,
  options: TwinCommandOptions,
  session: Session,
): Promise<number> {
  const formats = chooseFormats(options.format, options.output, ["text", "json"]);
  if (!formats.ok) complain(session, formats.message);
  const loaded = namedTests([libraryFolder], options, session);
  if (!formats.ok || loaded === undefined) return exitCodes.usage;
  const library = loaded.map(({ test }) => test);
  const byName = new Map(library.map((test) => [test.name, test]));
  const table = readFileSync(join(libraryFolder, "selftest", "cells.tsv"), "utf8");
  const cells = readCells(table, program, (name) => byName.get(name));
  const progress = startProgress(session, !options.quiet);
  const found = twin(program, cells, library, {
    interrupted: () => session.signal.aborted,
    onTest: progress.show,
  });
  progress.clear();
  const reporters = {
    text: (look: Parameters<typeof twinText>[2]) =>
      twinText(found, { verbose: options.verbose }, look),
    json: () => twinJson(found),
  };
  const written = writeReports(formats.targets, reporters, options, session);
  const tests = found.missing.map(({ test }) => test);
  if (!written || !emitTests(tests, options, session)) return exitCodes.usage;
  return found.complete ? exitCodes.asExpected : exitCodes.interrupted;
}
