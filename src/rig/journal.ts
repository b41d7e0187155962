/**
 * What real kernels showed, case by case, in a file that only grows: whoever stops a long run loses
 * nothing, and the next run of the same tests begins where that one ended. A case is known by what it
 * was: kernel, test, order and the settings of the run; who ran it stands beside it, for another version
 * may make other programs of the same test. The last line may be torn, for the program may have been
 * killed while it wrote.
 */
import { appendFileSync, readFileSync } from "node:fs";
import { contentHash } from "./cache.ts";
import { done, failed, type RigResult } from "./problem.ts";
import type { CaseResult } from "./protocol.ts";

export interface Journal {
  readonly known: (key: string) => CaseResult | undefined;
  /** Keeps what came of a case; one that was lost is not kept, so that it is tried again. */
  readonly enter: (key: string, result: CaseResult) => void;
  /** Cases in the file that others ran; they count for nothing. */
  readonly foreign: number;
}

/** Remembers nothing. */
export const noJournal: Journal = { known: () => undefined, enter: () => {}, foreign: 0 };

/** What a case was, as the name of its line. */
export function caseKey(...facts: readonly string[]): string {
  return contentHash(...facts);
}

/** Opens the file, or makes it; fails when it cannot be written. `maker`: who runs the cases. */
export function openJournal(path: string, maker: string): RigResult<Journal> {
  const cases = new Map<string, CaseResult>();
  let foreign = 0;
  try {
    appendFileSync(path, "");
    const text = readFileSync(path, "utf8");
    for (const line of text.split("\n")) {
      const read = readLine(line);
      if (read?.maker === maker) cases.set(read.key, read.result);
      else if (read !== undefined) foreign++;
    }
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
      appendFileSync(path, `${JSON.stringify({ maker, key, result })}\n`);
    },
    foreign,
  });
}

interface Line {
  readonly maker: unknown;
  readonly key: string;
  readonly result: CaseResult;
}

/** undefined: a torn line, or an empty one; that case is run again. */
function readLine(line: string): Line | undefined {
  try {
    const { maker, key, result } = JSON.parse(line);
    return typeof key === "string" && typeof result?.test === "string"
      ? { maker, key, result }
      : undefined;
  } catch {
    return undefined;
  }
}
