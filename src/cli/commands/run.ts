/** `pinfold run` and `pinfold compare`: tests on real kernels. */
import { type Command, Option } from "commander";
import type { Dispatch } from "../dispatch.ts";
import { collected, positiveCount } from "../option-values.ts";
import type { CompareOptions } from "../rig/compare-session.ts";
import type { RunOptions } from "../rig/rig-session.ts";

interface RandomCount {
  readonly random?: number;
}

function withRigOptions(command: Command, tests = "<test...>"): Command {
  return command
    .argument(tests, "a .litmus file, a folder of them, or @LIST")
    .requiredOption(
      "-r, --rig <names>",
      "real kernels: debian:6.1, a bzImage, host ...",
      collected,
      [],
    )
    .option(
      "--trials <count>",
      "trials of each order of a test's statements (default: 100 a test)",
      positiveCount,
    )
    .option("--orders <count>", "at most so many orders of each test", positiveCount)
    .option("--seed <number>", "chooses the orders where there are more", positiveCount)
    .addOption(
      new Option(
        "--schedule <class>",
        "one statement after the other, all at once (a stress), or one thread held at a place: a race",
      )
        .choices(["forced", "free", "stress", "gate"])
        .default("forced"),
    )
    .option("--seconds <count>", "free-running: so long a test", positiveCount, 10)
    .addOption(
      new Option("--affinity <where>", "free-running: actors on a processor each, on one, anywhere")
        .choices(["spread", "one", "none"])
        .default("spread"),
    )
    .option(
      "--apart <pages>",
      "free-running: an array's first and last page lie so many pages apart: a race of a fork is as wide as that",
      positiveCount,
      256,
    )
    .option(
      "--allow-system-changes",
      "with --rig host: huge pages may be set aside for the time of the run",
      false,
    )
    .option("--journal <file>", "keep each result in this file as it comes, and go on from it")
    .option("-I, --include <folder>", "look for tests in this folder too", collected, [])
    .addOption(
      new Option("--leave-out-device-write", "the red control: devices write nothing").default(
        false,
      ),
    );
}

/** Adds `run` to the program. */
export function addRun(program: Command, dispatch: Dispatch): void {
  const command = program
    .command("run")
    .summary("run litmus tests on real kernels")
    .description(
      "Compiles the tests to one C program, boots each kernel under QEMU, reads the results back.",
    );
  withRigOptions(command).action((tests: string[], _own: object, command: Command) =>
    dispatch(command, async (options: RunOptions, session) => {
      if (options.schedule === "gate") {
        command.error("error: gated runs are for compare: the model says what to expect of them");
      }
      const [{ runOnRigs }, shelf] = await Promise.all([
        import("../rig/run-rig.ts"),
        import("../../kernels/index.ts"),
      ]);
      return runOnRigs(tests, options, shelf, session);
    }),
  );
}

/** Adds `compare` to the program. */
export function addCompare(program: Command, dispatch: Dispatch): void {
  const command = program
    .command("compare")
    .summary("set the model beside real kernels")
    .description(
      "Runs the tests on real kernels and checks them on the modelled kernel that each of them is.",
    )
    .option("-k, --kernel <name>", "the modelled kernel to compare with, for every rig")
    .option("--state", "page tables and counts after each statement instead of outcomes", false)
    .option("--leave-out-pins", "with --state, the red control: nothing is pinned", false)
    .option("--random <count>", "so many random tests instead of tests named", positiveCount);
  withRigOptions(command, "[test...]").action((tests: string[], _own: object, command: Command) =>
    dispatch(command, async (options: CompareOptions & RandomCount, session) => {
      if (options.random !== undefined && tests.length === 0) {
        const { compareRandom } = await import("../rig/compare-random.ts");
        return compareRandom(options.random, options, session);
      }
      if (options.leaveOutPins && !options.state) {
        command.error("error: --leave-out-pins is the red control of --state");
      }
      if (options.random !== undefined || tests.length === 0) {
        command.error("error: name tests, or write --random and how many");
      }
      if (options.state) {
        const { compareStatesOnRigs } = await import("../rig/compare-states.ts");
        return compareStatesOnRigs(tests, options, session);
      }
      if (options.schedule === "gate") {
        const { compareGatesOnRigs } = await import("../rig/compare-gates.ts");
        return compareGatesOnRigs(tests, options, session);
      }
      const [{ compareOnRigs }, { startChecker }, shelf] = await Promise.all([
        import("../rig/compare-rig.ts"),
        import("../check/worker-checker.ts"),
        import("../../kernels/index.ts"),
      ]);
      return compareOnRigs(tests, options, shelf, startChecker(), session);
    }),
  );
}
