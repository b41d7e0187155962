/**
 * The program: its global options, its commands and its help. Every command's own work is imported
 * only when it is called, so that a start costs little.
 */
import { Command, Option } from "commander";
import { addAudit } from "./commands/audit.ts";
import { addCheck } from "./commands/check.ts";
import { addCost, addReach } from "./commands/cost.ts";
import { addDiff } from "./commands/diff.ts";
import { addEmit } from "./commands/emit.ts";
import { addFmt } from "./commands/fmt.ts";
import { addIdentify } from "./commands/identify.ts";
import { addKernels } from "./commands/kernels.ts";
import { addPromote } from "./commands/promote.ts";
import { addRigCommands } from "./commands/rig.ts";
import { addCompare, addRun } from "./commands/run.ts";
import {
  addBisect,
  addCoverage,
  addMinimise,
  addReview,
  addSynth,
  addTwin,
} from "./commands/synth.ts";
import type { Dispatch } from "./dispatch.ts";
import { exitCodeHelp } from "./exit-codes.ts";
import { collected } from "./option-values.ts";
import type { Session } from "./session.ts";

const examples = `Examples:
  pinfold check litmus/seed                       the shelf on every modelled kernel
  pinfold check one.litmus --kernel v5.9          herd's report and a shortest run
  pinfold kernels v5.11                           its decisions and where they came from`;

/** Makes the program. Nothing is printed and nothing exits but through the session. */
export function makeProgram(version: string, dispatch: Dispatch, session: Session): Command {
  const program = new Command("pinfold")
    .description(
      "A laboratory for what fork, copy-on-write and page pinning do to each other on Linux.",
    )
    .version(version, "-V, --version", "print the version")
    .addOption(
      new Option("--color <when>", "auto, always or never")
        .choices(["auto", "always", "never"])
        .default("auto"),
    )
    .option("--no-color", "like --color=never")
    .option(
      "-f, --format <format>",
      "text, json, ktap or junit; FORMAT:FILE writes to a file as well",
      collected,
      [],
    )
    .option("-o, --output <file>", "write the results to a file")
    .option("-q, --quiet", "say less", false)
    .option("-v, --verbose", "say more", false)
    .helpCommand("help [command]", "print the help of a command")
    .showHelpAfterError("(pinfold --help lists the commands and options)")
    .addHelpText("after", `\n${examples}\n\n${exitCodeHelp}`);
  for (const add of [
    addCheck,
    addKernels,
    addFmt,
    addPromote,
    addEmit,
    addRun,
    addCompare,
    addIdentify,
    addRigCommands,
    addAudit,
    addDiff,
    addBisect,
    addMinimise,
    addSynth,
    addReview,
    addCost,
    addReach,
    addCoverage,
    addTwin,
  ]) {
    add(program, dispatch);
  }
  settle(program, session);
  return program;
}

/** The same manners for the program and every command below it. */
function settle(command: Command, session: Session): void {
  command
    .exitOverride()
    .allowExcessArguments(false)
    .configureHelp({ showGlobalOptions: true, helpWidth: session.out.columns ?? 80 })
    .configureOutput({
      writeOut: (text) => session.out.write(text),
      writeErr: (text) => session.err.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, "pinfold: ")),
    });
  for (const child of command.commands) {
    settle(child, session);
  }
}
