/** `pinfold audit`: what a recorded program's forks do to its pinned memory. */
import { readFileSync } from "node:fs";
import { type Command, Option } from "commander";
import type { AuditCommandOptions } from "../audit/run-audit.ts";
import type { Dispatch } from "../dispatch.ts";
import { collected, positiveCount } from "../option-values.ts";

const examples = `Examples:
  strace -f -ttt -T -y -v -o log PROGRAM; pinfold audit log
  pinfold audit log --kernel v5.4,v6.12
  pinfold audit explain PIN-FORK-PRIVATE

Exit codes: 0 nothing found, 1 findings, 2 usage or unreadable input, 4 inconclusive (blind spots).`;

/** Adds the command to the program. */
export function addAudit(program: Command, dispatch: Dispatch): void {
  program
    .command("audit")
    .summary("find forks of real programs that hurt pinned memory")
    .description(
      "Reads strace logs (any style, one file or a -ff set) and pinlogs, follows processes, memory and pins, and asks the model for each target kernel. `audit explain [RULE]` explains the rules.",
    )
    .argument("[file...]", "a log, the files or the base name of a -ff set, - for standard input")
    .option(
      "-k, --kernel <names>",
      "target kernels, comma-separated, files of your own (./my-patch.ts) or all (default: the mainline lineage)",
      collected,
      [],
    )
    .addOption(
      new Option("--fail-on <severity>", "exit with 1 for findings from this severity on")
        .choices(["info", "low", "medium", "high", "never"])
        .default("medium"),
    )
    .option("--allow-blind", "exit with 0 although the recording could not see everything")
    .option("--baseline <file>", "leave out findings that this file knows")
    .option("--write-baseline <file>", "write the findings' ids for --baseline")
    .option("--explain", "also report spawns, which are safe")
    .option(
      "--copy-threshold <bytes>",
      "pinned bytes from which a fork's copying is a finding",
      positiveCount,
    )
    .option("--snapshot <folder>", "a saved /proc/PID: alone, or the state before a late attach")
    .option("--pid <pid>", "a live process, as --snapshot /proc/PID", positiveCount)
    .addOption(
      new Option("--record <recorder>", "run the command after -- and audit its log").choices([
        "strace",
        "bpf",
      ]),
    )
    .option("--direct-io", "record reads and writes too: slow, and shows direct I/O races")
    .option("--log <file>", "keep the recorder's log here")
    .option("--emit-litmus <folder>", "write each finding as a litmus test")
    .option("--emit-c <file>", "write the findings' tests as one C program")
    .option(
      "--facts <file>",
      "facts of a machine as JSON (docs/audit.md): a vendor's kernel becomes a target",
      collected,
      [],
    )
    .option(
      "--env <file>",
      "variables that switch fork protection on, from NAME=value lines; auto: those of --pid, or one's own",
    )
    .addHelpText("after", `\n${examples}`)
    .action((names: string[], _own: object, command: Command) =>
      dispatch(command, async (options: AuditCommandOptions, session) => {
        const [{ runAudit }, { kernels, lineage }] = await Promise.all([
          import("../audit/run-audit.ts"),
          import("../../kernels/index.ts"),
        ]);
        return runAudit(names, options, { kernels, lineage, version: packageVersion() }, session);
      }),
    );
}

function packageVersion(): string {
  const text = readFileSync(new URL("../../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
