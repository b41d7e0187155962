/**
 * What real kernels showed, case by case, in a file that only grows: whoever stops a long run loses
 * nothing, and the next run of the same tests begins where that one ended. A case is known by what it
 * was: kernel, test, order and the settings of the run. The last line may be torn, for the program
 * may have been killed while it wrote.
 */
import { appendFileSync, readFileSync } from "node:fs";
import { contentHash } from "./cache.ts";
import { done, failed, type RigResult } from "./problem.ts";
import type { CaseResult } from "./protocol.ts";

export interface Journal {
  readonly known: (key: string) => CaseResult | undefined;
  /** Keeps what came of a case; one that was lost is not kept, so that it is tried again. */
  readonly enter: (key: string, result: CaseResult) => void;
}

/** Remembers nothing. */
export const noJournal: Journal = { known: () => undefined, enter: () => {} };

/** What a case was, as the name of its line. */
export function caseKey(...facts: readonly string[]): string {
  return contentHash(...facts);
}

/** Opens the file, or makes it; fails when it cannot be written. */
export function openJournal(path: string): RigResult<Journal> {
  const cases = new Map<string, CaseResult>();
  try {
    appendFileSync(path, "");
    const text = readFileSync(path, "utf8");
    for (const line of text.split("\n")) readLine(line, cases);
    if (text !== "" && !text.endsWith("\n")) appendFileSync(path, "\n");
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return failed("badJournal", `The journal ${path} cannot be used: ${why}`, "Name another file.");
  }
  return done({
    known: (key) => cases.get(key),
    enter: (key, result) => {
      if (cases.has(key) || (result.status !== "ok" && result.status !== "skip")) return;
      cases.set(key, result);
      appendFileSync(path, `${JSON.stringify({ key, result })}\n`);
    },
  });
}

function readLine(line: string, cases: Map<string, CaseResult>): void {
  try {
    const { key, result } = JSON.parse(line);
    if (typeof key === "string" && typeof result?.test === "string") cases.set(key, result);
  } catch {
    // A torn line, or an empty one: that case is run again.
  }
}
