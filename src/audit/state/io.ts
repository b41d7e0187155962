/** Direct I/O, libaio, io_uring submissions and spliced pipes: pins that last as long as the I/O. */
import type { AioRequest, EventOf, Moment } from "../event.ts";
import { drain } from "./descriptors.ts";
import { lookup } from "./files.ts";
import { settleIfDone } from "./lives.ts";
import type { Observer } from "./observer.ts";
import type { Transfer } from "./pins.ts";
import { snapshotSplice, snapshotTransfer } from "./snapshot.ts";
import type { Mm, Thread, World } from "./world.ts";

export function beginTransfer(world: World, thread: Thread, event: EventOf<"transferBegin">): void {
  const file = lookup(world, thread, event.descriptor);
  if (file === undefined || !file.direct) return;
  const transfer: Transfer = {
    id: ++world.sequence,
    mm: thread.process.mm.id,
    tid: thread.tid,
    call: event.call,
    read: event.read,
    path: file.path,
    buffers: event.buffers,
    begin: event.begin,
    context: undefined,
    data: 0,
    end: undefined,
    loose: false,
    result: undefined,
  };
  thread.transfer = transfer;
  startTransfer(world, thread.process.mm, transfer);
}

function startTransfer(world: World, mm: Mm, transfer: Transfer): void {
  world.transfers.add(transfer);
  for (const fork of world.recentForks) {
    const over = fork.end !== undefined && !(transfer.begin.time < fork.until);
    if (fork.mm === mm && !over) fork.transfers.set(transfer, snapshotTransfer(mm, transfer));
  }
}

function finish(
  world: World,
  transfer: Transfer,
  at: Moment,
  result: number | undefined,
  observer: Observer,
): void {
  transfer.end = at;
  transfer.result = result;
  world.transfers.delete(transfer);
  for (const fork of [...world.unsettled]) {
    if (fork.transfers.has(transfer)) settleIfDone(world, fork, observer);
  }
}

export function endTransfer(
  world: World,
  thread: Thread,
  event: EventOf<"transferEnd">,
  observer: Observer,
): void {
  const file = lookup(world, thread, event.descriptor);
  const transfer = thread.transfer;
  if (transfer !== undefined && transfer.call === event.call) {
    thread.transfer = undefined;
    // A call that was cut in two prints its sizes only on return.
    const known = transfer.buffers.some((buffer) => buffer.length !== undefined);
    if (!known) {
      transfer.buffers = event.buffers;
      lookAgain(world, thread.process.mm, transfer);
    }
    transfer.loose = event.loose === true;
    finish(world, transfer, event.end, event.result, observer);
  }
  const bytes = event.result ?? 0;
  if (file?.pipe === undefined || bytes <= 0) return;
  if (event.read) drain(file, bytes);
  else file.pipe.segments.push({ bytes, splice: undefined });
}

/** Forks judged the transfer without its size: judge it again. */
function lookAgain(world: World, mm: Mm, transfer: Transfer): void {
  for (const fork of [...world.recentForks, ...world.openForks, ...world.unsettled]) {
    if (fork.transfers.has(transfer)) fork.transfers.set(transfer, snapshotTransfer(mm, transfer));
  }
}

function contextKey(thread: Thread, context: number): string {
  return `${thread.process.mm.id}:${context}`;
}

export function submit(world: World, thread: Thread, event: EventOf<"submit">): void {
  const key = contextKey(thread, event.context);
  const queue = world.contexts.get(key) ?? [];
  for (const request of event.requests) {
    const transfer = transferOf(world, thread, request, event);
    if (transfer === undefined) continue;
    queue.push(transfer);
    startTransfer(world, thread.process.mm, transfer);
  }
  if (queue.length > 0) world.contexts.set(key, queue);
}

function transferOf(
  world: World,
  thread: Thread,
  request: AioRequest,
  event: EventOf<"submit">,
): Transfer | undefined {
  const file =
    request.descriptor.number < 0 ? undefined : lookup(world, thread, request.descriptor);
  const unseen = request.descriptor.number < 0;
  if (!unseen && (file === undefined || !file.direct)) return undefined;
  if (!unseen && !request.read && !request.write) return undefined;
  return {
    id: ++world.sequence,
    mm: thread.process.mm.id,
    tid: thread.tid,
    call: "io_submit",
    read: request.read || unseen,
    path: file?.path,
    buffers: request.buffers,
    begin: event.begin,
    context: event.context,
    data: request.data,
    end: undefined,
    loose: false,
    result: undefined,
  };
}

/** Completions name the request's data word; equal words end in the order of submission. */
export function reap(
  world: World,
  thread: Thread,
  event: EventOf<"reap">,
  observer: Observer,
): void {
  const queue = world.contexts.get(contextKey(thread, event.context));
  if (queue === undefined) return;
  for (let index = 0; index < event.count && queue.length > 0; index++) {
    const data = event.data[index];
    const found = data === undefined ? 0 : queue.findIndex((transfer) => transfer.data === data);
    if (found < 0) continue;
    const [transfer] = queue.splice(found, 1);
    if (transfer !== undefined) finish(world, transfer, event.end, 1, observer);
  }
}

export function destroyContext(
  world: World,
  thread: Thread,
  event: EventOf<"destroyContext">,
  observer: Observer,
): void {
  const key = contextKey(thread, event.context);
  for (const transfer of world.contexts.get(key) ?? [])
    finish(world, transfer, event.end, 1, observer);
  world.contexts.delete(key);
}

/**
 * io_uring_enter tells how many requests went in and how many completions were waited for; what
 * they were and where their memory lies stands in shared memory that strace does not print.
 */
export function enter(
  world: World,
  thread: Thread,
  event: EventOf<"enter">,
  observer: Observer,
): void {
  const file = lookup(world, thread, event.descriptor, "ring");
  if (file === undefined) return;
  const process = thread.process;
  if (event.submitted > 0) file.lastSubmit = event.begin;
  file.inFlight = Math.max(0, file.inFlight + event.submitted - event.waited);
  if (file.mm !== process.mm.id && process.fork !== undefined && !file.assumed) {
    observer.ringUsedByChild(process, file, event.begin);
  }
  for (const registration of file.registrations) {
    if (registration.mm !== process.mm.id || registration.stale === undefined) continue;
    if (event.asked > 0 && !registration.stale.reported) {
      registration.stale.reported = true;
      observer.staleUse(process, registration, event.begin);
    }
  }
}

export function splicePages(world: World, thread: Thread, event: EventOf<"splicePages">): void {
  const file = lookup(world, thread, event.descriptor, "pipe");
  if (file?.pipe === undefined || event.bytes <= 0) return;
  const process = thread.process;
  const splice = {
    mm: process.mm.id,
    pid: process.pid,
    bytes: event.bytes,
    buffers: event.buffers,
    at: event.begin,
    stack: event.stack,
  };
  file.pipe.segments.push({ bytes: event.bytes, splice });
  const mm = process.mm;
  if (mm.parent !== undefined && world.mms.has(mm.parent)) mm.splicedInherited = splice;
  for (const fork of world.recentForks)
    if (fork.mm === mm) fork.splices.push(snapshotSplice(mm, splice));
}

export function movePipe(world: World, thread: Thread, event: EventOf<"movePipe">): void {
  const from = lookup(world, thread, event.from);
  const to = lookup(world, thread, event.to);
  if (from?.pipe === undefined) {
    if (to?.pipe !== undefined) to.pipe.segments.push({ bytes: event.bytes, splice: undefined });
    return;
  }
  if (to?.pipe !== undefined) {
    let left = event.bytes;
    for (const segment of from.pipe.segments) {
      const bytes = Math.min(left, segment.bytes);
      if (bytes > 0) to.pipe.segments.push({ bytes, splice: segment.splice });
      left -= bytes;
    }
  }
  if (!event.copy) drain(from, event.bytes);
}
