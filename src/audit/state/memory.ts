/** Mappings come and go under pins: what mmap, munmap, mremap, brk and madvise do to both. */
import type { EventOf, Moment, Range } from "../event.ts";
import type { Vma } from "./address-space.ts";
import { lookup } from "./files.ts";
import type { Observer } from "./observer.ts";
import type { Registration } from "./pins.ts";
import { move, overlaps, pageSize, roundOut, subtract } from "./ranges.ts";
import { releaseFile } from "./references.ts";
import type { Mm, Thread, World } from "./world.ts";

const plainVma = {
  shared: false,
  writable: true,
  anonymous: true,
  hugetlb: false,
  hugeAdvice: false,
  dontfork: false,
  wipe: false,
  heap: false,
  file: undefined,
} as const;

export function map(world: World, thread: Thread, event: EventOf<"map">): void {
  const mm = thread.process.mm;
  const range = roundOut(event.range);
  const file = event.file === undefined ? undefined : lookup(world, thread, event.file);
  const special =
    file !== undefined && file.kind !== "plain" && file.kind !== "direct" ? file : undefined;
  mm.mapsSeen = true;
  unmapPinned(mm, range, event.end);
  const vma: Vma = {
    start: range.start,
    end: range.end,
    hugeAdvice: false,
    dontfork: false,
    wipe: false,
    heap: false,
    shared: event.shared,
    writable: event.writable,
    anonymous: event.anonymous,
    hugetlb: event.huge || (file?.path ?? "").includes("hugetlb"),
    file: special,
  };
  mm.space.replace(range, [vma]);
}

export function unmap(
  world: World,
  thread: Thread,
  event: EventOf<"unmap">,
  observer: Observer,
): void {
  const mm = thread.process.mm;
  const range = roundOut(event.range);
  if (mm.splicedInherited !== undefined && mm.parent !== undefined && world.mms.has(mm.parent)) {
    const gone = mm.space.within(range).some((vma) => !vma.shared);
    const inherited = gone && mm.parent.space.within(range).length > 0;
    if (inherited) observer.splicedThenUnmapped(thread.process, mm.splicedInherited, event.end);
    if (inherited) mm.splicedInherited = undefined;
  }
  unmapPinned(mm, range, event.end);
  dropMappings(world, mm, range, event.end);
}

/** Unmaps; a ring whose last mapping and last descriptor are gone is gone. */
function dropMappings(world: World, mm: Mm, range: Range, at: Moment): void {
  const parts = mm.space.within(range);
  const files = new Set(parts.flatMap((vma) => (vma.file === undefined ? [] : [vma.file])));
  mm.space.unmap(range);
  for (const file of files) releaseFile(world, file, at);
}

/** The pin keeps its pages, but no page table leads to them any more. */
function unmapPinned(mm: Mm, range: Range, at: Moment): void {
  for (const registration of mm.registrations) {
    let hit = false;
    for (const part of registration.parts) {
      const left = subtract(part.ranges, range);
      if (left !== part.ranges) {
        part.ranges = left;
        hit = true;
      }
    }
    if (hit) registration.stale ??= { at, range, reported: false };
  }
}

export function remap(thread: Thread, event: EventOf<"remap">): void {
  const mm = thread.process.mm;
  const from = roundOut(event.from);
  const to = roundOut(event.to);
  if (from.start !== to.start) unmapPinned(mm, to, event.end);
  else if (to.end < from.end) unmapPinned(mm, { start: to.end, end: from.end }, event.end);
  if (from.end > from.start) {
    for (const registration of mm.registrations) {
      for (const part of registration.parts) {
        if (part.ranges.some((range) => overlaps(range, from)))
          part.ranges = move(part.ranges, from, to);
      }
    }
  }
  mm.space.remap(from, to, event.keep);
}

export function setBreak(thread: Thread, event: EventOf<"break">): void {
  const mm = thread.process.mm;
  const before = mm.heapTop;
  mm.mapsSeen = true;
  mm.heapTop = event.top;
  if (before === undefined || before === event.top) return;
  if (event.top > before) {
    const range = roundOut({ start: before, end: event.top });
    mm.space.replace(range, [{ ...plainVma, ...range, heap: true }]);
    return;
  }
  const gone = roundOut({ start: Math.ceil(event.top / pageSize) * pageSize, end: before });
  unmapPinned(mm, gone, event.end);
  mm.space.unmap(gone);
}

export function advise(thread: Thread, event: EventOf<"advise">, observer: Observer): void {
  const mm = thread.process.mm;
  if (event.advice === "DONTNEED") {
    const whole = roundOut(event.range);
    const parts = mm.space.within(whole);
    if (parts.every((vma) => !vma.shared)) unmapPinned(mm, whole, event.end);
    return;
  }
  const unknown = event.partial ? undefined : { ...plainVma, ...event.range };
  mm.space.advise(event.range, event.advice, unknown);
  if (event.advice === "DONTFORK") noteAdvice(thread, event, observer);
  if (event.advice === "DOFORK") {
    mm.undoCalls++;
    watchProbe(thread, event, observer);
  }
}

/** Ranges that stay advised after their registrations are gone, growing, in powers of two. */
function noteAdvice(thread: Thread, event: EventOf<"advise">, observer: Observer): void {
  const mm = thread.process.mm;
  mm.adviseCalls++;
  mm.probe = { range: event.range, at: event.end };
  if (mm.adviseCalls < leakFloor || (mm.adviseCalls & (mm.adviseCalls - 1)) !== 0) return;
  const idle = mm.space.vmas.filter((vma) => vma.dontfork && !isRegistered(mm.registrations, vma));
  if (idle.length < leakFloor / 2 || mm.undoCalls * 2 > mm.adviseCalls) return;
  const bytes = idle.reduce((sum, vma) => sum + vma.end - vma.start, 0);
  observer.adviceLeak(thread.process, idle.length, bytes, event.end);
}

const leakFloor = 32;

function isRegistered(registrations: ReadonlySet<Registration>, range: Range): boolean {
  for (const registration of registrations) {
    if (registration.parts.some((part) => part.ranges.some((pinned) => overlaps(pinned, range))))
      return true;
  }
  return false;
}

/** ibv_fork_init() advises one page and takes it back at once; after a registration it is too late. */
function watchProbe(thread: Thread, event: EventOf<"advise">, observer: Observer): void {
  const mm = thread.process.mm;
  const probe = mm.probe;
  mm.probe = undefined;
  if (probe === undefined || probe.range.start !== event.range.start) return;
  const size = event.range.end - event.range.start;
  if (size > 65536 || event.range.end !== probe.range.end) return;
  for (const registration of mm.registrations) {
    const own = registration.parts.some((part) =>
      part.ranges.some((range) => overlaps(range, event.range)),
    );
    if (registration.by === "rdma" && !own) {
      observer.lateForkInit(thread.process, registration, event.end);
      return;
    }
  }
}
