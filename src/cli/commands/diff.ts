/** `pinfold diff A B`. */
import type { Command } from "commander";
import type { Dispatch } from "../dispatch.ts";
import { positiveCount, setOption } from "../option-values.ts";
import { withEmit } from "../synth/emit-tests.ts";
import type { DiffCommandOptions } from "../synth/run-diff.ts";

/** The options that say what programs are made of. */
export function withAlphabet(command: Command): Command {
  return command
    .option("--depth <count>", "longest program, in operations", positiveCount)
    .option("--kinds <kinds>", "page kinds, comma-separated (default: anon)")
    .option("--pages <count>", "base pages of each kind (default: 2)", positiveCount)
    .option("--processes <count>", "processes (default: 2)", positiveCount)
    .option("--ops <families>", "families of operations; +NAME adds to the core; or all");
}

/** Adds the command to the program. */
export function addDiff(program: Command, dispatch: Dispatch): void {
  const command = withAlphabet(
    program
      .command("diff")
      .summary("the shortest tests that tell two kernels apart")
      .description(
        "Searches all programs of some length for those on which two kernels differ: one test for each cause.",
      )
      .argument("<one>", "a modelled kernel, or a file that defines one")
      .argument("[other]", "another (default: the first, changed by --set)"),
  )
    .option(...setOption)
    .option("--limit <count>", "at most so many tests", positiveCount)
    .option("--concurrent", "programs with one racing pair, over all interleavings", false);
  withEmit(command).action(
    (one: string, other: string | undefined, _own: object, command: Command) =>
      dispatch(command, async (options: DiffCommandOptions, session) => {
        const { runDiff } = await import("../synth/run-diff.ts");
        if (other === undefined && options.set.length === 0)
          command.error("error: name another kernel, or change the first one by --set");
        return runDiff([one, other ?? one], options, session);
      }),
  );
}
