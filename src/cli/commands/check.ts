/** `pinfold check`, also under herd's name. */
import type { Command } from "commander";
import { Option } from "commander";
import type { CheckOptions } from "../check/run-check.ts";
import type { Dispatch } from "../dispatch.ts";
import { collected, collectedReordering, positiveCount, setOption } from "../option-values.ts";

const scheduleOption = (): Option =>
  new Option(
    "--schedule <class>",
    "free: every interleaving of atomic steps; serial: whole statements",
  )
    .choices(["free", "serial"])
    .default("free");

/** Adds the command to the program. */
export function addCheck(program: Command, dispatch: Dispatch): void {
  program
    .command("check")
    .alias("herd")
    .summary("check litmus tests on modelled kernels")
    .description(
      "Checks each test on each modelled kernel: every interleaving, the verdict, a shortest run.",
    )
    .argument("<test...>", "a .litmus file, a folder of them, or @LIST, a file that lists them")
    .option(
      "-k, --kernel <names>",
      "modelled kernels or files of your own (./my-patch.ts), comma-separated (default: all)",
      collected,
      [],
    )
    .option(...setOption)
    .addOption(scheduleOption())
    .addOption(
      new Option("--memory <order>", "sequential consistency, or weak: with the named reorderings")
        .choices(["sequential", "weak"])
        .default("sequential"),
    )
    .option(
      "--without-reordering <name>",
      "weak order does without this one (several times for several)",
      collectedReordering,
      [],
    )
    .option("--checkpoint <file>", "save the search there if a limit or Ctrl-C cuts it")
    .option("--resume <file>", "go on with the search that a checkpoint saved")
    .option("--all", "one kernel: every run, one of each class of equivalent runs", false)
    .option("--limit-states <count>", "stop a search after so many states", positiveCount)
    .option("--max-memory <megabytes>", "stop a search whose states need more", positiveCount)
    .option("--timeout <seconds>", "stop a search that takes longer", positiveCount)
    .option(
      "--fingerprint",
      "tell states apart by 64 bits: less memory; the chance of a miss is printed",
      false,
    )
    .option("--reductions", "leave states out from the first one on (default: once there are many)")
    .option("--no-reductions", "leave no state out; the verdict is the same either way")
    .option("--no-ample", "reductions without ample sets (one actor's steps, in nobody's way)")
    .option("--no-chains", "reductions without unstored chains of single successors")
    .option("--no-symmetry", "reductions without symmetry (like actors that change places)")
    .option(
      "-j, --workers <count>",
      "use so many threads: for several tests, or for one large search",
      positiveCount,
      1,
    )
    .option("-I, --include <folder>", "look for tests in this folder too", collected, [])
    .action((tests: string[], _own: object, command: Command) =>
      dispatch(command, async (options: CheckOptions & { readonly workers: number }, session) => {
        const { startChecker } = await import("../check/worker-checker.ts");
        const checker = startChecker(options.workers);
        const [{ runCheck }, { kernels, lineage }] = await Promise.all([
          import("../check/run-check.ts"),
          import("../../kernels/index.ts"),
        ]);
        const bench = { shelf: { kernels, lineage }, checker, session };
        return runCheck(tests, options, bench);
      }),
    );
}
