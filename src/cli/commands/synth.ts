/** `pinfold synth KERNEL`, `review KERNEL`, `bisect TEST` and `minimise TEST`. */
import { Argument, type Command } from "commander";
import type { Dispatch } from "../dispatch.ts";
import { collected, positiveCount, setOption } from "../option-values.ts";
import { withEmit } from "../synth/emit-tests.ts";
import type { BisectCommandOptions } from "../synth/run-bisect.ts";
import type { CoverageCommandOptions } from "../synth/run-coverage.ts";
import type { DiffCommandOptions } from "../synth/run-diff.ts";
import type { MinimiseCommandOptions } from "../synth/run-minimise.ts";
import type { ReviewCommandOptions } from "../synth/run-review.ts";
import type { TwinCommandOptions } from "../synth/run-twin.ts";
import { withAlphabet } from "./diff.ts";

/** Adds the command to the program. */
export function addBisect(program: Command, dispatch: Dispatch): void {
  program
    .command("bisect")
    .summary("which kernel changed a verdict, and by which decisions")
    .description(
      "Asks every kernel of the lineage; explains each change of the verdict by the smallest set of decisions that makes it.",
    )
    .argument("<test...>", "a .litmus file, a folder of them, or @LIST")
    .option("--from <kernel>", "begin here")
    .option("--to <kernel>", "end here")
    .option("--kinds <kinds>", "page kinds to ask over instead of the test's own, comma-separated")
    .action((tests: string[], _own: object, command: Command) =>
      dispatch(command, async (options: BisectCommandOptions, session) => {
        const { runBisect } = await import("../synth/run-bisect.ts");
        return runBisect(tests, options, session);
      }),
    );
}

/** Adds the command to the program. */
export function addMinimise(program: Command, dispatch: Dispatch): void {
  program
    .command("minimise")
    .summary("make a test smallest while its verdicts stay")
    .description(
      "Drops operations, processes and pages, and makes page kinds plainer, while every named kernel's verdict stays.",
    )
    .argument("<test>", "a .litmus file")
    .option("-k, --kernel <names>", "kernels whose verdicts stay, comma-separated", collected, [])
    .option(...setOption)
    .action((test: string, _own: object, command: Command) =>
      dispatch(command, async (options: MinimiseCommandOptions, session) => {
        const { runMinimise } = await import("../synth/run-minimise.ts");
        return runMinimise(test, options, session);
      }),
    );
}

/** Adds the command to the program. */
export function addSynth(program: Command, dispatch: Dispatch): void {
  withAlphabet(
    program
      .command("synth")
      .summary("the shortest programs on which a kernel breaks a promise")
      .description(
        "Searches all programs of some length for lost device writes, stale device reads and leaks.",
      )
      .argument("<kernel>", "a modelled kernel, or a file that defines one"),
  )
    .option(...setOption)
    .option("--limit <count>", "at most so many programs", positiveCount)
    .action((kernel: string, _own: object, command: Command) =>
      dispatch(command, async (options: DiffCommandOptions, session) => {
        const { runPromises } = await import("../synth/run-promises.ts");
        return runPromises(kernel, options, session);
      }),
    );
}

/** Adds the command to the program. */
export function addReview(program: Command, dispatch: Dispatch): void {
  program
    .command("review")
    .summary("a change to a kernel, reviewed")
    .description(
      "Holds a kernel against its base: changed verdicts, new telling tests, broken promises, the cost of fork.",
    )
    .argument("<kernel>", "a modelled kernel, or a file that defines one")
    .option(...setOption)
    .option("--base <kernel>", "what it changes (default: the kernel it extends)")
    .option(
      "--shelf <folder>",
      "the tests to run (default: the library, the seed shelf first)",
      collected,
      [],
    )
    .option("--rig <names>", "also run what goes wrong on real kernels", collected, [])
    .action((kernel: string, _own: object, command: Command) =>
      dispatch(command, async (options: ReviewCommandOptions, session) => {
        const { runReview } = await import("../synth/run-review.ts");
        return runReview(kernel, options, session);
      }),
    );
}

/** Adds the command to the program. */
export function addCoverage(program: Command, dispatch: Dispatch): void {
  program
    .command("coverage")
    .summary("which decisions of the kernels a shelf of tests notices")
    .description(
      "Sets each decision of each kernel to each other value that some kernel gives, and says which of these change a verdict of the tests.",
    )
    .argument("[test...]", "a .litmus file, a folder of them, or @LIST (default: the library)")
    .option(
      "-k, --kernel <names>",
      "modelled kernels, comma-separated (default: all)",
      collected,
      [],
    )
    .action((tests: string[], _own: object, command: Command) =>
      dispatch(command, async (options: CoverageCommandOptions, session) => {
        const { runCoverage } = await import("../synth/run-coverage.ts");
        return runCoverage(tests, options, session);
      }),
    );
}

/** Adds the command to the program. */
export function addTwin(program: Command, dispatch: Dispatch): void {
  const command = program
    .command("twin")
    .summary("the matrix of a kernel's own self-test, from the model")
    .description(
      "Answers every cell of Linux's self-test on every modelled kernel: which cells are redundant, which decisions no cell notices, and the tests that are missing.",
    )
    .addArgument(new Argument("<program>", "the self-test").choices(["cow", "gup_longterm"]));
  withEmit(command).action((name: string, _own: object, of: Command) =>
    dispatch(of, async (options: TwinCommandOptions, session) => {
      const { runTwin } = await import("../synth/run-twin.ts");
      return runTwin(name, options, session);
    }),
  );
}
