/** `pinfold emit`: tests as one C program. */
import type { Command } from "commander";
import type { Dispatch } from "../dispatch.ts";
import { collected, positiveCount } from "../option-values.ts";
import type { EmitCommandOptions } from "../run-emit.ts";

/** Adds the command to the program. */
export function addEmit(program: Command, dispatch: Dispatch): void {
  program
    .command("emit")
    .summary("print litmus tests as one C program, or one as Promela")
    .description(
      "Prints one self-contained C program that runs the tests in forced orders and reports KTAP. " +
        "--format promela -o FILE.pml writes one test on one modelled kernel for SPIN.",
    )
    .argument("<test...>", "a .litmus file, a folder of them, or @LIST")
    .option(
      "-k, --kernel <name>",
      "the modelled kernel of the Promela, or of a bundle's KTAP (v7.2)",
      collected,
      [],
    )
    .option("--orders <count>", "at most so many orders of each test's statements", positiveCount)
    .option("--seed <number>", "chooses the orders where there are more", positiveCount)
    .option("--bundle <folder>", "write C, Makefile, run script, configuration and expected KTAP")
    .option("--leave-out-device-write", "the red control: devices write nothing")
    .action((tests: string[], _own: object, command: Command) =>
      dispatch(command, async (options: EmitCommandOptions, session) => {
        const [{ runEmit }, shelf] = await Promise.all([
          import("../run-emit.ts"),
          import("../../kernels/index.ts"),
        ]);
        return runEmit(tests, options, shelf, session);
      }),
    );
}
