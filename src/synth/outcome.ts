/**
 * What a difference comes to: the thing that the two kernels show differently, which of them shows
 * what it should not, and the name of the damage.
 */
import type { Alphabet } from "./alphabet.ts";
import { KILLED, STUCK } from "./graph.ts";
import { Ideal } from "./ideal.ts";
import { type Operation, valueBy, writerOf } from "./operation.ts";
import { type Replay, seenIn, succeeded } from "./replay.ts";

export const outcomes = [
  "lost DMA write",
  "stale device read",
  "leak",
  "lost write",
  "stale read",
  "refused",
  "killed",
  "stuck",
] as const;
export type Outcome = (typeof outcomes)[number];

/** What the kernels show differently: an operation's result, or a page at the end. */
export type Witness =
  | { readonly kind: "shown"; readonly operation: number }
  | { readonly kind: "memory"; readonly process: string; readonly page: string };

export interface Judged {
  readonly outcome: Outcome;
  readonly witness: Witness;
  /** The side on which it goes wrong; the second if neither or both do. */
  readonly bad: 0 | 1;
  /** The witness's value on each side; undefined where there is none. */
  readonly values: readonly [number | undefined, number | undefined];
}

/** Judges two ends of one program that differ. */
export function judgeDifference(
  alphabet: Alphabet,
  program: readonly Operation[],
  ends: readonly [Replay, Replay],
): Judged {
  const last = program.length - 1;
  const shown = [ends[0].shown[last]!, ends[1].shown[last]!] as const;
  if (shown[0] !== shown[1]) {
    const witness = { kind: "shown", operation: last } as const;
    const special = specialOutcome(shown);
    if (special !== undefined)
      return { outcome: special.outcome, bad: special.bad, witness, values: shown };
    const { ideal, read } = promised(alphabet, program, ends[0]);
    const bad = shown[0] === read ? 1 : 0;
    const outcome = readOutcome(program[last]!, shown[bad], ideal);
    return { outcome, bad, witness, values: shown };
  }
  return judgeMemory(alphabet, program, ends);
}

interface Promised {
  readonly ideal: Ideal;
  /** What the last operation should have read. */
  readonly read: number | undefined;
}

function promised(alphabet: Alphabet, program: readonly Operation[], end: Replay): Promised {
  const ideal = new Ideal(alphabet);
  let read: number | undefined;
  program.forEach((operation, i) => {
    read = succeeded(operation, end.shown[i]!) ? ideal.follow(operation) : undefined;
  });
  return { ideal, read };
}

const errnoMin = 0xff00;

function specialOutcome(
  shown: readonly [number, number],
): { readonly outcome: Outcome; readonly bad: 0 | 1 } | undefined {
  for (const [code, outcome] of [
    [STUCK, "stuck"],
    [KILLED, "killed"],
  ] as const)
    if (shown.includes(code)) return { outcome, bad: shown[0] === code ? 0 : 1 };
  const refused = shown.findIndex((value) => value >= errnoMin);
  return refused < 0 ? undefined : { outcome: "refused", bad: refused === 0 ? 0 : 1 };
}

/** A wrong value read by a process or, through the handle, by a device. */
export function readOutcome(operation: Operation, value: number, ideal: Ideal): Outcome {
  const device = operation.effect === "device-reads";
  const owner = device ? ideal.held?.split(":")[0] : operation.actor;
  return wrongValue(value, undefined, owner, device);
}

export function wrongValue(
  value: number,
  wanted: number | undefined,
  owner: string | undefined,
  device: boolean,
): Outcome {
  const writer = writerOf(value);
  if (writer !== undefined && writer !== "device" && writer !== owner) return "leak";
  if (device) return "stale device read";
  if (wanted !== undefined && writerOf(wanted) === "device") return "lost DMA write";
  if (writer === "device") return "leak";
  if (owner !== undefined && wanted === valueBy(owner)) return "lost write";
  return "stale read";
}

function judgeMemory(
  alphabet: Alphabet,
  program: readonly Operation[],
  ends: readonly [Replay, Replay],
): Judged {
  const { ideal } = promised(alphabet, program, ends[0]);
  const left = seenIn(alphabet, ends[0].view);
  const right = seenIn(alphabet, ends[1].view);
  const differing = left.map((_, i) => i).filter((i) => left[i]!.value !== right[i]!.value);
  const judged = differing.map((i): Judged => {
    const { process, page } = left[i]!;
    const values = [left[i]!.value, right[i]!.value] as const;
    const wanted = ideal.memory(process, page);
    const bad = values[0] === wanted ? 1 : 0;
    const witness = { kind: "memory", process, page } as const;
    const value = values[bad];
    if (value === undefined) return { outcome: "killed", bad, witness, values };
    return { outcome: wrongValue(value, wanted, process, false), bad, witness, values };
  });
  return judged.sort((a, b) => outcomes.indexOf(a.outcome) - outcomes.indexOf(b.outcome))[0]!;
}
