/** Who takes part in a comparison, and how a process is timed. */
import { spawnSync } from "node:child_process";

export interface Outcome {
  /** CPU seconds of the process, all its threads, start included. */
  readonly seconds: number;
  readonly states: number;
}

export interface Contender {
  readonly name: string;
  /** Undefined when it is not installed or cannot be built here. */
  readonly run: () => Outcome | undefined;
}

/** What a program prints and the CPU seconds that it takes: other load changes them little. */
export function timed(
  command: string,
  given: readonly string[],
  folder = ".",
): { readonly output: string; readonly seconds: number } | undefined {
  const script = `TIMEFORMAT='%U %S'; time "$@"`;
  const { stdout, stderr } = spawnSync("bash", ["-c", script, "time", command, ...given], {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  const times = /([\d.]+) ([\d.]+)\n$/.exec(stderr);
  if (times === null) return undefined;
  return { output: stdout, seconds: Number(times[1]) + Number(times[2]) };
}

/** Runs a tool that prepares something; whether it worked. */
export function made(command: string, given: readonly string[], folder: string): boolean {
  return spawnSync(command, given, { cwd: folder }).status === 0;
}

/** The states that `output` tells of, after `seconds`; undefined when it tells of none. */
export function outcome(run: ReturnType<typeof timed>, pattern: RegExp): Outcome | undefined {
  const states = run && pattern.exec(run.output)?.[1];
  return states === undefined ? undefined : { seconds: run!.seconds, states: countOf(states) };
}

const countOf = (text: string): number => Number(text.replaceAll(",", ""));
