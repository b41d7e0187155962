/** `pinfold fmt`: tests in their one layout. */
import type { Command } from "commander";
import type { Dispatch } from "../dispatch.ts";
import type { FormatOptions } from "../run-fmt.ts";

/** Adds the command to the program. */
export function addFmt(program: Command, dispatch: Dispatch): void {
  program
    .command("fmt")
    .summary("write litmus tests in their one layout")
    .description(
      "Rewrites each test in the canonical layout; comments stay. - reads standard input.",
    )
    .argument("<test...>", "a .litmus file, a folder of them, @LIST, or -")
    .option("--check", "change nothing; exit with 1 if a file is laid out otherwise")
    .action((tests: string[], _own: object, command: Command) =>
      dispatch(command, async (options: FormatOptions, session) => {
        const { runFmt } = await import("../run-fmt.ts");
        return runFmt(tests, options, session);
      }),
    );
}
