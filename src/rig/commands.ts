/**
 * Running the machine's own programs: apt-get, gcc, xz. One place that finds them on the path, feeds
 * their input, gathers their output and stops them when the user interrupts.
 */
import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

export interface CommandResult {
  /** The exit status, or undefined when a signal ended it. */
  readonly status: number | undefined;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly cwd?: string;
  readonly input?: Uint8Array;
  readonly signal?: AbortSignal | undefined;
  readonly environment?: NodeJS.ProcessEnv;
}

/** The full path of a program, or undefined. A user's path may lack the administrator's folders. */
export function findProgram(name: string, path = process.env.PATH ?? ""): string | undefined {
  for (const folder of [...path.split(delimiter), "/usr/sbin", "/sbin"]) {
    if (folder === "") continue;
    const candidate = join(folder, name);
    try {
      accessSync(candidate, constants.X_OK);
      return candidate;
    } catch {
      // Not here: the next folder may have it.
    }
  }
  return undefined;
}

/** Runs a program to its end. Never rejects for a failing program, only for one that cannot start. */
export function runCommand(
  program: string,
  words: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, {
      cwd: options.cwd,
      env: options.environment ?? process.env,
      stdio: ["pipe", "pipe", "pipe"],
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    child.on("error", (error) => {
      // An interrupted program still closes below, with what it said so far.
      if (options.signal?.aborted !== true) reject(error);
    });
    child.on("close", (status) =>
      resolve({
        status: status ?? undefined,
        stdout: Buffer.concat(stdout),
        stderr: Buffer.concat(stderr).toString("utf8"),
      }),
    );
    // A program that stops reading early (a decompressor at trailing bytes) breaks the pipe.
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.input);
  });
}
