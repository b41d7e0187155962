/** Puts each report where its format was asked to go. */
import { closeSync, openSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Look } from "../report/style.ts";
import type { FormatName, FormatTarget } from "./formats.ts";
import { complain, type GlobalOptions, lookOf, type Session } from "./session.ts";

/** A report whole, or in pieces where it may be longer than a string can be. */
export type ReportText = string | Iterable<string>;

/** Reports by format; a format that is not asked for is never made. */
export type Reporters = Readonly<Partial<Record<FormatName, (look: Look) => ReportText>>>;

/** Writes all targets; false if one could not be written. */
export function writeReports(
  targets: readonly FormatTarget[],
  reporters: Reporters,
  options: GlobalOptions,
  session: Session,
): boolean {
  let allWritten = true;
  for (const { format, file } of targets) {
    const report = reporters[format];
    if (report === undefined) {
      continue;
    }
    if (file === undefined) {
      const text = report(lookOf(session.out, options.color, session));
      for (const piece of piecesOf(text)) session.out.write(piece);
      continue;
    }
    const width = lookOf(session.out, "never", session).width;
    const text = report({ color: options.color === "always", width });
    try {
      writePieces(resolve(session.folder, file), piecesOf(text));
    } catch (error) {
      complain(session, `cannot write ${file}: ${messageOf(error)}`);
      allWritten = false;
    }
  }
  return allWritten;
}

function piecesOf(text: ReportText): Iterable<string> {
  return typeof text === "string" ? [text] : text;
}

function writePieces(path: string, pieces: Iterable<string>): void {
  const file = openSync(path, "w");
  try {
    for (const piece of pieces) writeFileSync(file, piece);
  } finally {
    closeSync(file);
  }
}

/** The words of an error that Node raised. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
