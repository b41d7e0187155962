/**
 * A run in a few lines, for a mail: one line a statement, with what it changed in who maps which
 * frame and in what a pinned frame holds. Statements that change nothing of that are left out.
 */
import type { Run, StatePicture } from "../verdict/result.ts";
import { padded } from "./wrap.ts";

export interface BriefLine {
  /** "P0: x = 1;" */
  readonly statement: string;
  /** "P0:x -> frame 2 RW dirty" */
  readonly changes: readonly string[];
}

/** The statements of a run that change the picture. */
export function briefRun({ steps, pictures, end }: Run): readonly BriefLine[] {
  const lines: BriefLine[] = [];
  const results = new Set<string>();
  for (let i = 1; i < pictures.length; i++) {
    const [before, now] = [pictures[i - 1]!, pictures[i]!];
    const step = steps[now.after - 1];
    if (step === undefined) continue;
    const changes = picturesDiffer(before.picture, now.picture);
    const failed = steps
      .slice(before.after, now.after)
      .flatMap((one) => one.changes)
      .find(({ after }) => /^E[A-Z]+$/.test(after));
    if (failed !== undefined && !results.has(failed.what)) {
      results.add(failed.what);
      changes.unshift(failed.after);
    }
    if (changes.length > 0)
      lines.push({ statement: `${step.actor}: ${step.statement}`, changes: folded(changes) });
  }
  const reads = end.values.map(({ name, value }) => `${name}=${value}`).join(" ");
  return reads === "" ? lines : [...lines, { statement: "at the end", changes: [reads] }];
}

/** The lines as text, statements in one column. */
export function briefLines(lines: readonly BriefLine[], width: number): readonly string[] {
  const column = Math.min(28, Math.max(0, ...lines.map(({ statement }) => statement.length)));
  return lines.map(({ statement, changes }) => {
    const text = `${padded(statement, column)}  ${changes.join("; ")}`;
    return text.length <= width ? text : `${text.slice(0, width - 3)}...`;
  });
}

function picturesDiffer(before: StatePicture, now: StatePicture): string[] {
  const known = new Map(before.maps.map((one) => [`${one.process}:${one.page}`, one.entry]));
  const maps = now.maps
    .filter(({ process, page, entry }) => known.get(`${process}:${page}`) !== entry)
    .map(({ process, page, entry }) => `${process}:${page} -> ${entry}`);
  const held = new Set(now.pins.map(({ frame }) => frame));
  const data = new Map(before.frames.map((one) => [one.frame, one.data]));
  const written = now.frames
    .filter(
      ({ frame, data: word }) => held.has(frame) && data.has(frame) && data.get(frame) !== word,
    )
    .map(({ frame, data: word }) => `pinned frame ${frame} holds ${word}`);
  return [...maps, ...written];
}

const shownMax = 2;

function folded(changes: readonly string[]): readonly string[] {
  const more = changes.length - shownMax;
  return more <= 0 ? changes : [...changes.slice(0, shownMax), `and ${more} more`];
}
