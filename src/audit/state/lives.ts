/**
 * Birth and death: threads, processes, mms. A child may be seen before the call that made it has
 * returned; then it is bound to the oldest fork that waits for a child and corrected when the call
 * tells its pid.
 */
import type { EventOf, Moment } from "../event.ts";
import { flags } from "../strace/constants.ts";
import { hasFlag } from "../strace/value.ts";
import { copyFiles, makeFiles, type OpenFile } from "./descriptors.ts";
import type { Observer } from "./observer.ts";
import { releaseFile } from "./references.ts";
import { snapshotPin, snapshotSplice, snapshotTransfer } from "./snapshot.ts";
import {
  type ForkRecord,
  forkMm,
  type Mm,
  makeMm,
  type Process,
  type Thread,
  type World,
} from "./world.ts";

export function makeThread(world: World, tid: number, process: Process): Thread {
  const thread: Thread = {
    tid,
    process,
    alive: true,
    ringSlots: new Map(),
    fork: undefined,
    returned: undefined,
    transfer: undefined,
    remote: undefined,
    moved: false,
  };
  world.threads.set(tid, thread);
  process.threads++;
  return thread;
}

/**
 * A process that nobody in the trace has made. Until it executes, what it did before is unknown; the
 * first line of a recording that starts a program is that execve.
 */
export function makeRoot(world: World, tid: number, late: boolean): Thread {
  const process: Process = {
    id: ++world.sequence,
    pid: tid,
    parent: undefined,
    born: undefined,
    fork: undefined,
    name: undefined,
    protection: undefined,
    mm: makeMm(world, { late, exact: false }),
    files: makeFiles(),
    threads: 0,
    alive: true,
  };
  world.processes.add(process);
  if (late) world.lateProcesses++;
  return makeThread(world, tid, process);
}

/** The thread of a tid, made up when a line names one that no fork has announced. */
export function threadOf(world: World, tid: number): Thread {
  const known = world.threads.get(tid);
  if (known !== undefined) return known;
  const open = waitingFork(world, tid);
  if (open !== undefined) return bindChild(world, open, tid);
  return makeRoot(world, tid, true);
}

function waitingFork(world: World, tid: number): ForkRecord | undefined {
  const waiting = world.openForks.filter((fork) => fork.childTid === undefined);
  return (
    waiting.find((fork) => fork.wanted === tid) ?? waiting.find((fork) => fork.wanted === undefined)
  );
}

/** Gives the fork its child; from the child's first line on, nothing is copied any more. */
export function bindChild(world: World, fork: ForkRecord, tid: number): Thread {
  fork.childTid = tid;
  closeInterval(world, fork);
  const parent = fork.process;
  if (hasFlag(fork.flags, flags.CLONE_THREAD)) {
    const thread = makeThread(world, tid, parent);
    fork.childThread = thread;
    return thread;
  }
  const sharesMm = hasFlag(fork.flags, flags.CLONE_VM);
  const process: Process = {
    id: ++world.sequence,
    pid: tid,
    parent,
    born: world.now,
    fork,
    name: parent.name,
    protection: parent.protection,
    mm: sharesMm ? parent.mm : forkMm(world, parent.mm),
    files: hasFlag(fork.flags, flags.CLONE_FILES) ? parent.files : copyFiles(parent.files),
    threads: 0,
    alive: true,
  };
  if (sharesMm) parent.mm.users++;
  if (process.files === parent.files) parent.files.users++;
  world.processes.add(process);
  fork.child = process;
  const thread = makeThread(world, tid, process);
  fork.childThread = thread;
  return thread;
}

/** Undoes a wrong guess about whose child a tid is. */
function rebind(world: World, fork: ForkRecord, tid: number, observer: Observer): void {
  const other = world.openForks.find((open) => open !== fork && open.childTid === tid);
  const mine = fork.childTid;
  if (other === undefined) return;
  const thread = other.childThread;
  if (fork.process.mm === other.process.mm && fork.flags === other.flags) {
    [fork.child, other.child] = [other.child, fork.child];
    [fork.childThread, other.childThread] = [other.childThread, fork.childThread];
    [fork.childTid, other.childTid] = [other.childTid, mine];
    return;
  }
  other.childTid = undefined;
  other.child = undefined;
  other.childThread = undefined;
  if (thread?.alive) endThread(world, thread, observer, false);
  bindChild(world, fork, tid);
}

export function beginFork(world: World, thread: Thread, event: EventOf<"forkBegin">): void {
  const process = thread.process;
  const mm = process.mm;
  const record = makeFork(world, thread, event);
  thread.fork = record;
  world.openForks.push(record);
  world.recentForks.push(record);
  for (const registration of mm.registrations) {
    record.pins.set(registration, snapshotPin(mm, registration, false));
  }
  for (const transfer of world.transfers) {
    if (transfer.mm === mm.id) record.transfers.set(transfer, snapshotTransfer(mm, transfer));
  }
  for (const other of world.threads.values()) {
    if (other.remote !== undefined && other.remote.target === process.pid)
      record.remotes.push(other.remote.begin);
  }
}

function makeFork(world: World, thread: Thread, event: EventOf<"forkBegin">): ForkRecord {
  const process = thread.process;
  const files = new Set<OpenFile>();
  for (const slot of process.files.slots.values()) files.add(slot.file);
  for (const slot of thread.ringSlots.values()) files.add(slot);
  for (const vma of process.mm.space.vmas) if (vma.file !== undefined) files.add(vma.file);
  const held = [...files];
  return {
    id: ++world.sequence,
    call: event.call,
    flags: event.flags,
    wanted: event.setTid,
    tid: thread.tid,
    process,
    mm: process.mm,
    begin: event.begin,
    end: undefined,
    copied: false,
    closed: Number.POSITIVE_INFINITY,
    until: Number.NaN,
    loose: false,
    stack: event.stack,
    pins: new Map(),
    transfers: new Map(),
    splices: splicesOf(held, process.mm),
    drainsUnseen: !world.readsSeen,
    opaque: held.flatMap((file) =>
      file.opaque
        .filter((use) => use.mm === process.mm.id)
        .slice(0, 1)
        .map((use) => ({ file, what: use.what, at: use.at })),
    ),
    rings: held.filter((file) => file.kind === "ring").map((file) => ringView(process.mm, file)),
    remotes: [],
    memorySlots: process.mm.memorySlots.filter((slot) => {
      const parts = process.mm.space.within(slot.range);
      return parts.some((vma) => !vma.shared && !vma.dontfork && !vma.wipe);
    }),
    unknownContexts: 0,
    advisedRanges: process.mm.space.vmas.filter((vma) => vma.dontfork).length,
    holeRisk: process.mm.space.vmas.find((vma) => vma.dontfork && vma.heap),
    directFiles: held.filter((file) => file.direct).length,
    threads: process.threads,
    witness: undefined,
    child: undefined,
    childTid: undefined,
    childThread: undefined,
    failed: false,
    waitedAtOnce: false,
    childExec: undefined,
    childExit: undefined,
    childCalls: 0,
    settled: false,
  };
}

function splicesOf(files: readonly OpenFile[], mm: Mm) {
  return files.flatMap((file) =>
    (file.pipe?.segments ?? []).flatMap((segment) =>
      segment.splice !== undefined && segment.splice.mm === mm.id
        ? [snapshotSplice(mm, segment.splice)]
        : [],
    ),
  );
}

function ringView(mm: Mm, file: OpenFile): ForkRecord["rings"][number] {
  const mapped = mm.space.vmas.some((vma) => vma.file === file && !vma.dontfork);
  const own = file.mm === mm.id;
  return {
    file,
    mapped,
    inFlight: own ? file.inFlight : 0,
    sqpoll: own && file.sqpoll,
    leaked: file.leaked && own,
  };
}

export function endFork(
  world: World,
  thread: Thread,
  event: EventOf<"forkEnd">,
  observer: Observer,
): void {
  const fork = thread.fork;
  thread.fork = undefined;
  if (fork === undefined) return;
  fork.end = event.end;
  fork.flags ??= event.flags;
  fork.stack = event.stack;
  fork.witness = event.pinnedPages;
  // Killed before it returned: the child that was seen is there all the same.
  const child = event.child ?? (fork.childThread?.alive === true ? fork.childTid : undefined);
  if (child === undefined || child === 0) {
    dropFork(world, fork);
    return;
  }
  if (fork.childTid !== undefined && fork.childTid !== child) rebind(world, fork, child, observer);
  if (fork.childTid === undefined) {
    const owner = world.openForks.find((open) => open !== fork && open.childTid === child);
    if (owner !== undefined) rebind(world, fork, child, observer);
    else {
      const stale = world.threads.get(child);
      if (stale !== undefined) endThread(world, stale, observer, false);
      bindChild(world, fork, child);
      if (event.end.time > event.begin.time && event.end.order === event.begin.order) {
        fork.copied = false;
        fork.until = event.end.time;
        fork.loose = event.loose === true;
      }
    }
  }
  remove(world.openForks, fork);
  if (thread.returned === undefined) world.awaiting++;
  thread.returned = fork;
  concludeFork(world, fork, observer);
}

/** Threads and spawns have nothing to settle; a copying fork waits for its child's fate. */
function concludeFork(world: World, fork: ForkRecord, observer: Observer): void {
  if (hasFlag(fork.flags, flags.CLONE_THREAD)) {
    world.threadsMade++;
    return;
  }
  if (hasFlag(fork.flags, flags.CLONE_VM)) {
    observer.spawned(fork, fork.pins.size);
    return;
  }
  if (fork.directFiles > 0) world.directForks++;
  world.unsettled.add(fork);
  settleIfDone(world, fork, observer);
}

function dropFork(world: World, fork: ForkRecord): void {
  fork.failed = true;
  remove(world.openForks, fork);
  remove(world.recentForks, fork);
}

function remove<T>(list: T[], item: T): void {
  const index = list.indexOf(item);
  if (index >= 0) list.splice(index, 1);
}

export function closeInterval(world: World, fork: ForkRecord): void {
  if (!fork.copied) fork.closed = world.now.order;
  fork.copied = true;
  remove(world.recentForks, fork);
}

export function settleIfDone(
  world: World,
  fork: ForkRecord,
  observer: Observer,
  force = false,
): void {
  if (fork.settled || fork.failed || (fork.end === undefined && !force)) return;
  if (hasFlag(fork.flags, flags.CLONE_VM)) return;
  const childDone = fork.childExec !== undefined || fork.childExit !== undefined;
  const ioDone = [...fork.transfers.keys()].every((transfer) => transfer.end !== undefined);
  if (!force && !(childDone && ioDone)) return;
  fork.settled = true;
  world.unsettled.delete(fork);
  observer.settled(fork);
}

export function execProcess(
  world: World,
  thread: Thread,
  event: EventOf<"exec">,
  observer: Observer,
): void {
  const process = thread.process;
  if (process.mm.late) world.lateProcesses--;
  leaveMm(world, process);
  process.mm = makeMm(world, { late: false, exact: true });
  process.name = event.file ?? process.name;
  process.protection = event.protection;
  if (process.files.users > 1) {
    process.files.users--;
    process.files = copyFiles(process.files);
  }
  for (const [number, slot] of [...process.files.slots]) {
    if (slot.cloexec) {
      process.files.slots.delete(number);
      slot.file.tableReferences--;
      releaseFile(world, slot.file, event.end);
    }
  }
  dropRingSlots(world, thread, event.end);
  for (const other of [...world.threads.values()]) {
    if (other !== thread && other.process === process) forgetThread(world, other);
  }
  process.threads = 1;
  const fork = process.fork;
  if (fork !== undefined && fork.childExec === undefined) {
    fork.childExec = event.end;
    settleIfDone(world, fork, observer);
  }
}

/** Registered rings are the thread's own and go with it. */
export function dropRingSlots(world: World, thread: Thread, at: Moment): void {
  const files = [...thread.ringSlots.values()];
  thread.ringSlots.clear();
  for (const file of files) {
    file.tableReferences--;
    releaseFile(world, file, at);
  }
}

const leavingMax = 1024;

/** Lines of a thread that has called exit_group may follow, but not for long. */
export function forgetLater(world: World, thread: Thread): void {
  world.leaving.push(thread);
  if (world.leaving.length <= leavingMax) return;
  const oldest = world.leaving.shift() as Thread;
  if (world.threads.get(oldest.tid) === oldest) world.threads.delete(oldest.tid);
}

/** The last user of an mm takes its mappings along, and with them references to files. */
function leaveMm(world: World, process: Process): void {
  const mm = process.mm;
  mm.users--;
  if (mm.users > 0) return;
  world.mms.delete(mm);
  mm.parent?.copies.delete(mm);
  const files = new Set<OpenFile>();
  for (const vma of mm.space.vmas) if (vma.file !== undefined) files.add(vma.file);
  for (const transfer of world.transfers)
    if (transfer.mm === mm.id) finishTransfer(world, transfer);
  for (const file of files) releaseFile(world, file, world.now);
  for (const registration of mm.registrations) {
    registration.ended ??= world.now;
    registration.file.registrations.delete(registration);
  }
  mm.registrations.clear();
}

function finishTransfer(world: World, transfer: { end: Moment | undefined }): void {
  transfer.end = world.now;
  world.transfers.delete(transfer as never);
}

function forgetThread(world: World, thread: Thread): void {
  thread.alive = false;
  if (world.threads.get(thread.tid) === thread) world.threads.delete(thread.tid);
  if (thread.transfer !== undefined) finishTransfer(world, thread.transfer);
}

export function endThread(world: World, thread: Thread, observer: Observer, group: boolean): void {
  const process = thread.process;
  if (thread.alive) {
    forgetThread(world, thread);
    process.threads--;
    dropRingSlots(world, thread, world.now);
    if (thread.fork !== undefined && thread.fork.childTid === undefined)
      dropFork(world, thread.fork);
  }
  if (group || process.threads <= 0) endProcess(world, process, observer);
}

export function endProcess(world: World, process: Process, observer: Observer): void {
  if (!process.alive) return;
  process.alive = false;
  world.processes.delete(process);
  process.files.users--;
  const dropped: OpenFile[] = [];
  if (process.files.users === 0) {
    for (const slot of process.files.slots.values()) {
      slot.file.tableReferences--;
      dropped.push(slot.file);
    }
    process.files.slots.clear();
  }
  leaveMm(world, process);
  for (const file of dropped) releaseFile(world, file, world.now);
  const fork = process.fork;
  if (fork !== undefined) {
    fork.childExit ??= world.now;
    settleIfDone(world, fork, observer);
  }
}

/** A thread that executes takes the leader's tid; the leader is gone without a line of its own. */
export function moveThread(world: World, from: number, to: number): void {
  const thread = world.threads.get(from);
  if (thread === undefined) return;
  const leader = world.threads.get(to);
  if (leader !== undefined && leader !== thread) {
    leader.alive = false;
    leader.process.threads--;
  }
  world.threads.delete(from);
  thread.tid = to;
  thread.moved = true;
  world.threads.set(to, thread);
}
