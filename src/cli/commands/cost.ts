/** `pinfold cost fork` and `pinfold reach STEP`: questions about the paths themselves. */
import { Argument, type Command } from "commander";
import type { Dispatch } from "../dispatch.ts";
import { collected, positiveCount, setOption } from "../option-values.ts";
import type { CostCommandOptions } from "../synth/run-cost.ts";
import type { ReachCommandOptions } from "../synth/run-reach.ts";

/** Adds the command to the program. */
export function addCost(program: Command, dispatch: Dispatch): void {
  program
    .command("cost")
    .summary("what a fork costs per page")
    .description(
      "Counts the atomic loads and read-modify-writes of one forked page on the kernel's own path, by class of pages.",
    )
    .addArgument(new Argument("<what>", "what is counted").choices(["fork"]))
    .option(
      "-k, --kernel <names>",
      "kernels, comma-separated, or a file that defines one (default: all)",
      collected,
      [],
    )
    .option(...setOption)
    .action((_what: string, _own: object, command: Command) =>
      dispatch(command, async (options: CostCommandOptions, session) => {
        const { runCost } = await import("../synth/run-cost.ts");
        return runCost(options, session);
      }),
    );
}

/** Adds the command to the program. */
export function addReach(program: Command, dispatch: Dispatch): void {
  program
    .command("reach")
    .summary("which mappings get to a step of the kernel")
    .description(
      "Searches, for each kind of mapping, the shortest program on which the kernel takes a step.",
    )
    .argument("<step>", "the label of a step, or the name of a path: what a run shows")
    .requiredOption("-k, --kernel <name>", "a modelled kernel, or a file that defines one")
    .option(...setOption)
    .option("--depth <count>", "longest program, in operations (default: 3)", positiveCount)
    .option("--kinds <kinds>", "mappings, comma-separated (default: all)")
    .option("--ops <families>", "families of operations; +NAME adds to the core; or all")
    .action((step: string, _own: object, command: Command) =>
      dispatch(command, async (options: ReachCommandOptions, session) => {
        const { runReach } = await import("../synth/run-reach.ts");
        return runReach(step, options, session);
      }),
    );
}
