/** `--checkpoint` and `--resume`: the files that a check saves its search in and goes on from. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Session } from "../session.ts";
import type { CheckJob } from "./jobs.ts";

export interface CheckpointOptions {
  readonly checkpoint: string | undefined;
  readonly resume: string | undefined;
}

/** Why they cannot be had as they are asked for; `isPlain`: free schedule, whole states. */
export function misusedCheckpoint(
  { checkpoint, resume }: CheckpointOptions,
  jobs: number,
  isPlain: boolean,
  session: Session,
): string | undefined {
  if (checkpoint === undefined && resume === undefined) return undefined;
  if (jobs !== 1 || !isPlain)
    return "--checkpoint and --resume are for one test on one kernel, free schedule, whole states";
  if (resume !== undefined && !existsSync(resolve(session.folder, resume)))
    return `cannot read ${resume}: there is no such file`;
  return undefined;
}

export function checkpointOf(
  { checkpoint, resume }: CheckpointOptions,
  { folder }: Session,
): Pick<CheckJob, "checkpoint"> {
  if (checkpoint === undefined && resume === undefined) return {};
  const to = checkpoint === undefined ? {} : { to: resolve(folder, checkpoint) };
  const from = resume === undefined ? {} : { from: resolve(folder, resume) };
  return { checkpoint: { ...to, ...from } };
}
