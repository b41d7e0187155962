/** Puts each report where its format was asked to go. */
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Look } from "../report/style.ts";
import type { FormatName, FormatTarget } from "./formats.ts";
import { complain, type GlobalOptions, lookOf, type Session } from "./session.ts";

/** Reports by format; a format that is not asked for is never made. */
export type Reporters = Readonly<Partial<Record<FormatName, (look: Look) => string>>>;

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
      session.out.write(report(lookOf(session.out, options.color, session)));
      continue;
    }
    const width = lookOf(session.out, "never", session).width;
    const text = report({ color: options.color === "always", width });
    try {
      writeFileSync(resolve(session.folder, file), text);
    } catch (error) {
      complain(session, `cannot write ${file}: ${messageOf(error)}`);
      allWritten = false;
    }
  }
  return allWritten;
}

/** The words of an error that Node raised. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
