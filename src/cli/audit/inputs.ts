/**
 * Files for the auditor: read in pieces, sorted into recordings. `log.1 log.2` are one recording of
 * `-ff`, and so is a name that stands for such files; every other file is a recording of its own.
 */
import { closeSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { type TraceSource, threadOfName } from "../../audit/trace-source.ts";
import { messageOf } from "../output.ts";

const wholePieceBytes = 1 << 20;
/** A set is read all files at once. */
const setPieceBytes = 1 << 16;

/** A file's text, a piece at a time; latin1 keeps every byte. Descriptor 0 for "-". */
export function* readPieces(path: string, pieceBytes = wholePieceBytes): Generator<string> {
  const descriptor = path === "-" ? 0 : openSync(path, "r");
  const buffer = Buffer.allocUnsafe(pieceBytes);
  try {
    for (;;) {
      const count = readSync(descriptor, buffer, 0, pieceBytes, null);
      if (count === 0) return;
      yield buffer.toString("latin1", 0, count);
    }
  } finally {
    if (path !== "-") closeSync(descriptor);
  }
}

export type Recording = readonly TraceSource[];

export interface FoundInputs {
  readonly recordings: readonly Recording[];
  readonly problems: readonly string[];
}

function kindOf(path: string): "file" | "folder" | "nothing" {
  try {
    return statSync(path).isDirectory() ? "folder" : "file";
  } catch {
    return "nothing";
  }
}

/** `log` for `log.123`, `log.124`, in the order of their threads. */
function setOf(path: string): readonly string[] {
  try {
    const prefix = `${basename(path)}.`;
    return readdirSync(dirname(path))
      .filter((name) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)))
      .map((name) => join(dirname(path), name))
      .sort((a, b) => (threadOfName(a) ?? 0) - (threadOfName(b) ?? 0));
  } catch {
    return [];
  }
}

function source(folder: string, name: string, pieceBytes?: number): TraceSource {
  return { name, chunks: readPieces(name === "-" ? "-" : resolve(folder, name), pieceBytes) };
}

/** Sorts the names given on the command line into recordings. */
export function findInputs(names: readonly string[], folder: string): FoundInputs {
  const problems: string[] = [];
  const sets = new Map<string, string[]>();
  const recordings: Recording[] = [];
  const addToSet = (name: string) => {
    const base = name.replace(/\.\d+$/, "");
    const set = sets.get(base) ?? [];
    if (set.length === 0) sets.set(base, set);
    set.push(name);
  };
  for (const name of names) {
    const path = resolve(folder, name);
    const kind = name === "-" ? "file" : kindOf(path);
    const members = kind === "nothing" ? setOf(path) : [];
    if (members.length > 0) for (const member of members) addToSet(member);
    else if (kind !== "file")
      problems.push(
        `cannot read ${name}: ${kind === "folder" ? "it is a folder (a /proc snapshot needs --snapshot)" : "no such file"}`,
      );
    else if (threadOfName(name) !== undefined) addToSet(name);
    else recordings.push([source(folder, name)]);
  }
  for (const set of sets.values())
    recordings.push(set.map((name) => source(folder, name, setPieceBytes)));
  return { recordings, problems };
}

/** Opens and closes: a file that cannot be read is a problem before anything is drawn. */
export function unreadable(names: readonly string[], folder: string): readonly string[] {
  return names.flatMap((name) => {
    if (name === "-") return [];
    try {
      const path = resolve(folder, name);
      if (kindOf(path) === "file") closeSync(openSync(path, "r"));
      return [];
    } catch (error) {
      return [`cannot read ${name}: ${messageOf(error)}`];
    }
  });
}
