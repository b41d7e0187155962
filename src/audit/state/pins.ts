/**
 * What holds pages of an mm: long-term registrations, direct I/O while it runs, spliced pages. The
 * ranges of a registration follow mremap; what is unmapped is still pinned but no page table leads
 * to it any more, so fork cannot touch it.
 */
import type { Buffer, Moment, PinInterface, Range } from "../event.ts";
import type { OpenFile } from "./descriptors.ts";

export interface PinPart {
  /** Index in the ring's table of buffers, where it has one. */
  readonly slot: number | undefined;
  readonly buffer: Buffer;
  /** Where the pages are mapped now; empty when the address was never seen or all was unmapped. */
  ranges: readonly Range[];
}

export interface Registration {
  readonly id: number;
  readonly by: PinInterface;
  readonly mm: number;
  readonly pid: number;
  readonly file: OpenFile;
  readonly holders: Set<OpenFile>;
  parts: readonly PinPart[];
  /** Buffers that strace left out of the line (`...`). */
  readonly unseen: number;
  readonly writable: boolean;
  readonly handle: number | undefined;
  readonly begin: Moment;
  readonly end: Moment;
  readonly stack: readonly string[];
  ended: Moment | undefined;
  /** Set when mapped pages of it were unmapped or thrown away. */
  stale: { readonly at: Moment; readonly range: Range; reported: boolean } | undefined;
  /** Some region of this file was deregistered and nobody can say which. */
  doubtful: boolean;
}

/** One direct read or write, from entry to return, or from submission to reaping. */
export interface Transfer {
  readonly id: number;
  readonly mm: number;
  readonly tid: number;
  readonly call: string;
  readonly read: boolean;
  readonly path: string | undefined;
  buffers: readonly Buffer[];
  readonly begin: Moment;
  readonly context: number | undefined;
  readonly data: number;
  end: Moment | undefined;
  /** Its end is a bound, not an observation. */
  loose: boolean;
  /** Bytes or a negative number; undefined until known. */
  result: number | undefined;
}
