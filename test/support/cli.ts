/** Runs the built command line as a user would, in a process of its own. */

import { join } from "node:path";
import { execa } from "execa";
import { top } from "../../scripts/repository.ts";

export const entry = join(top, "dist/cli/main.js");

export interface CliRun {
  readonly code: number | undefined;
  readonly out: string;
  readonly err: string;
  readonly seconds: number;
}

interface CliOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly folder?: string;
  readonly input?: string;
}

/** One run; the environment says nothing about colours or widths unless `options` do. */
export async function pinfold(given: readonly string[], options: CliOptions = {}): Promise<CliRun> {
  const quiet = { NO_COLOR: "", FORCE_COLOR: "", COLUMNS: "", TERM: "xterm" };
  const result = await execa(process.execPath, [entry, ...given], {
    cwd: options.folder ?? top,
    env: { ...quiet, ...options.environment },
    input: options.input ?? "",
    reject: false,
    stripFinalNewline: false,
  });
  return {
    code: result.exitCode,
    out: result.stdout,
    err: result.stderr,
    seconds: result.durationMs / 1000,
  };
}
