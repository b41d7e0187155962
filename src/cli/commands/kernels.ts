/** `pinfold kernels`: the lineage, or one kernel's decisions and where each came from. */
import type { Command } from "commander";
import type { Dispatch } from "../dispatch.ts";
import type { KernelsOptions } from "../run-kernels.ts";

/** Adds the command to the program. */
export function addKernels(program: Command, dispatch: Dispatch): void {
  program
    .command("kernels")
    .summary("list the modelled kernels, or one kernel's decisions")
    .description(
      "Without a name: the lineage and the kernels off the line. With one: its decisions.",
    )
    .argument("[kernel]", "a modelled kernel, e.g. v5.11")
    .option("--why <decision>", "explain one decision of the kernel, e.g. fork.copyPinned")
    .option("--pins", "how each interface takes pages: GET or PIN, and its GUP flags")
    .action((name: string | undefined, _own: object, command: Command) =>
      dispatch(command, async (options: KernelsOptions, session) => {
        const [{ runKernels }, { kernels }] = await Promise.all([
          import("../run-kernels.ts"),
          import("../../kernels/index.ts"),
        ]);
        return runKernels(name, kernels, options, session);
      }),
    );
}
