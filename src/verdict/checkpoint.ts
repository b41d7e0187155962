/**
 * A cut search as bytes: a line that says of which test, kernel, memory order and model it is, and
 * with which reductions it searched, then the numbers of saved-search.ts. What reads it believes
 * nothing: bytes that are cut short, changed or of another question are refused, with their place.
 */
import type { SavedExploration } from "../explore/saved-search.ts";
import { hashText, testHash } from "../litmus/index.ts";
import type { World } from "./world.ts";

const format = "pinfold checkpoint 3";

interface Head {
  readonly format: string;
  readonly test: string;
  readonly kernel: string;
  /** A hash of everything else that the search rests on: paths, table, programs, first state. */
  readonly model: string;
  /** The reductions that the search was told to use, see reductionsText. */
  readonly reductions: string;
  readonly state: number;
  readonly transitions: number;
  readonly states: number;
  readonly finals: number;
  readonly asked: number;
  /** With reductions: states from which everybody was moved, the mix of all, words of rows. */
  readonly reduced?: { readonly whole: number; readonly mix: number; readonly recent: number };
  /** How many bytes say what the states showed. */
  readonly seen: number;
  /** A hash of the bytes after this line. */
  readonly body: string;
}

export type ReadCheckpoint =
  | { readonly ok: true; readonly saved: SavedExploration; readonly seen: string }
  /** `byte` is where the trouble begins. */
  | {
      readonly ok: false;
      readonly byte: number;
      readonly code: string;
      readonly message: string;
    };

/** A longer first line is no head of ours. */
const headMax = 4096;

/** JSON as bytes, what is not ASCII escaped: the pure floors have no TextEncoder. */
function asciiBytes(json: string): Uint8Array {
  const escaped = json.replace(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return Uint8Array.from(escaped, (unit) => unit.charCodeAt(0));
}

function asciiText(bytes: Uint8Array): string {
  const texts: string[] = [];
  for (let at = 0; at < bytes.length; at += 4096)
    texts.push(String.fromCharCode(...bytes.subarray(at, at + 4096)));
  return texts.join("");
}

/** What a checkpoint is of: the world that is searched, and the reductions it is searched with. */
export interface SearchIdentity {
  readonly world: World;
  readonly reductions: string;
}

/** `seen`: what the states showed, for a search that does not show them again. */
export function writeCheckpoint(
  { world, reductions }: SearchIdentity,
  saved: SavedExploration,
  seen: string,
): Uint8Array {
  const finals = saved.kind === "plain" ? saved.finals : new Int32Array();
  const recent = saved.kind === "plain" ? new Int32Array() : saved.recent;
  const lists = [saved.parents, saved.moves, finals, recent].map(
    (list) => new Uint8Array(list.buffer, list.byteOffset, list.byteLength),
  );
  const seenBytes = asciiBytes(seen);
  const body = joined([...lists, saved.asked, seenBytes]);
  const { kind, state, transitions } = saved;
  const head: Head = {
    format,
    test: testHash(world.test),
    kernel: world.kernel.name,
    model: modelHash(world),
    reductions,
    state,
    transitions,
    states: saved.parents.length,
    finals: finals.length,
    asked: saved.asked.length,
    ...(kind === "reduced"
      ? { reduced: { whole: saved.whole, mix: saved.mix, recent: recent.length } }
      : {}),
    seen: seenBytes.length,
    body: hashBytes(body),
  };
  return joined([asciiBytes(`${JSON.stringify(head)}\n`), body]);
}

export function readCheckpoint(bytes: Uint8Array, identity: SearchIdentity): ReadCheckpoint {
  const end = bytes.indexOf(10);
  const head = end < 0 || end > headMax ? undefined : headOf(asciiText(bytes.subarray(0, end)));
  if (head === undefined) return refused(0, "PF401", "this is no checkpoint of pinfold");
  const other = otherSearch(head, identity);
  if (other !== undefined) return refused(0, "PF402", `this is a checkpoint ${other}`);
  // A copy at its own beginning, whatever the bytes are part of: a file's are part of a pool.
  const body = new Uint8Array(bytes.subarray(end + 1));
  const recent = head.reduced?.recent ?? 0;
  const numbers = 2 * head.states + head.finals + recent;
  const wanted = numbers * 4 + head.asked + head.seen;
  if (body.length !== wanted)
    return refused(
      bytes.length,
      "PF403",
      `the checkpoint has ${body.length} bytes of states, not ${wanted}`,
    );
  if (hashBytes(body) !== head.body)
    return refused(end + 1, "PF404", "the checkpoint's states were changed");
  const list = (from: number, count: number) => new Int32Array(body.buffer, from * 4, count);
  const { state, transitions, states, reduced } = head;
  const common = {
    state,
    transitions,
    parents: list(0, states),
    moves: list(states, states),
    asked: body.subarray(numbers * 4, numbers * 4 + head.asked),
  };
  const seen = asciiText(body.subarray(numbers * 4 + head.asked));
  const saved: SavedExploration =
    reduced === undefined
      ? { kind: "plain", ...common, finals: list(2 * states, head.finals) }
      : {
          kind: "reduced",
          ...common,
          ...reduced,
          recent: list(2 * states + head.finals, recent),
        };
  return { ok: true, saved, seen };
}

/** Of what else a checkpoint is, if it is not of this search. */
function otherSearch(head: Head, { world, reductions }: SearchIdentity): string | undefined {
  if (head.test !== testHash(world.test)) return "of another test";
  if (head.kernel !== world.kernel.name) return `on ${head.kernel}, not on ${world.kernel.name}`;
  if (head.model !== modelHash(world)) return "of another pinfold, or under another memory order";
  if (head.reductions === reductions) return undefined;
  return `of a search ${head.reductions}, not ${reductions}`;
}

function refused(byte: number, code: string, message: string): ReadCheckpoint {
  return { ok: false, byte, code, message };
}

function headOf(line: string): Head | undefined {
  try {
    const head = JSON.parse(line) as Head;
    const counts = [
      head.state,
      head.transitions,
      head.states,
      head.finals,
      head.asked,
      head.seen,
      head.reduced?.recent ?? 0,
    ];
    return head.format === format && counts.every((n) => Number.isSafeInteger(n) && n >= 0)
      ? head
      : undefined;
  } catch {
    return undefined;
  }
}

function modelHash({ model, first }: World): string {
  const { machine, programs, decisions } = model;
  const rest = [machine.steps, programs, Array.from(decisions), Array.from(first)];
  return hashText(JSON.stringify(rest));
}

function hashBytes(bytes: Uint8Array): string {
  let low = 0x811c9dc5;
  let high = 0x9e3779b9;
  for (const byte of bytes) {
    low = Math.imul(low ^ byte, 0x01000193);
    high = Math.imul(((high << 5) | (high >>> 27)) ^ byte, 0x85ebca6b);
  }
  return `${(low >>> 0).toString(16)}-${(high >>> 0).toString(16)}`;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
