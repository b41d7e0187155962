/** Half-open address ranges: what is left of one when others are taken away, and how much it is. */
import type { Range } from "../event.ts";

/** Pages of the usual size; every tracked architecture rounds at least to this. */
export const pageSize = 4096;

export function roundOut(range: Range): Range {
  return {
    start: range.start - (range.start % pageSize),
    end: Math.ceil(range.end / pageSize) * pageSize,
  };
}

export function subtract(ranges: readonly Range[], hole: Range): readonly Range[] {
  if (!ranges.some((range) => overlaps(range, hole))) return ranges;
  const left: Range[] = [];
  for (const range of ranges) {
    if (!overlaps(range, hole)) {
      left.push(range);
      continue;
    }
    if (range.start < hole.start) left.push({ start: range.start, end: hole.start });
    if (range.end > hole.end) left.push({ start: hole.end, end: range.end });
  }
  return left;
}

export function overlaps(a: Range, b: Range): boolean {
  return a.start < b.end && b.start < a.end;
}

/** The parts inside `from` moved to `to`'s start; parts that do not fit any more are dropped. */
export function move(ranges: readonly Range[], from: Range, to: Range): readonly Range[] {
  const moved: Range[] = [];
  for (const range of ranges) {
    if (!overlaps(range, from)) {
      moved.push(range);
      continue;
    }
    if (range.start < from.start) moved.push({ start: range.start, end: from.start });
    if (range.end > from.end) moved.push({ start: from.end, end: range.end });
    const start = Math.max(range.start, from.start) - from.start + to.start;
    const end = Math.min(Math.min(range.end, from.end) - from.start + to.start, to.end);
    if (start < end) moved.push({ start, end });
  }
  return moved;
}

export function bytesOf(ranges: readonly Range[]): number {
  return ranges.reduce((sum, range) => sum + range.end - range.start, 0);
}

/** Sorted, with neighbours and overlaps joined. */
export function normalize(ranges: readonly Range[]): readonly Range[] {
  const sorted = [...ranges].sort((a, b) => a.start - b.start);
  const joined: { start: number; end: number }[] = [];
  for (const range of sorted) {
    const last = joined[joined.length - 1];
    if (last !== undefined && range.start <= last.end) last.end = Math.max(last.end, range.end);
    else joined.push({ ...range });
  }
  return joined;
}
