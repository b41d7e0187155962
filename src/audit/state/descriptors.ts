/**
 * Open files and the tables that hold them. Only files are kept on which something hangs: rings,
 * AF_XDP sockets, RDMA, GPU and VFIO devices, pipes with spliced pages, files opened with O_DIRECT.
 * A pin ends when the last reference to its file goes: from every table, and from every mapping.
 */
import type { Buffer, FileKind, Moment, PinInterface, Range } from "../event.ts";

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

export interface PipeSegment {
  bytes: number;
  /** Set for pages given by vmsplice; undefined for copied bytes. */
  readonly splice: Splice | undefined;
}

export interface Splice {
  readonly mm: number;
  readonly pid: number;
  readonly bytes: number;
  readonly buffers: readonly Buffer[];
  readonly at: Moment;
  readonly stack: readonly string[];
}

export interface OpaqueUse {
  readonly what: string;
  readonly at: Moment;
  readonly mm: number;
}

export interface OpenFile {
  readonly id: number;
  readonly kind: FileKind;
  readonly path: string | undefined;
  /** The mm that opened it. */
  readonly mm: number;
  /** The process that opened it, by identity: its pid may still be unnamed or be reused. */
  readonly owner: number;
  readonly pid: number;
  readonly opened: Moment;
  readonly sqpoll: boolean;
  direct: boolean;
  tableReferences: number;
  readonly registrations: Set<Registration>;
  /** Calls that may have pinned memory nobody can see. */
  readonly opaque: OpaqueUse[];
  /** io_uring: requests submitted and not known to be reaped, with the last submission. */
  inFlight: number;
  lastSubmit: Moment | undefined;
  pipe: { segments: PipeSegment[] } | undefined;
  /** Sent over a socket: holders may exist that the trace does not show. */
  leaked: boolean;
  /** Made up at first use: opened before the recording began. */
  readonly assumed: boolean;
}

export interface Slot {
  readonly file: OpenFile;
  cloexec: boolean;
}

/** struct files_struct: shared by threads and CLONE_FILES, copied by fork. */
export interface Files {
  readonly slots: Map<number, Slot>;
  users: number;
}

export function makeFiles(): Files {
  return { slots: new Map(), users: 1 };
}

export function copyFiles(files: Files): Files {
  const copy = makeFiles();
  for (const [number, slot] of files.slots) {
    slot.file.tableReferences++;
    copy.slots.set(number, { file: slot.file, cloexec: slot.cloexec });
  }
  return copy;
}

/** Puts a file into a slot; the file that was there loses its reference and is returned. */
export function install(
  files: Files,
  number: number,
  file: OpenFile,
  cloexec: boolean,
): OpenFile | undefined {
  const before = files.slots.get(number);
  file.tableReferences++;
  files.slots.set(number, { file, cloexec });
  if (before === undefined) return undefined;
  before.file.tableReferences--;
  return before.file;
}

export function remove(files: Files, number: number): OpenFile | undefined {
  const slot = files.slots.get(number);
  if (slot === undefined) return undefined;
  files.slots.delete(number);
  slot.file.tableReferences--;
  return slot.file;
}

/** Bytes leave the pipe first in, first out. */
export function drain(file: OpenFile, bytes: number): void {
  const segments = file.pipe?.segments;
  let left = bytes;
  while (segments !== undefined && left > 0 && segments.length > 0) {
    const first = segments[0] as PipeSegment;
    const taken = Math.min(first.bytes, left);
    first.bytes -= taken;
    left -= taken;
    if (first.bytes === 0) segments.shift();
  }
}
