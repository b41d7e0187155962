/** `pinfold emit --format promela`: one test on one modelled kernel as a model for SPIN. */
import { readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { emitPromela } from "../emit/promela/index.ts";
import { findKernel, kernels } from "../kernels/index.ts";
import type { Test } from "../litmus/index.ts";
import { loadWorld } from "../verdict/world.ts";
import { exitCodes } from "./exit-codes.ts";
import { chooseKernels } from "./kernel-choice.ts";
import { messageOf } from "./output.ts";
import { complain, type GlobalOptions, type Session } from "./session.ts";

export interface PromelaTarget extends GlobalOptions {
  readonly kernel?: readonly string[];
}

const ending = ".pml";

/** Writes the model and the header that it includes; the process's exit code. */
export function runEmitPromela(
  tests: readonly Test[],
  options: PromelaTarget,
  session: Session,
): number {
  const chosen = chooseKernels(options.kernel ?? [], kernels);
  const wrong = chosen.ok ? misfit(tests, chosen.kernels.length, options.output) : chosen.message;
  if (!chosen.ok || wrong !== undefined) {
    complain(session, wrong ?? "");
    return exitCodes.usage;
  }
  const world = loadWorld(tests[0]!, findKernel(chosen.kernels[0]!.name)!);
  if (world.notModelled.length > 0) {
    complain(session, `${world.test.name} is not modelled: ${world.notModelled.join(", ")}`);
    return exitCodes.inconclusive;
  }
  const file = resolve(session.folder, options.output!);
  const name = basename(file, ending);
  const { model, header } = emitPromela(world, compiledText(), name);
  try {
    writeFileSync(file, model);
    writeFileSync(join(dirname(file), `${name}.h`), header);
  } catch (error) {
    complain(session, `cannot write ${file}: ${messageOf(error)}`);
    return exitCodes.usage;
  }
  return exitCodes.asExpected;
}

/** What the command line asks for and a model cannot be. */
function misfit(
  tests: readonly Test[],
  kernelCount: number,
  output: string | undefined,
): string | undefined {
  if (tests.length !== 1)
    return `a Promela model is one test, and there are ${tests.length} here; name one of them in a file of its own`;
  if (kernelCount !== 1)
    return "a Promela model is a test on one kernel; write --kernel NAME (`pinfold kernels` lists them)";
  if (output === undefined || !/[^/]\.pml$/.test(output))
    return "a Promela model is two files, FILE.pml and FILE.h; write --output FILE.pml";
  return undefined;
}

/** The compiled paths, as the package ships them. */
function compiledText(): string {
  const file = fileURLToPath(new URL("../mm/machine.generated.js", import.meta.url));
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.filter((line) => line.startsWith("function ")).join("\n");
}
