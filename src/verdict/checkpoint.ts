/**
 * A cut search as bytes: a line that says of which test, kernel, memory order and model it is, then
 * the numbers of saved-search.ts. What reads it believes nothing: bytes that are cut short, changed
 * or of another question are refused, with their place.
 */
import type { SavedSearch } from "../explore/saved-search.ts";
import { hashText, testHash } from "../litmus/index.ts";
import type { World } from "./world.ts";

const format = "pinfold checkpoint 1";

interface Head {
  readonly format: string;
  readonly test: string;
  readonly kernel: string;
  /** A hash of everything else that the search rests on: paths, table, programs, first state. */
  readonly model: string;
  readonly state: number;
  readonly transitions: number;
  readonly states: number;
  readonly finals: number;
  readonly asked: number;
  /** A hash of the bytes after this line. */
  readonly body: string;
}

export type ReadCheckpoint =
  | { readonly ok: true; readonly saved: SavedSearch }
  /** `byte` is where the trouble begins. */
  | { readonly ok: false; readonly byte: number; readonly message: string };

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
  return String.fromCharCode(...bytes);
}

export function writeCheckpoint(world: World, saved: SavedSearch): Uint8Array {
  const lists = [saved.parents, saved.moves, saved.finals].map(
    (list) => new Uint8Array(list.buffer, list.byteOffset, list.byteLength),
  );
  const body = joined([...lists, saved.asked]);
  const head: Head = {
    format,
    test: testHash(world.test),
    kernel: world.kernel.name,
    model: modelHash(world),
    state: saved.state,
    transitions: saved.transitions,
    states: saved.parents.length,
    finals: saved.finals.length,
    asked: saved.asked.length,
    body: hashBytes(body),
  };
  return joined([asciiBytes(`${JSON.stringify(head)}\n`), body]);
}

export function readCheckpoint(bytes: Uint8Array, world: World): ReadCheckpoint {
  const end = bytes.indexOf(10);
  const head = end < 0 || end > headMax ? undefined : headOf(asciiText(bytes.subarray(0, end)));
  if (head === undefined) return refused(0, "this is no checkpoint of pinfold");
  if (head.test !== testHash(world.test)) return refused(0, "this is a checkpoint of another test");
  if (head.kernel !== world.kernel.name)
    return refused(0, `this is a checkpoint on ${head.kernel}, not on ${world.kernel.name}`);
  if (head.model !== modelHash(world))
    return refused(0, "this is a checkpoint of another pinfold, or under another memory order");
  // A copy at its own beginning, whatever the bytes are part of: a file's are part of a pool.
  const body = new Uint8Array(bytes.subarray(end + 1));
  const wanted = (2 * head.states + head.finals) * 4 + head.asked;
  if (body.length !== wanted)
    return refused(
      bytes.length,
      `the checkpoint has ${body.length} bytes of states, not ${wanted}`,
    );
  if (hashBytes(body) !== head.body)
    return refused(end + 1, "the checkpoint's states were changed");
  const list = (from: number, count: number) => new Int32Array(body.buffer, from * 4, count);
  const saved = {
    state: head.state,
    transitions: head.transitions,
    parents: list(0, head.states),
    moves: list(head.states, head.states),
    finals: list(2 * head.states, head.finals),
    asked: body.subarray((2 * head.states + head.finals) * 4),
  };
  return { ok: true, saved };
}

function refused(byte: number, message: string): ReadCheckpoint {
  return { ok: false, byte, message };
}

function headOf(line: string): Head | undefined {
  try {
    const head = JSON.parse(line) as Head;
    const counts = [head.state, head.transitions, head.states, head.finals, head.asked];
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
