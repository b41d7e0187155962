/**
 * What a fork finds: which pinned pages are private and un-advised at that moment. Addresses that
 * no mapping covers are the program's image and stack when the mm was followed from execve, and an
 * assumption otherwise.
 */
import type { Buffer, Range } from "../event.ts";
import type { AddressSpace, Vma } from "./address-space.ts";
import type { Splice } from "./descriptors.ts";
import type { PinPart, Registration, Transfer } from "./pins.ts";
import { bytesOf, normalize, roundOut } from "./ranges.ts";
import type { Mm, PinSnapshot, SpliceSnapshot, TransferSnapshot } from "./world.ts";

/** Below this size a buffer may lie on the stack, in the image or in the heap: always private. */
const smallBuffer = 128 * 1024;

interface Split {
  readonly bare: Range[];
  readonly covered: Range[];
  readonly shared: Range[];
  gaps: boolean;
  hugetlb: boolean;
  hugeAdvice: boolean;
  filePrivate: boolean;
}

function splitRange(space: AddressSpace, range: Range, split: Split): void {
  const whole = roundOut(range);
  let at = whole.start;
  const gap = (end: number) => {
    if (end <= at) return;
    split.bare.push({ start: at, end });
    split.gaps = true;
  };
  for (const vma of space.within(whole)) {
    gap(vma.start);
    at = vma.end;
    const part = { start: vma.start, end: vma.end };
    if (vma.shared) split.shared.push(part);
    else if (vma.dontfork || vma.wipe) split.covered.push(part);
    else {
      split.bare.push(part);
      split.hugetlb ||= vma.hugetlb;
      split.hugeAdvice ||= vma.hugeAdvice;
      split.filePrivate ||= !vma.anonymous && !vma.heap;
    }
  }
  gap(whole.end);
}

/** Whether neighbouring mappings that `take` accepts are together large enough. */
function fits(mm: Mm, size: number, take: (vma: Vma) => boolean): boolean {
  let start = 0;
  let end = -1;
  for (const vma of mm.space.vmas) {
    if (!take(vma)) continue;
    if (vma.start !== end) start = vma.start;
    end = vma.end;
    if (end - start >= size) return true;
  }
  return false;
}

/**
 * Where a buffer of unknown address can lie, judged by the writable mappings large enough for it.
 * Mappings of rings and devices hold no buffers, read-only ones (locale archives) neither.
 */
export function placeOfUnseen(
  mm: Mm,
  length: number | undefined,
): "private" | "ambiguous" | "covered" {
  const size = length ?? 0;
  const usable = (vma: Vma) => vma.writable && vma.file === undefined;
  const safe = fits(mm, size, (vma) => usable(vma) && (vma.shared || vma.dontfork || vma.wipe));
  if (!safe) return "private";
  const isPrivate = (vma: Vma) => usable(vma) && !vma.shared && !vma.dontfork && !vma.wipe;
  const known = mm.exact && size > smallBuffer;
  return !known || fits(mm, size, isPrivate) ? "ambiguous" : "covered";
}

function unseenPlace(
  mm: Mm,
  registration: Registration,
): { place: PinSnapshot["unseen"]; bytes: number } {
  const hidden = registration.parts.filter((part) => part.buffer.address === undefined);
  if (hidden.length === 0 && registration.unseen === 0) return { place: "none", bytes: 0 };
  const places = hidden.map((part) => placeOfUnseen(mm, part.buffer.length));
  if (registration.unseen > 0) places.push(placeOfUnseen(mm, undefined));
  const bytes = hidden.reduce((sum, part) => sum + (part.buffer.length ?? 0), 0);
  const place = places.includes("private")
    ? "private"
    : places.includes("ambiguous")
      ? "ambiguous"
      : "covered";
  return { place, bytes };
}

/** Neither address nor size: the call was printed with a bare pointer. */
function isPrinted({ buffer }: PinPart): boolean {
  return buffer.address !== undefined || buffer.length !== undefined;
}

function emptySplit(): Split {
  return {
    bare: [],
    covered: [],
    shared: [],
    gaps: false,
    hugetlb: false,
    hugeAdvice: false,
    filePrivate: false,
  };
}

/** Unmapped addresses of an mm that was followed are its image and stack; else they are a guess. */
function isAssumed(mm: Mm, split: Split): boolean {
  return split.gaps && !(mm.exact && mm.mapsSeen);
}

export function snapshotPin(mm: Mm, registration: Registration, racing: boolean): PinSnapshot {
  const split = emptySplit();
  for (const part of registration.parts as readonly PinPart[]) {
    for (const range of part.ranges) splitRange(mm.space, range, split);
  }
  const unseen = unseenPlace(mm, registration);
  return {
    registration,
    bare: normalize(split.bare),
    covered: normalize(split.covered),
    shared: normalize(split.shared),
    unseen: unseen.place,
    unseenBytes: unseen.bytes,
    pointerOnly: !registration.parts.some(isPrinted),
    hugetlb: split.hugetlb,
    hugeAdvice: split.hugeAdvice,
    filePrivate: split.filePrivate,
    assumed: isAssumed(mm, split),
    unrecorded: split.gaps && mm.exact && !mm.mapsSeen,
    racing,
  };
}

/** Buffers that no address was printed for, judged together. */
function placeOfAll(mm: Mm, buffers: readonly Buffer[]): TransferSnapshot["where"] {
  const places = buffers.map((buffer) => placeOfUnseen(mm, buffer.length));
  if (places.length > 0 && places.every((place) => place === "covered")) return "covered";
  return places.includes("private") || places.length === 0 ? "private" : "ambiguous";
}

function splitBuffers(mm: Mm, buffers: readonly Buffer[]): Split {
  const split = emptySplit();
  for (const { address, length } of buffers) {
    if (address !== undefined)
      splitRange(mm.space, { start: address, end: address + (length ?? 1) }, split);
  }
  return split;
}

export function snapshotTransfer(mm: Mm, transfer: Transfer): TransferSnapshot {
  const known = transfer.buffers.filter((buffer) => buffer.address !== undefined);
  if (known.length === 0) {
    const where = placeOfAll(mm, transfer.buffers);
    return { transfer, where, addressKnown: false, bare: [], assumed: true };
  }
  const split = splitBuffers(mm, known);
  const bare = normalize(split.bare);
  return {
    transfer,
    where: bytesOf(bare) > 0 ? "private" : "covered",
    addressKnown: true,
    bare,
    assumed: isAssumed(mm, split),
  };
}

/** vmsplice prints the contents of what it gives away; a pinlog has the address, too. */
export function snapshotSplice(mm: Mm, splice: Splice): SpliceSnapshot {
  const known = splice.buffers.filter((buffer) => buffer.address !== undefined);
  const where =
    known.length === 0
      ? placeOfAll(mm, [{ address: undefined, length: splice.bytes }])
      : splitBuffers(mm, known).bare.length > 0
        ? "private"
        : "covered";
  return { splice, where };
}
