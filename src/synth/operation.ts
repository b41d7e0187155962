/**
 * An operation: one statement that a synthesised program may contain, by one process, on named
 * pages, processes and the one handle `h`. Programs are sequences of operations; what a value was
 * written by can be read off the value itself.
 */
import type { Argument, Call, Place, Statement } from "../litmus/ast.ts";
import type { Span } from "../step/diagnostic.ts";

export interface Operation {
  /** "P0: x = 1;" : unique within an alphabet. */
  readonly name: string;
  /** The word by which `--ops` asks for it: "write", "fork", "rdma". */
  readonly family: string;
  readonly actor: string;
  readonly statement: Statement;
  readonly page: string | undefined;
  /** The process that a fork brings to life. */
  readonly child: string | undefined;
  readonly effect: Effect;
  /** The number of the allocation that fails, from 0; undefined: none does. */
  readonly fails: number | undefined;
}

/** What an operation needs and what it shows. */
export type Effect =
  | "plain"
  | "reads"
  | "forks"
  | "exits"
  | "registers"
  | "registers-writable"
  | "device-writes"
  | "device-reads"
  | "releases";

/** Nobody wrote these nodes: they point nowhere. */
export const nowhere: Span = { start: 0, end: 0 };

/** "x" or "x[1]" as a place. */
export function placeAt(text: string): Place {
  const [, name = text, digits] = /^(\w+)\[(\d+)\]$/.exec(text) ?? [];
  const index = digits === undefined ? undefined : Number(digits);
  return { name, index, half: undefined, span: nowhere };
}

export function store(page: string, value: number): Statement {
  return { kind: "store", place: placeAt(page), value, span: nowhere };
}

export function load(register: string, page: string): Statement {
  return { kind: "load", register, place: placeAt(page), span: nowhere };
}

export const mayFail: Statement = { kind: "mayFail", span: nowhere };

export function call(
  operation: string,
  given: readonly Argument[] = [],
  result: string | undefined = undefined,
  times = 1,
): Call {
  return {
    kind: "call",
    force: undefined,
    result,
    resultSpan: result === undefined ? undefined : nowhere,
    operation,
    operationSpan: nowhere,
    arguments: given,
    times,
    span: nowhere,
  };
}

export const argument = {
  place: (name: string): Argument => ({ kind: "place", place: placeAt(name), span: nowhere }),
  process: (process: string): Argument => ({ kind: "process", process, span: nowhere }),
  handle: (name: string): Argument => ({
    kind: "handle",
    handle: { name, index: undefined, span: nowhere },
    span: nowhere,
  }),
  event: (event: string): Argument => ({ kind: "event", event, span: nowhere }),
  value: (value: number): Argument => ({ kind: "value", value, span: nowhere }),
  flags: (...flags: readonly string[]): Argument => ({ kind: "flags", flags, span: nowhere }),
} as const;

/** What device and processes write, each its own value, so that a value names its writer. */
export const deviceValue = 5;

/** P0 writes 1, P1 writes 2 ... */
export function valueBy(process: string): number {
  return Number(process.slice(1)) + 1;
}

/** Who wrote `value`: a process, "device", or nobody for a page's first content. */
export function writerOf(value: number): string | undefined {
  if (value === deviceValue) return "device";
  return value >= 1 && value < deviceValue ? `P${value - 1}` : undefined;
}

/** Whether the operation makes the handle. */
export function registers({ effect }: Pick<Operation, "effect">): boolean {
  return effect === "registers" || effect === "registers-writable";
}
