/** `pinfold minimise TEST --kernel K`: the smallest test with the same verdict. */

import type { Test } from "../../litmus/ast.ts";
import { printFile } from "../../litmus/index.ts";
import { minimise } from "../../synth/minimise.ts";
import { check } from "../../verdict/check.ts";
import { exitCodes } from "../exit-codes.ts";
import { writeReports } from "../output.ts";
import { complain, type GlobalOptions, type Session } from "../session.ts";
import { kernelArgument, type NamedKernel } from "./kernel-argument.ts";
import { namedTests } from "./one-test.ts";

export interface MinimiseCommandOptions extends GlobalOptions {
  readonly kernel: readonly string[];
  readonly set: readonly string[];
}

/** Every kernel's verdict has to stay; with two kernels, so does their difference. */
export async function runMinimise(
  given: string,
  options: MinimiseCommandOptions,
  session: Session,
): Promise<number> {
  const words = options.kernel.flatMap((word) => word.split(","));
  const chosen = await Promise.all(
    words.map((word) => kernelArgument(word, session.folder, options.set)),
  );
  const wrong = chosen.find((choice) => !choice.ok);
  if (wrong !== undefined && !wrong.ok) complain(session, wrong.message);
  if (chosen.length === 0) complain(session, "say by --kernel on which kernels the verdict stays");
  const tests = namedTests([given], options, session);
  if (wrong !== undefined || chosen.length === 0 || tests === undefined) return exitCodes.usage;
  const kernels = chosen.flatMap((choice) => (choice.ok ? [choice.value] : []));
  const texts = tests.map(({ test }) => minimisedText(test, kernels));
  const target = [{ format: "text", file: options.output }] as const;
  const written = writeReports(target, { text: () => texts.join("\n") }, options, session);
  return written ? exitCodes.asExpected : exitCodes.usage;
}

function minimisedText(test: Test, kernels: readonly NamedKernel[]): string {
  const verdictsOf = (one: Test) =>
    kernels.map(({ kernel, machine }) => check(one, kernel, machine ? { machine } : {}).verdict);
  const wanted = verdictsOf(test).join();
  const smallest = minimise(test, (candidate) => verdictsOf(candidate).join() === wanted);
  return printFile({ ...smallest.test, doc: test.doc });
}
