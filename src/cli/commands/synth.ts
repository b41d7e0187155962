/** `pinfold bisect TEST` and `pinfold minimise TEST`. */
import type { Command } from "commander";
import type { Dispatch } from "../dispatch.ts";
import { collected } from "../option-values.ts";
import type { BisectCommandOptions } from "../synth/run-bisect.ts";
import type { MinimiseCommandOptions } from "../synth/run-minimise.ts";

/** Adds the command to the program. */
export function addBisect(program: Command, dispatch: Dispatch): void {
  program
    .command("bisect")
    .summary("which kernel changed a verdict, and by which decisions")
    .description(
      "Asks every kernel of the lineage; explains each change of the verdict by the smallest set of decisions that makes it.",
    )
    .argument("<test...>", "a .litmus file, a folder of them, or @LIST")
    .option("--from <kernel>", "begin here")
    .option("--to <kernel>", "end here")
    .action((tests: string[], _own: object, command: Command) =>
      dispatch(command, async (options: BisectCommandOptions, session) => {
        const { runBisect } = await import("../synth/run-bisect.ts");
        return runBisect(tests, options, session);
      }),
    );
}

/** Adds the command to the program. */
export function addMinimise(program: Command, dispatch: Dispatch): void {
  program
    .command("minimise")
    .summary("make a test smallest while its verdicts stay")
    .description(
      "Drops operations, processes and pages, and makes page kinds plainer, while every named kernel's verdict stays.",
    )
    .argument("<test>", "a .litmus file")
    .option("-k, --kernel <names>", "kernels whose verdicts stay, comma-separated", collected, [])
    .action((test: string, _own: object, command: Command) =>
      dispatch(command, async (options: MinimiseCommandOptions, session) => {
        const { runMinimise } = await import("../synth/run-minimise.ts");
        return runMinimise(test, options, session);
      }),
    );
}
