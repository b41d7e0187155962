/** `pinfold promote`: changed verdicts, shown before they are accepted. */
import type { Command } from "commander";
import type { Dispatch } from "../dispatch.ts";
import type { PromoteOptions } from "../run-promote.ts";

/** Adds the command to the program. */
export function addPromote(program: Command, dispatch: Dispatch): void {
  program
    .command("promote")
    .summary("show changed verdicts, and accept them into the tests")
    .description(
      "Checks each test on every kernel that it promises something of; with --accept writes what changed into its `with` clause.",
    )
    .argument("<test...>", "a .litmus file, a folder of them, or @LIST")
    .option("--accept", "write the new expectations", false)
    .action((tests: string[], _own: object, command: Command) =>
      dispatch(command, async (options: PromoteOptions, session) => {
        const { runPromote } = await import("../run-promote.ts");
        return runPromote(tests, options, session);
      }),
    );
}
