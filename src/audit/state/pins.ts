/**
 * What holds pages of an mm: long-term registrations, direct I/O while it runs, spliced pages. The
 * ranges of a registration follow mremap; what is unmapped is still pinned but no page table leads
 * to it any more, so fork cannot touch it.
 */
import type { Buffer, Moment } from "../event.ts";

export type { PinPart, Registration } from "./descriptors.ts";

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
