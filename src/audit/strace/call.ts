/**
 * One system call as the reader hands it to a decoder, and what a decoder makes of it: the body of
 * an event, without thread and moments.
 */
import type { DescriptorRef, FileKind, TraceEvent } from "../event.ts";
import type { Returned } from "./value.ts";

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
export type EventBody = Without<TraceEvent, "tid" | "begin" | "end" | "stack">;

export interface Call {
  readonly name: string;
  readonly args: readonly string[];
  /** Undefined while the call has only been entered. */
  readonly returned: Returned | undefined;
  readonly context: CallContext;
}

/** What a decoder may ask of the world. */
export interface CallContext {
  fileKind(descriptor: DescriptorRef): FileKind | undefined;
  /** Sizes of System V segments by id, kept by the reader. */
  readonly segments: Map<number, number>;
  /** Told for every environment that the log prints whole: it may hold secrets. */
  environment(): void;
}

export type Decoder = (call: Call) => EventBody | undefined;

export interface CallRule {
  readonly name: string;
  /** Tells the state at entry, for calls whose interval matters. */
  readonly begin?: Decoder;
  readonly end: Decoder;
  /** Worth decoding only when its first argument is a descriptor that something hangs on. */
  readonly gated?: boolean;
  /** A blocking call whose effect comes with its end. */
  readonly timed?: boolean;
  /** Whether the whole line can be left unread; `taken` tells if something hangs on a descriptor. */
  readonly skip?: (line: string, taken: (descriptor: number) => boolean) => boolean;
  /** Frames printed after it are kept. */
  readonly stack?: boolean;
}

/** 64-bit addresses wrap in a double only above the user half; errors print as -1. */
export function failed(call: Call): boolean {
  return (
    call.returned === undefined ||
    call.returned.errno !== undefined ||
    (call.returned.value ?? -1) < 0
  );
}
