/** Mappings and advice: mmap, munmap, mremap, brk, madvise, System V segments. */
import type { Advice } from "../event.ts";
import type { Call, CallRule, EventBody } from "./call.ts";
import { failed } from "./call.ts";
import { adviceNames, flags } from "./constants.ts";
import { descriptorOf, flagsOf, numberOf } from "./value.ts";

function map(call: Call): EventBody | undefined {
  const start = call.returned?.value;
  const length = numberOf(call.args[1]);
  if (failed(call) || start === undefined || length === undefined) return undefined;
  const mapFlags = flagsOf(call.args[3]) ?? flags.MAP_PRIVATE;
  const protection = flagsOf(call.args[2]) ?? flags.PROT_READ | flags.PROT_WRITE;
  const anonymous = (mapFlags & flags.MAP_ANONYMOUS) !== 0;
  const file = anonymous ? undefined : descriptorOf(call.args[4]);
  return {
    kind: "map",
    range: { start, end: start + length },
    shared: (mapFlags & flags.MAP_SHARED) !== 0,
    writable: (protection & flags.PROT_WRITE) !== 0,
    huge: (mapFlags & flags.MAP_HUGETLB) !== 0 || (file?.path ?? "").includes("hugepages"),
    anonymous,
    file: file === undefined || file.number < 0 ? undefined : file,
  };
}

function unmap(call: Call): EventBody | undefined {
  const start = numberOf(call.args[0]);
  const length = numberOf(call.args[1]);
  if (failed(call) || start === undefined || length === undefined) return undefined;
  return { kind: "unmap", range: { start, end: start + length } };
}

function remap(call: Call): EventBody | undefined {
  const from = numberOf(call.args[0]);
  const oldLength = numberOf(call.args[1]);
  const newLength = numberOf(call.args[2]);
  const to = call.returned?.value;
  if (failed(call) || from === undefined || to === undefined) return undefined;
  if (oldLength === undefined || newLength === undefined) return undefined;
  return {
    kind: "remap",
    from: { start: from, end: from + oldLength },
    to: { start: to, end: to + newLength },
    keep: ((flagsOf(call.args[3]) ?? 0) & flags.MREMAP_DONTUNMAP) !== 0,
  };
}

function protect(call: Call): EventBody | undefined {
  const start = numberOf(call.args[0]);
  const length = numberOf(call.args[1]);
  if (failed(call) || start === undefined || length === undefined) return undefined;
  const writable = ((flagsOf(call.args[2]) ?? 0) & flags.PROT_WRITE) !== 0;
  return { kind: "protect", range: { start, end: start + length }, writable };
}

function setBreak(call: Call): EventBody | undefined {
  const top = call.returned?.value;
  return top === undefined || top <= 0 ? undefined : { kind: "break", top };
}

/** ENOMEM of madvise means holes in the range: what was mapped has taken the advice. */
function advise(call: Call): EventBody | undefined {
  const start = numberOf(call.args[0]);
  const length = numberOf(call.args[1]);
  const name =
    adviceNames[(call.args[2] ?? "").split(" ")[0] ?? ""] ??
    adviceNames[String(numberOf(call.args[2]))];
  if (start === undefined || length === undefined || name === undefined) return undefined;
  const partial = call.returned?.errno === "ENOMEM";
  if (failed(call) && !partial) return undefined;
  return { kind: "advise", range: { start, end: start + length }, advice: name as Advice, partial };
}

function segment(call: Call): undefined {
  const id = call.returned?.value;
  const size = numberOf(call.args[1]);
  if (!failed(call) && id !== undefined && size !== undefined) call.context.segments.set(id, size);
  return undefined;
}

function attach(call: Call): EventBody | undefined {
  const start = call.returned?.value;
  if (failed(call) || start === undefined) return undefined;
  const size = call.context.segments.get(numberOf(call.args[0]) ?? -1) ?? 4096;
  return {
    kind: "map",
    range: { start, end: start + size },
    shared: true,
    writable: true,
    huge: false,
    anonymous: true,
    file: undefined,
  };
}

export const memoryCalls: readonly CallRule[] = [
  { name: "mmap", end: map },
  { name: "mmap2", end: map },
  { name: "munmap", end: unmap },
  { name: "mremap", end: remap },
  { name: "brk", end: setBreak },
  { name: "mprotect", end: protect },
  { name: "madvise", end: advise, stack: true },
  { name: "shmget", end: segment },
  { name: "shmat", end: attach },
  {
    name: "shmdt",
    end: (call) => {
      const start = numberOf(call.args[0]);
      if (failed(call) || start === undefined) return undefined;
      return { kind: "unmap", range: { start, end: start + 4096 } };
    },
  },
];
