/** `pinfold coverage SHELF`: which decisions of the kernels a set of tests would notice. */
import { realpathSync } from "node:fs";
import { sep } from "node:path";
import { fileURLToPath } from "node:url";
import { kernels } from "../../kernels/index.ts";
import { coverage } from "../../synth/coverage.ts";
import { coverageJson, coverageText } from "../../synth/output/coverage-report.ts";
import { exitCodes } from "../exit-codes.ts";
import { chooseFormats } from "../formats.ts";
import { chooseKernels } from "../kernel-choice.ts";
import { writeReports } from "../output.ts";
import { startProgress } from "../progress.ts";
import { complain, type GlobalOptions, type Session } from "../session.ts";
import { namedTests } from "./one-test.ts";

export interface CoverageCommandOptions extends GlobalOptions {
  readonly kernel: readonly string[];
}

/** The library that stands in the package. */
export const libraryFolder = fileURLToPath(new URL("../../../litmus", import.meta.url));

/** 0 when every test was asked, whatever they notice. */
export async function runCoverage(
  given: readonly string[],
  options: CoverageCommandOptions,
  session: Session,
): Promise<number> {
  const formats = chooseFormats(options.format, options.output, ["text", "json"]);
  const words = options.kernel.flatMap((word) => word.split(","));
  const chosen = chooseKernels(words.length === 0 ? ["all"] : words, kernels);
  for (const choice of [formats, chosen]) if (!choice.ok) complain(session, choice.message);
  const loaded = namedTests(given.length === 0 ? [libraryFolder] : given, options, session);
  if (!formats.ok || !chosen.ok || loaded === undefined) return exitCodes.usage;
  const tests = loaded.map(({ test }) => test);
  const asked = kernels.filter(({ name }) => chosen.kernels.some((one) => one.name === name));
  const progress = startProgress(session, !options.quiet);
  const found = coverage(tests, asked, {
    fromLibrary: loaded.every(({ file }) => isOfLibrary(file)),
    interrupted: () => session.signal.aborted,
    onTest: (name, at) => progress.show(`${at + 1} of ${tests.length}: ${name}`),
  });
  progress.clear();
  const reporters = {
    text: (look: Parameters<typeof coverageText>[2]) =>
      coverageText(found, { verbose: options.verbose }, look),
    json: () => coverageJson(found),
  };
  const written = writeReports(formats.targets, reporters, options, session);
  if (!written) return exitCodes.usage;
  return found.complete ? exitCodes.asExpected : exitCodes.interrupted;
}

function isOfLibrary(file: string): boolean {
  try {
    return realpathSync(file).startsWith(`${realpathSync(libraryFolder)}${sep}`);
  } catch {
    return false;
  }
}
