/** Descriptor tables under open, close, dup, fcntl, fork and sendmsg. */
import type { DescriptorRef, EventOf, FileKind, Moment } from "../event.ts";
import { kindOfPath } from "../strace/calls-files.ts";
import { copyFiles, type Files, install, type OpenFile, remove } from "./descriptors.ts";
import type { Observer } from "./observer.ts";
import { isHeld, releaseFile } from "./references.ts";
import { makeOpenFile, type Thread, type World } from "./world.ts";

/**
 * The file behind a descriptor. One that was opened before the recording and shows its kind by
 * path or by the call that uses it is made up on the spot.
 */
export function lookup(
  world: World,
  thread: Thread,
  ref: DescriptorRef,
  kind?: FileKind,
): OpenFile | undefined {
  if (ref.registered === true) return registeredRing(world, thread, ref.number);
  const slot = thread.process.files.slots.get(ref.number);
  if (slot !== undefined) return slot.file;
  const guessed = kindOfPath(ref.path) ?? kind;
  if (guessed === undefined || ref.number < 0) return undefined;
  const file = makeOpenFile(world, thread.process, {
    kind: guessed,
    path: ref.path,
    sqpoll: false,
    assumed: true,
  });
  install(thread.process.files, ref.number, file, false);
  return file;
}

/** A slot that no call filled was filled before the recording, or by a call printed without contents. */
function registeredRing(world: World, thread: Thread, number: number): OpenFile {
  const known = thread.ringSlots.get(number);
  if (known !== undefined) return known;
  const rings = [...thread.process.files.slots.values()]
    .map((slot) => slot.file)
    .filter((file) => file.kind === "ring");
  const sole = rings.length === 1 ? rings[0] : undefined;
  const file =
    sole ??
    makeOpenFile(world, thread.process, {
      kind: "ring",
      path: undefined,
      sqpoll: false,
      assumed: true,
    });
  file.tableReferences++;
  thread.ringSlots.set(number, file);
  return file;
}

export function open(world: World, thread: Thread, event: EventOf<"open">): void {
  const files = thread.process.files;
  if (event.fileKind === "plain" && !event.hugetlb) {
    drop(world, files, event.descriptor, event.end);
    return;
  }
  const file = makeOpenFile(world, thread.process, {
    kind: event.fileKind,
    path: event.hugetlb ? `hugetlb:${event.path ?? ""}` : event.path,
    sqpoll: event.sqpoll,
    assumed: false,
  });
  if (event.registered === true) {
    file.tableReferences++;
    thread.ringSlots.set(event.descriptor, file);
    return;
  }
  const before = install(files, event.descriptor, file, event.cloexec);
  if (before !== undefined) releaseFile(world, before, event.end);
}

function drop(world: World, files: Files, number: number, at: Moment): OpenFile | undefined {
  const file = remove(files, number);
  if (file !== undefined) releaseFile(world, file, at);
  return file;
}

export function openPipe(world: World, thread: Thread, event: EventOf<"pipe">): void {
  const file = makeOpenFile(world, thread.process, {
    kind: "pipe",
    path: undefined,
    sqpoll: false,
    assumed: false,
  });
  for (const number of [event.reader, event.writer]) {
    const before = install(thread.process.files, number, file, event.cloexec);
    if (before !== undefined) releaseFile(world, before, event.end);
  }
}

export function close(
  world: World,
  thread: Thread,
  event: EventOf<"close">,
  observer: Observer,
): void {
  const process = thread.process;
  if (event.unshare && process.files.users > 1) {
    process.files.users--;
    process.files = copyFiles(process.files);
  }
  for (const [number, slot] of [...process.files.slots]) {
    if (number < event.first || number > event.last) continue;
    if (event.cloexecOnly) {
      slot.cloexec = true;
      continue;
    }
    const file = remove(process.files, number);
    if (file === undefined) continue;
    releaseFile(world, file, event.end);
    watchOutliving(world, thread, file, event.end, observer);
  }
}

/** The owner lets go of the file and its pins stay, because another process holds it. */
function watchOutliving(
  world: World,
  thread: Thread,
  file: OpenFile,
  at: Moment,
  observer: Observer,
): void {
  const process = thread.process;
  const own = [...file.registrations].filter((one) => one.mm === process.mm.id);
  // A vfork child closes numbers in its own table, though it shares the mm.
  if (own.length === 0 || file.owner !== process.id) return;
  if ([...process.files.slots.values()].some((slot) => slot.file === file)) return;
  for (const other of world.threads.values()) {
    if (other.process === process && [...other.ringSlots.values()].includes(file)) return;
  }
  if (process.mm.space.holdsFile(file) || !isHeld(world, file)) return;
  observer.outlivedClose(process, own, at, at);
}

export function duplicate(world: World, thread: Thread, event: EventOf<"duplicate">): void {
  const files = thread.process.files;
  const from = lookup(world, thread, event.from);
  if (from === undefined) {
    drop(world, files, event.to, event.end);
    return;
  }
  if (event.from.number === event.to) return;
  const before = install(files, event.to, from, event.cloexec);
  if (before !== undefined && before !== from) releaseFile(world, before, event.end);
}

export function setCloexec(thread: Thread, event: EventOf<"setCloexec">): void {
  const slot = thread.process.files.slots.get(event.descriptor);
  if (slot !== undefined) slot.cloexec = event.on;
}

export function setDirect(world: World, thread: Thread, event: EventOf<"setDirect">): void {
  const file = lookup(world, thread, event.descriptor, event.on ? "direct" : undefined);
  if (file !== undefined && file.kind === "direct") file.direct = event.on;
}

/** A descriptor in a message keeps its file alive, in processes the trace may not show. */
export function send(world: World, thread: Thread, event: EventOf<"sendDescriptors">): void {
  for (const number of event.descriptors) {
    const file = thread.process.files.slots.get(number)?.file;
    if (file === undefined) continue;
    file.leaked = true;
    world.mailed.push(file);
    if (world.mailed.length > 256) world.mailed.shift();
  }
}

export function receive(world: World, thread: Thread, event: EventOf<"receiveDescriptors">): void {
  for (const ref of event.descriptors) {
    const kind = kindOfPath(ref.path);
    const index = world.mailed.findIndex((file) => kind === undefined || file.kind === kind);
    if (index < 0) continue;
    const file = world.mailed[index] as OpenFile;
    world.mailed.splice(index, 1);
    const before = install(thread.process.files, ref.number, file, false);
    if (before !== undefined) releaseFile(world, before, event.end);
  }
}

export function unshareFiles(thread: Thread): void {
  const process = thread.process;
  if (process.files.users <= 1) return;
  process.files.users--;
  process.files = copyFiles(process.files);
}
