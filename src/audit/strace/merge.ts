/**
 * A `-ff` set: one file a thread, merged by time. Files without clock times cannot be ordered; then
 * each child's file follows its fork.
 */
import type { EventSink } from "../event.ts";
import { LeastFirst } from "../queue.ts";
import { LineCursor, type TraceSource } from "../trace-source.ts";
import { DelayingSink } from "./delaying-sink.ts";
import { peekIsClock, peekTime } from "./prefix.ts";
import { StraceReader } from "./reader.ts";

interface Lane {
  readonly tid: number;
  readonly cursor: LineCursor;
  readonly reader: StraceReader;
  /** Time of the line it stands at; NaN when lines have none. */
  time: number;
  /** Days added because a wall clock passed midnight. */
  days: number;
  clock: number;
  done: boolean;
}

export interface MergeResult {
  readonly readers: readonly StraceReader[];
  /** False when the files had no common clock. */
  readonly ordered: boolean;
}

const day = 86400e6;

function step(lane: Lane): void {
  lane.done = !lane.cursor.next();
  if (lane.done) return;
  const { text, start, end } = lane.cursor;
  const time = peekTime(text, start, end);
  if (Number.isNaN(time)) return;
  if (time < day && time + day / 2 < lane.clock) lane.days += day;
  lane.clock = time;
  lane.time = time + lane.days;
}

export function mergeFiles(
  sources: readonly {
    readonly source: TraceSource;
    readonly tid: number;
    readonly index: number;
  }[],
  sink: EventSink,
  order: () => number,
): MergeResult {
  const delaying = new DelayingSink(sink);
  const lanes = sources.map(({ source, tid, index }): Lane => {
    const reader = new StraceReader(delaying, index, order, tid);
    return {
      tid,
      cursor: new LineCursor(source.chunks),
      reader,
      time: Number.NaN,
      days: 0,
      clock: Number.NaN,
      done: false,
    };
  });
  for (const lane of lanes) step(lane);
  alignDays(lanes);
  const ordered = lanes.every((lane) => lane.done || hasClock(lane));
  if (ordered) mergeByTime(lanes, delaying);
  else followForks(lanes);
  delaying.advance(Number.POSITIVE_INFINITY);
  for (const lane of lanes) lane.reader.finish();
  return { readers: lanes.map((lane) => lane.reader), ordered };
}

/**
 * -r stamps are differences to the line before in any file: of no use here. Their form tells, not
 * their size: a wall clock just after midnight is as small.
 */
function hasClock(lane: Lane): boolean {
  const { text, start, end } = lane.cursor;
  return peekIsClock(text, start, end) || lane.time >= 3600e6;
}

/** Wall clocks that start after midnight belong to threads that were born the next day. */
function alignDays(lanes: readonly Lane[]): void {
  const times = lanes
    .filter((lane) => !Number.isNaN(lane.time) && lane.time < day)
    .map((lane) => lane.time);
  if (times.length === 0 || Math.max(...times) - Math.min(...times) < day / 2) return;
  for (const lane of lanes) {
    if (lane.time < day / 2) {
      lane.days += day;
      lane.time += day;
    }
  }
}

function emit(lane: Lane): void {
  const { text, start, end } = lane.cursor;
  step(lane);
  lane.reader.line(text, start, end, lane.done ? Number.POSITIVE_INFINITY : lane.time);
}

/** At equal times the older thread goes first: its line may be the fork. */
function isBefore(a: Lane, b: Lane): boolean {
  return a.time < b.time || (a.time === b.time && a.tid < b.tid);
}

function mergeByTime(lanes: readonly Lane[], delaying: DelayingSink): void {
  const live = new LeastFirst(
    lanes.filter((lane) => !lane.done),
    isBefore,
  );
  for (let next = live.least; next !== undefined; next = live.least) {
    delaying.advance(next.time);
    emit(next);
    live.settle(!next.done);
  }
}

const waited = /^\s*[\d.:]*\s*(?:wait4|waitid|waitpid)\(.* = (\d+)/;
const forked = /^\s*[\d.:]*\s*(?:clone3?|v?fork)\(.*\) += (\d+)/;

/**
 * Without times: a thread's file follows the line that made it, a process's file is read when its
 * parent has waited for it or has ended. Roots come first.
 */
function followForks(lanes: readonly Lane[]): void {
  const waiting = new Map(lanes.filter((lane) => !lane.done).map((lane) => [lane.tid, lane]));
  const run = (tid: number) => {
    const lane = waiting.get(tid);
    if (lane === undefined) return;
    waiting.delete(tid);
    const children: number[] = [];
    while (!lane.done) {
      const { text, start, end } = lane.cursor;
      const line = text.slice(start, Math.min(end, start + 2000));
      const ended = waited.exec(line);
      if (ended !== null) run(Number(ended[1]));
      const child = Number(forked.exec(text.slice(start, end))?.[1] ?? Number.NaN);
      emit(lane);
      if (Number.isNaN(child)) continue;
      if (line.includes("CLONE_THREAD") || line.includes("CLONE_VM") || line.includes("vfork"))
        run(child);
      else children.push(child);
    }
    for (const child of children) run(child);
  };
  for (const tid of [...waiting.keys()].sort((a, b) => a - b)) run(tid);
}
