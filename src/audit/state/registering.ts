/** Long-term pins: registered with a ring, a socket, a device; ended by their owner or their file. */
import type { Buffer, EventOf, SlotChange } from "../event.ts";
import { lookup, open } from "./files.ts";
import type { Observer } from "./observer.ts";
import type { PinPart, Registration } from "./pins.ts";
import { roundOut } from "./ranges.ts";
import { endRegistration } from "./references.ts";
import { snapshotPin } from "./snapshot.ts";
import type { Thread, World } from "./world.ts";

const kindOfInterface = {
  io_uring: "ring",
  "provided ring": "ring",
  "ring memory": "ring",
  rdma: "uverbs",
  xdp: "xdp",
  vfio: "vfio",
} as const;

function partOf(buffer: Buffer, slot: number | undefined): PinPart {
  const { address, length } = buffer;
  const ranges =
    address === undefined ? [] : [roundOut({ start: address, end: address + (length ?? 1) })];
  return { slot, buffer, ranges };
}

/** An update puts new buffers into slots; an empty buffer clears its slot. */
function clearSlots(registrations: Iterable<Registration>, { first, count }: SlotChange): void {
  for (const registration of registrations) {
    if (first === undefined) {
      registration.doubtful ||= registration.by === "io_uring";
      continue;
    }
    registration.parts = registration.parts.filter(
      (part) => part.slot === undefined || part.slot < first || part.slot >= first + count,
    );
  }
}

export function register(
  world: World,
  thread: Thread,
  event: EventOf<"register">,
  observer: Observer,
): void {
  const mm = thread.process.mm;
  const file = lookup(world, thread, event.descriptor, kindOfInterface[event.by]);
  if (file === undefined) return;
  const first = event.slots?.first ?? 0;
  if (event.slots !== undefined) clearSlots(file.registrations, event.slots);
  const parts = event.buffers
    .map((buffer, index) => partOf(buffer, event.by === "io_uring" ? first + index : undefined))
    .filter((part) => part.buffer.length !== 0 && part.buffer.address !== 0);
  if (parts.length === 0 && event.moreUnseen === 0) return;
  const registration: Registration = {
    id: ++world.sequence,
    by: event.by,
    mm: mm.id,
    pid: thread.process.pid,
    file,
    holders: new Set([file]),
    parts,
    unseen: event.moreUnseen,
    writable: event.writable,
    handle: event.handle,
    begin: event.begin,
    end: event.end,
    stack: event.stack,
    ended: undefined,
    stale: undefined,
    doubtful: false,
  };
  mm.registrations.add(registration);
  file.registrations.add(registration);
  joinForks(world, thread, registration);
  const sharers =
    [...mm.copies].length + (mm.parent !== undefined && world.mms.has(mm.parent) ? 1 : 0);
  if (!event.writable && sharers > 0)
    observer.readOnlyPinOfShared(thread.process, registration, sharers);
}

/** A ring that lies in the program's own memory pins it from its making to its end. */
export function openRing(world: World, thread: Thread, event: EventOf<"open">, observer: Observer) {
  open(world, thread, event);
  if (event.memory === undefined) return;
  const { tid, begin, end, stack, memory } = event;
  const descriptor = {
    number: event.descriptor,
    path: undefined,
    registered: event.registered === true,
  };
  register(
    world,
    thread,
    {
      ...{ tid, begin, end, stack, descriptor },
      kind: "register",
      by: "ring memory",
      buffers: memory,
      writable: true,
      slots: undefined,
      handle: undefined,
      moreUnseen: 0,
    },
    observer,
  );
}

/** A registration that runs while another thread forks may be missed by the copy. */
function joinForks(world: World, thread: Thread, registration: Registration): void {
  const mm = thread.process.mm;
  for (const fork of [...world.recentForks, ...world.unsettled]) {
    if (fork.mm !== mm || fork.pins.has(registration)) continue;
    const begun = registration.begin.order < (fork.copied ? fork.closed : Number.POSITIVE_INFINITY);
    const ran = registration.end.order > fork.begin.order;
    if (begun && ran) fork.pins.set(registration, snapshotPin(mm, registration, true));
  }
}

export function unregister(world: World, thread: Thread, event: EventOf<"unregister">): void {
  const file = lookup(world, thread, event.descriptor);
  if (file === undefined) return;
  const own = [...file.registrations].filter((one) => matches(one, event));
  if (event.what === "region" && own.length === 0) file.opaque.pop();
  if (event.what !== "region") {
    for (const registration of own) endRegistration(world, registration, event.end);
    return;
  }
  const exact = own.find((one) => one.handle !== undefined && one.handle === event.handle);
  if (exact !== undefined || own.length === 1) {
    endRegistration(world, (exact ?? own[0]) as Registration, event.end);
    return;
  }
  // The handle's registration was not printed: one of several ended, nobody knows which.
  const doubted = own.filter((one) => one.doubtful).length + 1;
  if (doubted > own.length) for (const one of own) endRegistration(world, one, event.end);
  else (own.find((one) => !one.doubtful) as Registration).doubtful = true;
}

function matches(registration: Registration, event: EventOf<"unregister">): boolean {
  if (event.what === "buffers") return registration.by === "io_uring";
  if (event.what === "region") return registration.by === "rdma" || registration.by === "vfio";
  return (
    registration.by === "provided ring" &&
    (event.handle === undefined || registration.handle === event.handle)
  );
}

export function shareUmem(world: World, thread: Thread, event: EventOf<"shareUmem">): void {
  const from = lookup(world, thread, { number: event.from, path: undefined });
  const to = lookup(world, thread, event.descriptor, "xdp");
  if (from === undefined || to === undefined) return;
  for (const registration of from.registrations) {
    registration.holders.add(to);
    to.registrations.add(registration);
  }
}

/** Enough to know that there was one, and what it was called. */
const opaqueMax = 16;

export function opaque(world: World, thread: Thread, event: EventOf<"opaqueRegister">): void {
  const file = lookup(world, thread, event.descriptor, "ring");
  if (file === undefined || file.opaque.length >= opaqueMax) return;
  file.opaque.push({ what: event.what, at: event.end, mm: thread.process.mm.id });
}
