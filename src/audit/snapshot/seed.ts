/**
 * Puts a snapshot into the world: the process as it was, mappings, files and registered buffers. A
 * trace that attached late goes on from there; without a trace the question is what a fork would do.
 */
import type { Moment } from "../event.ts";
import { install } from "../state/descriptors.ts";
import { makeRoot } from "../state/lives.ts";
import type { PinPart, Registration } from "../state/pins.ts";
import { makeOpenFile, type Process, type World } from "../state/world.ts";
import { kindOfPath } from "../strace/calls-files.ts";
import type { Snapshot, SnapshotFile } from "./parse.ts";

function seedFile(world: World, process: Process, file: SnapshotFile, at: Moment): void {
  const kind =
    file.buffers.length > 0
      ? "ring"
      : (kindOfPath(file.target) ?? (file.direct ? "direct" : undefined));
  if (kind === undefined) return;
  const open = makeOpenFile(world, process, {
    kind,
    path: file.target,
    sqpoll: file.sqpoll,
    assumed: true,
  });
  open.inFlight = file.inFlight;
  install(process.files, file.number, open, file.cloexec);
  if (file.buffers.length === 0) return;
  const parts: PinPart[] = file.buffers.map((range, slot) => ({
    slot,
    buffer: { address: range.start, length: range.end - range.start },
    ranges: [range],
  }));
  const registration: Registration = {
    id: ++world.sequence,
    by: "io_uring",
    mm: process.mm.id,
    pid: process.pid,
    file: open,
    holders: new Set([open]),
    parts,
    unseen: 0,
    writable: true,
    handle: undefined,
    begin: at,
    end: at,
    stack: [],
    ended: undefined,
    stale: undefined,
    doubtful: false,
  };
  process.mm.registrations.add(registration);
  open.registrations.add(registration);
}

export function seedSnapshot(world: World, snapshot: Snapshot, at: Moment): Process {
  world.now = at;
  const { process } = makeRoot(world, snapshot.pid, false);
  process.name = snapshot.name;
  for (const mapping of snapshot.mappings) {
    process.mm.space.replace(mapping, [
      {
        start: mapping.start,
        end: mapping.end,
        shared: mapping.shared,
        writable: mapping.writable,
        anonymous: mapping.path === "" || mapping.path.startsWith("["),
        hugetlb: mapping.hugetlb,
        hugeAdvice: mapping.hugeAdvice,
        dontfork: mapping.dontfork,
        wipe: mapping.wipe,
        heap: mapping.path === "[heap]",
        file: undefined,
      },
    ]);
    if (mapping.path === "[heap]") process.mm.heapTop = mapping.end;
  }
  for (const file of snapshot.files) seedFile(world, process, file, at);
  process.threads = snapshot.threads;
  return process;
}

/** What the kernel counts as pinned beyond the buffers that fdinfo lists. */
export function unlistedPins(snapshot: Snapshot): number {
  const pages = snapshot.files
    .flatMap((file) => file.buffers)
    .reduce(
      (sum, range) =>
        sum + Math.ceil(range.end / 4096) * 4096 - Math.floor(range.start / 4096) * 4096,
      0,
    );
  return Math.max(0, snapshot.pinnedBytes - pages);
}
