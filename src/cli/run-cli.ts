/** From a command line to an exit code. Nothing here touches the process; see main.ts for that. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { type Command, CommanderError } from "commander";
import { expandArguments } from "./arguments.ts";
import { exitCodes } from "./exit-codes.ts";
import { packageVersion } from "./package-version.ts";
import { makeProgram } from "./program.ts";
import { complain, type GlobalOptions, type Session } from "./session.ts";

/** Runs one command line. */
export async function runCli(given: readonly string[], session: Session): Promise<number> {
  const expanded = expandArguments(given, (path) => readText(resolve(session.folder, path)));
  if (!expanded.ok) {
    complain(session, expanded.message);
    return exitCodes.usage;
  }
  let code: number = exitCodes.asExpected;
  const dispatch = async <Options>(
    command: Command,
    action: (options: Options, session: Session) => Promise<number>,
  ): Promise<void> => {
    code = await action(normalised(command.optsWithGlobals()) as Options, session);
  };
  const program = makeProgram(packageVersion(), dispatch, session);
  try {
    await program.parseAsync([...expanded.value], { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? exitCodes.asExpected : exitCodes.usage;
    }
    throw error;
  }
}

/** `--no-color` leaves a false where the word "never" belongs. */
function normalised(options: GlobalOptions): GlobalOptions {
  return { ...options, color: (options.color as unknown) === false ? "never" : options.color };
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
