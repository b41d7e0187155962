/** `pinfold identify`: what a real kernel is, by what it does. */
import type { Command } from "commander";
import type { Dispatch } from "../dispatch.ts";
import { collected } from "../option-values.ts";
import type { IdentifyOptions } from "../rig/identify-rig.ts";

/** Adds `identify` to the program. */
export function addIdentify(program: Command, dispatch: Dispatch): void {
  program
    .command("identify")
    .summary("find the modelled kernel that a real one behaves like")
    .description(
      "Runs those of the tests that tell the modelled kernels apart, and ranks these by the results.",
    )
    .argument("[test...]", "tests to choose from (default: those of the package)")
    .requiredOption("-r, --rig <name>", "the real kernel: debian:6.1, a bzImage ...")
    .option("-I, --include <folder>", "look for tests in this folder too", collected, [])
    .action((tests: string[], _own: object, command: Command) =>
      dispatch(command, async (options: IdentifyOptions, session) => {
        const { identifyRig } = await import("../rig/identify-rig.ts");
        return identifyRig(tests, options, session);
      }),
    );
}
