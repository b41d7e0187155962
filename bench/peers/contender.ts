/** Who takes part in a comparison, and how a process is timed. */
import { spawnSync } from "node:child_process";

export interface Outcome {
  /** CPU seconds of the process, all its threads, start included: other load changes them little. */
  readonly seconds: number;
  /** Seconds from its start to its end. */
  readonly wall: number;
  readonly states: number;
}

export interface Contender {
  readonly name: string;
  /** Undefined when it is not installed or cannot be built here. */
  readonly run: () => Outcome | undefined;
}

/** What a program prints and how long it takes. */
export function timed(
  command: string,
  given: readonly string[],
  folder = ".",
): { readonly output: string; readonly seconds: number; readonly wall: number } | undefined {
  const script = `TIMEFORMAT='%R %U %S'; time "$@"`;
  const { stdout, stderr } = spawnSync("bash", ["-c", script, "time", command, ...given], {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  const times = /([\d.]+) ([\d.]+) ([\d.]+)\n$/.exec(stderr);
  if (times === null) return undefined;
  const [wall, user, system] = times.slice(1).map(Number) as [number, number, number];
  return { output: stdout, seconds: user + system, wall };
}

/** Runs a tool that prepares something; whether it worked. */
export function made(command: string, given: readonly string[], folder: string): boolean {
  return spawnSync(command, given, { cwd: folder }).status === 0;
}

/** The states that `output` tells of; undefined when it tells of none. */
export function outcome(run: ReturnType<typeof timed>, pattern: RegExp): Outcome | undefined {
  const states = run && pattern.exec(run.output)?.[1];
  if (run === undefined || states === undefined || states === null) return undefined;
  return { seconds: run.seconds, wall: run.wall, states: countOf(states) };
}

const countOf = (text: string): number => Number(text.replaceAll(",", ""));
