/** Which file of the state knows what an event changes: one entry for every kind of event. */
import type { EventOf, TraceEvent } from "../event.ts";
import * as files from "./files.ts";
import * as io from "./io.ts";
import * as lives from "./lives.ts";
import * as memory from "./memory.ts";
import type { Observer } from "./observer.ts";
import { releaseFile } from "./references.ts";
import * as registering from "./registering.ts";
import type { Thread, World } from "./world.ts";

type Handler<K extends TraceEvent["kind"]> = (
  world: World,
  thread: Thread,
  event: EventOf<K>,
  observer: Observer,
) => void;

const handlers: { readonly [K in TraceEvent["kind"]]: Handler<K> } = {
  forkBegin: lives.beginFork,
  forkEnd: lives.endFork,
  exec: lives.execProcess,
  exit,
  gone,
  superseded,
  fault,
  map: memory.map,
  unmap: memory.unmap,
  remap: (_world, thread, event) => memory.remap(thread, event),
  protect: (_world, thread, event) => thread.process.mm.space.protect(event.range, event.writable),
  break: (_world, thread, event) => memory.setBreak(thread, event),
  advise: (_world, thread, event, observer) => memory.advise(thread, event, observer),
  open: registering.openRing,
  pipe: files.openPipe,
  close: files.close,
  duplicate: files.duplicate,
  setCloexec: (_world, thread, event) => files.setCloexec(thread, event),
  setDirect: files.setDirect,
  sendDescriptors: files.send,
  receiveDescriptors: files.receive,
  unshareFiles: (_world, thread) => files.unshareFiles(thread),
  register: registering.register,
  unregister: registering.unregister,
  shareUmem: registering.shareUmem,
  opaqueRegister: registering.opaque,
  memorySlot: (_world, thread, event) => {
    thread.process.mm.memorySlots.push({ range: event.range, at: event.end });
  },
  ringFds,
  enter: io.enter,
  transferBegin: io.beginTransfer,
  transferEnd: io.endTransfer,
  submit: io.submit,
  reap: io.reap,
  destroyContext: io.destroyContext,
  splicePages: io.splicePages,
  movePipe: io.movePipe,
  remoteBegin,
  remoteEnd: (_world, thread) => {
    thread.remote = undefined;
  },
};

export function handle(world: World, thread: Thread, event: TraceEvent, observer: Observer): void {
  const handler = handlers[event.kind] as Handler<TraceEvent["kind"]>;
  handler(world, thread, event, observer);
}

function exit(world: World, thread: Thread, event: EventOf<"exit">, observer: Observer): void {
  thread.alive = false;
  if (event.group) {
    lives.endProcess(world, thread.process, observer);
    lives.forgetLater(world, thread);
  }
  // A quiet log has no line for its end, so what only the thread held goes here.
  else lives.dropRingSlots(world, thread, event.end);
}

function gone(world: World, thread: Thread, _event: EventOf<"gone">, observer: Observer): void {
  if (thread.returned !== undefined) world.awaiting--;
  thread.returned = undefined;
  thread.alive = true;
  lives.endThread(world, thread, observer, false);
}

function superseded(world: World, thread: Thread, event: EventOf<"superseded">): void {
  if (thread.moved) {
    thread.moved = false;
    return;
  }
  // Without `<pid changed to>`: the thread `by` goes on under this tid.
  const heir = world.threads.get(event.by);
  if (heir !== undefined && heir !== thread) {
    lives.moveThread(world, event.by, thread.tid);
    heir.moved = false;
  }
}

function fault(_world: World, thread: Thread, event: EventOf<"fault">, observer: Observer): void {
  const address = event.address;
  const mm = thread.process.mm;
  if (address === undefined) return;
  const hole = mm.holes.find((range) => range.start <= address && address < range.end);
  if (hole === undefined || mm.space.covers(address)) return;
  observer.holeFault(thread.process, event.signal, address, hole, event.end);
}

/** Registered ring descriptors are references of their own, by slot. */
function ringFds(world: World, thread: Thread, event: EventOf<"ringFds">): void {
  const ring = files.lookup(world, thread, event.descriptor, "ring");
  for (const pair of event.pairs) {
    const chosen = pair.slot < 0 || pair.slot >= 0xffffffff;
    const slot = chosen ? thread.ringSlots.size : pair.slot;
    const named = { number: pair.descriptor, path: undefined };
    const file = event.add ? (files.lookup(world, thread, named, "ring") ?? ring) : undefined;
    const before = thread.ringSlots.get(slot);
    if (before !== undefined) {
      before.tableReferences--;
      thread.ringSlots.delete(slot);
      releaseFile(world, before, event.end);
    }
    if (file !== undefined) {
      file.tableReferences++;
      thread.ringSlots.set(slot, file);
    }
  }
}

function remoteBegin(world: World, thread: Thread, event: EventOf<"remoteBegin">): void {
  thread.remote = { target: event.target, begin: event.begin };
  for (const fork of world.recentForks) {
    if (fork.process.pid === event.target) fork.remotes.push(event.begin);
  }
}
