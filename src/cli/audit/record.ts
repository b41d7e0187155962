/** `pinfold audit --record strace -- COMMAND`: runs the command under the recorder, then reads the log. */
import { spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { straceArguments, unseenBy } from "../../audit/record/strace.ts";
import { complain, type Session } from "../session.ts";

export interface Recorded {
  /** Undefined when the recorder could not run. */
  readonly log: string | undefined;
}

/** Runs the command with its own input and output; its exit status is told, not taken over. */
export function record(
  command: readonly string[],
  directIo: boolean,
  keep: string | undefined,
  session: Session,
): Recorded {
  const log = keep ?? join(mkdtempSync(join(tmpdir(), "pinfold-")), "log.strace");
  const options = { log, command, directIo };
  for (const unseen of unseenBy(options)) complain(session, `not recorded: ${unseen}`);
  const result = spawnSync("strace", straceArguments(options), {
    stdio: "inherit",
    cwd: session.folder,
  });
  if (result.error !== undefined) {
    complain(session, `cannot run strace (${result.error.message}); install the package strace`);
    return { log: undefined };
  }
  if (result.status !== 0)
    complain(session, `the command ended with status ${result.status ?? result.signal}`);
  return { log };
}
