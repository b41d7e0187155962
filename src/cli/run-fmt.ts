/** `pinfold fmt`: rewrites tests in their one layout, or says which are laid out otherwise. */
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { formatText } from "../litmus/index.ts";
import { exitCodes } from "./exit-codes.ts";
import { findLitmusFiles } from "./litmus-files.ts";
import { tellDiagnostics } from "./litmus-tests.ts";
import { messageOf } from "./output.ts";
import { complain, type GlobalOptions, type Session } from "./session.ts";

export interface FormatOptions extends GlobalOptions {
  readonly check?: boolean;
}

/** Formats all files; a file with an error is left as it is. */
export function runFmt(given: readonly string[], options: FormatOptions, session: Session): number {
  if (given.includes("-")) {
    return formatInput(options, session);
  }
  const { files, problems } = findLitmusFiles(given, { folder: session.folder, includes: [] });
  for (const problem of problems) {
    complain(session, problem);
  }
  let failed = problems.length > 0;
  let changed = false;
  for (const { path, text } of files) {
    const formatted = formatText(text);
    if (!formatted.ok) {
      tellDiagnostics([{ file: path, text, diagnostics: formatted.diagnostics }], options, session);
      failed = true;
    } else if (formatted.value !== text) {
      changed = true;
      failed = !settle(path, formatted.value, options, session) || failed;
    }
  }
  if (failed) {
    return exitCodes.usage;
  }
  return changed && options.check === true ? exitCodes.notAsExpected : exitCodes.asExpected;
}

/** Writes the new text, or with --check only names the file; false if it could not be written. */
function settle(path: string, text: string, options: FormatOptions, session: Session): boolean {
  if (options.check !== true) {
    try {
      writeFileSync(resolve(session.folder, path), text);
    } catch (error) {
      complain(session, `cannot write ${path}: ${messageOf(error)}`);
      return false;
    }
  }
  if (!options.quiet) {
    session.out.write(`${path}\n`);
  }
  return true;
}

function formatInput(options: FormatOptions, session: Session): number {
  const text = readFileSync(0, "utf8");
  const formatted = formatText(text);
  if (!formatted.ok) {
    tellDiagnostics([{ file: "-", text, diagnostics: formatted.diagnostics }], options, session);
    return exitCodes.usage;
  }
  if (options.check !== true) {
    session.out.write(formatted.value);
    return exitCodes.asExpected;
  }
  return formatted.value === text ? exitCodes.asExpected : exitCodes.notAsExpected;
}
