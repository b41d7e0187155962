/** State seen through a finding's eyes: forks, pins and transfers as plain data. */
import type { Range } from "../event.ts";
import { type ForkView, type PinView, type ProcessView, placeOf } from "../finding.ts";
import type { Splice } from "../state/descriptors.ts";
import type { Registration } from "../state/pins.ts";
import { bytesOf } from "../state/ranges.ts";
import type { ForkRecord, PinSnapshot, Process, TransferSnapshot } from "../state/world.ts";

/** A child that neither executes nor ends within this time runs on. */
export const soonUs = 1e6;

export function viewProcess(process: Process): ProcessView {
  return { pid: process.pid, name: process.name };
}

/** What became of the child: a late exec or exit counts as living on. */
export function childFate(fork: ForkRecord): ForkView["child"] {
  const end = fork.childExec ?? fork.childExit;
  if (end === undefined) return "lives";
  const born = (fork.end ?? fork.begin).time;
  if (end.time - born > soonUs) return "lives";
  return fork.childExec === undefined ? "exits" : "execs";
}

export function viewFork(fork: ForkRecord): ForkView {
  return {
    ...placeOf(fork.begin),
    call: fork.call,
    flags: fork.flags,
    stack: fork.stack,
    threads: fork.threads,
    child: childFate(fork),
    childPid: fork.childTid,
    waitedAtOnce: fork.waitedAtOnce,
  };
}

const calls: Readonly<Record<Registration["by"], string>> = {
  io_uring: "io_uring registered buffers",
  "provided ring": "io_uring provided-buffer ring",
  "ring memory": "io_uring ring in the program's own memory",
  rdma: "RDMA memory region",
  xdp: "AF_XDP memory",
  vfio: "VFIO mapping",
};

export function viewRegistration(registration: Registration): PinView {
  const ranges = registration.parts.flatMap((part) => part.ranges);
  return {
    ...placeOf(registration.begin),
    kind: registration.by,
    what: calls[registration.by],
    pid: registration.pid,
    bytes: registration.parts.reduce((sum, part) => sum + (part.buffer.length ?? 0), 0),
    bareBytes: 0,
    bare: [],
    covered: ranges,
    stack: registration.stack,
  };
}

export function viewPin(snapshot: PinSnapshot): PinView {
  return {
    ...viewRegistration(snapshot.registration),
    bareBytes: bytesOf(snapshot.bare) + (snapshot.unseen === "private" ? snapshot.unseenBytes : 0),
    bare: snapshot.bare,
    covered: snapshot.covered,
  };
}

export function viewTransfer(snapshot: TransferSnapshot): PinView {
  const { transfer } = snapshot;
  const path = transfer.path === undefined ? "" : ` of ${transfer.path}`;
  return {
    ...placeOf(transfer.begin),
    kind: transfer.read ? "direct read" : "direct write",
    what: `${transfer.call}${path}`,
    pid: transfer.tid,
    bytes: transfer.buffers.reduce((sum, buffer) => sum + (buffer.length ?? 0), 0),
    bareBytes: bytesOf(snapshot.bare),
    bare: snapshot.bare,
    covered: [],
    stack: [],
  };
}

export function viewSplice(splice: Splice): PinView {
  return {
    ...placeOf(splice.at),
    kind: "vmsplice",
    what: "pages in a pipe",
    pid: splice.pid,
    bytes: splice.bytes,
    bareBytes: splice.bytes,
    bare: [],
    covered: [],
    stack: splice.stack,
  };
}

/** The first frames without addresses: the same place in every run. Without stacks, the program. */
export function callsiteOf(process: ProcessView, call: string, stack: readonly string[]): string {
  if (stack.length === 0) return `${process.name ?? "?"}:${call}`;
  return stack.slice(0, 8).map(frameName).join(" < ");
}

/** `/lib/libc.so.6(_Fork+0x23) [0xd4353]` or `7fcd9 __GI__Fork+35 (/lib/libc.so.6)` by its name. */
export function frameName(frame: string): string {
  const strace = /^(.*?)\((.*?)\)\s*\[/.exec(frame);
  if (strace !== null) return `${base(strace[1] as string)}(${strace[2]})`;
  const bpf = /^\s*[0-9a-f]+\s+(\S+)\s+\((.*)\)/.exec(frame);
  if (bpf !== null) return `${base(bpf[2] as string)}(${bpf[1]})`;
  return frame.trim();
}

function base(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

export function formatRange(range: Range): string {
  return `0x${range.start.toString(16)}-0x${range.end.toString(16)}`;
}
