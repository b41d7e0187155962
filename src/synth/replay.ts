/**
 * One program on one kernel: what each operation showed and what memory looks like at the end.
 */
import { naturalSize } from "../litmus/page-kinds.ts";
import type { Alphabet } from "./alphabet.ts";
import { type KernelGraph, KILLED, NOT_APPLICABLE, STUCK, UNSEEN } from "./graph.ts";
import { type Operation, registers } from "./operation.ts";

export interface Replay {
  /** Per operation: a value read, an errno, 0, KILLED or STUCK. Shorter where one did not apply. */
  readonly shown: readonly number[];
  readonly view: number;
  readonly state: number;
}

/** Runs operations (by number) from the first state on. */
export function replay(graph: KernelGraph, program: readonly number[]): Replay {
  const shown: number[] = [];
  let state = 0;
  for (const operation of program) {
    const next = graph.next(state, operation);
    if (next === NOT_APPLICABLE) break;
    shown.push(graph.shown(state, operation));
    state = next;
  }
  return { shown, view: graph.view(state), state };
}

export function sameReplay(one: Replay, other: Replay): boolean {
  return (
    one.view === other.view &&
    one.shown.length === other.shown.length &&
    one.shown.every((value, i) => value === other.shown[i])
  );
}

/** Whether the kernel did what was asked: registrations and forks may be refused. */
export function succeeded(operation: Operation, shown: number): boolean {
  if (shown === KILLED || shown === STUCK) return false;
  return (!registers(operation) && operation.effect !== "forks") || shown === 0;
}

/** A page of a process, by name, and what it reads at the end; undefined where nothing is mapped. */
export interface Seen {
  readonly process: string;
  readonly page: string;
  readonly value: number | undefined;
}

/** The word at every place of every process in a view, in order: "x", or "x", "x[1]" ... of a huge page. */
export function seenIn(alphabet: Alphabet, view: number): readonly Seen[] {
  const places = alphabet.pages.flatMap(({ name, pageKind, count }) =>
    Array.from({ length: count ?? naturalSize(pageKind) }, (_, i) =>
      i === 0 && count === undefined ? name : `${name}[${i}]`,
    ),
  );
  return alphabet.processes.flatMap((process, p) =>
    places.map((page, i) => {
      const digit = Math.floor(view / 8 ** (p * places.length + i)) % 8;
      return { process, page, value: digit === UNSEEN ? undefined : digit };
    }),
  );
}
