/**
 * The auditor: reads traces, follows processes, memory and pins, applies the rules, and says what
 * it could not see. The model is asked afterwards (src/audit/verdicts.ts).
 */
import { Collector, type GroupedFinding } from "./collect.ts";
import type { BlindSpot } from "./finding.ts";
import { PinlogReader } from "./pinlog/reader.ts";
import { blindInRecording, type RecordingFacts } from "./rules/blind.ts";
import { blindInSnapshot } from "./rules/blind-snapshot.ts";
import { type ForkCounts, Judge } from "./rules/judge.ts";
import type { Snapshot } from "./snapshot/parse.ts";
import { seedSnapshot, unlistedPins } from "./snapshot/seed.ts";
import { Tracker } from "./state/tracker.ts";
import { DelayingSink } from "./strace/delaying-sink.ts";
import { mergeFiles } from "./strace/merge.ts";
import { StraceReader } from "./strace/reader.ts";
import type { Timeline } from "./timeline.ts";
import { eachLine, type TraceSource, threadOfName } from "./trace-source.ts";

export interface AuditOptions {
  /** Bytes of pinned memory from which a fork's copying is a finding. Default 64 MiB. */
  readonly copyThreshold?: number;
  /** The state of a process before the recorder attached to it. */
  readonly snapshot?: Snapshot;
  /** Also report spawns, which are safe. */
  readonly explain?: boolean;
  /** What switches fork protection on in the program's environment, as `NAME=value`. */
  readonly protection?: string | undefined;
}

export interface InputReport {
  readonly name: string;
  readonly format: "strace" | "pinlog" | "snapshot";
  readonly lines: number;
  readonly malformed: number;
  readonly orphans: number;
  /** Output of the program and messages of the recorder among the lines. */
  readonly foreign: number;
  /** Environments of programs that the log prints whole: they may hold secrets. */
  readonly environments: number;
}

export interface TraceReport {
  readonly inputs: readonly InputReport[];
  readonly findings: readonly GroupedFinding[];
  readonly blindSpots: readonly BlindSpot[];
  readonly forks: ForkCounts & { readonly safe: number };
  readonly timeline: Timeline;
  /** Lines that could not be read, the first of each kind, with how many there were. */
  readonly notes: readonly {
    readonly reason: string;
    readonly count: number;
    readonly source: number;
    readonly line: number;
    readonly text: string;
  }[];
}

const defaultThreshold = 64 * 1024 * 1024;

interface Bench {
  readonly collector: Collector;
  readonly judge: Judge;
  readonly tracker: Tracker;
}

function makeBench(options: AuditOptions): Bench {
  const collector = new Collector();
  const judge = new Judge({
    copyThreshold: options.copyThreshold ?? defaultThreshold,
    explain: options.explain ?? false,
    protection: options.protection,
    report: (finding) => collector.add(finding),
    blind: (spot) => collector.addBlind(spot),
  });
  return { collector, judge, tracker: new Tracker(judge) };
}

/** Audits one recording: a single log, or the files of one `-ff` set. */
export function auditTrace(
  sources: readonly TraceSource[],
  options: AuditOptions = {},
): TraceReport {
  const bench = makeBench(options);
  const { collector, judge, tracker } = bench;
  if (options.snapshot !== undefined) seedSnapshot(tracker.world, options.snapshot, atStart);
  const read = readSources(sources, tracker);
  tracker.finish();
  judge.finish(tracker.world.now);
  const spots = blindInRecording(tracker.world, judge.forks, read.facts);
  for (const spot of spots) collector.addBlind(spot);
  // What the whole recording lacks, every fork lacks: none of them is safe any more.
  if (spots.length > 0) judge.forks.unknown = judge.forks.total - judge.forks.hazardous;
  return reportOf(bench, read.inputs);
}

const atStart = { order: 0, source: 0, line: 0, time: Number.NaN };

/** Audits a process as it stands: what a fork would meet if it came now. */
export function auditSnapshot(
  name: string,
  snapshot: Snapshot,
  options: AuditOptions = {},
): TraceReport {
  const bench = makeBench(options);
  const { collector, judge, tracker } = bench;
  const process = seedSnapshot(tracker.world, snapshot, atStart);
  const base = { tid: process.pid, begin: atStart, end: atStart, stack: [] };
  tracker.event({ ...base, kind: "forkBegin", call: "fork", flags: 17, setTid: undefined });
  tracker.event({ ...base, kind: "forkEnd", call: "fork", flags: 17, child: -1 });
  tracker.finish();
  const unlisted = unlistedPins(snapshot);
  for (const spot of blindInSnapshot(snapshot, unlisted)) collector.addBlind(spot);
  judge.finish(tracker.world.now);
  const { malformed } = snapshot;
  const input: InputReport = {
    name,
    format: "snapshot",
    lines: snapshot.mappings.length,
    malformed,
    orphans: 0,
    foreign: 0,
    environments: 0,
  };
  return reportOf(bench, [input]);
}

function reportOf(
  { collector, judge, tracker }: Bench,
  inputs: readonly InputReport[],
): TraceReport {
  const { total, hazardous, unknown, spawns } = judge.forks;
  return {
    inputs,
    findings: collector.findings(),
    blindSpots: collector.blindSpots(),
    forks: { total, hazardous, unknown, spawns, safe: total - hazardous - unknown },
    timeline: judge.timeline.timeline(),
    notes: notesOf(tracker),
  };
}

interface ReadResult {
  readonly inputs: readonly InputReport[];
  readonly facts: RecordingFacts;
}

function readSources(given: readonly TraceSource[], tracker: Tracker): ReadResult {
  let order = 0;
  const next = () => ++order;
  const sources = given.map(peek);
  if (sources.length > 0 && sources.every(({ first }) => /^\s*\{"/.test(first))) {
    return readPinlogs(sources, tracker, next);
  }
  const set = sources.flatMap((source, index) => {
    const tid = threadOfName(source.name);
    return tid === undefined ? [] : [{ source, tid, index }];
  });
  if (sources.length > 1 && set.length === sources.length) {
    const merged = mergeFiles(set, tracker, next);
    return {
      inputs: merged.readers.map((reader, index) => inputOf(sources[index] as TraceSource, reader)),
      facts: factsOf(merged.readers, merged.ordered, true),
    };
  }
  const readers = sources.map((source, index) => readStrace(source, index, tracker, next));
  return {
    inputs: readers.map((reader, index) => inputOf(sources[index] as TraceSource, reader)),
    facts: factsOf(readers, true, false),
  };
}

interface PeekedSource extends TraceSource {
  readonly first: string;
}

/** Looks at the beginning without losing it; a pipe may hand it over in crumbs. */
function peek(source: TraceSource): PeekedSource {
  const pieces = source.chunks[Symbol.iterator]();
  let first = "";
  while (first.trimStart().length < 2) {
    const step = pieces.next();
    if (step.done === true) break;
    first += step.value;
  }
  function* whole(): Generator<string> {
    yield first;
    for (let next = pieces.next(); next.done !== true; next = pieces.next()) yield next.value;
  }
  return { name: source.name, chunks: whole(), first: first.slice(0, 200) };
}

function readPinlogs(
  sources: readonly TraceSource[],
  tracker: Tracker,
  order: () => number,
): ReadResult {
  const inputs = sources.map((source, index): InputReport => {
    const reader = new PinlogReader(tracker, index, order);
    eachLine(source.chunks, (text, start, end) => reader.line(text, start, end));
    reader.finish();
    const { lines, malformed } = reader.counts;
    const none = { orphans: 0, foreign: 0, environments: 0 };
    return { name: source.name, format: "pinlog", lines, malformed, ...none };
  });
  const malformed = inputs.reduce((sum, input) => sum + input.malformed, 0);
  const facts = {
    // A pinlog has events of its own for direct reads.
    seen: new Set<string>(["pread64"]),
    ordered: true,
    threads: 1,
    prefixed: true,
    calls: 0,
    malformed,
  };
  return { inputs, facts };
}

function readStrace(
  source: TraceSource,
  index: number,
  tracker: Tracker,
  order: () => number,
): StraceReader {
  const sink = new DelayingSink(tracker);
  const reader = new StraceReader(sink, index, order);
  eachLine(source.chunks, (text, start, end) => reader.line(text, start, end));
  sink.advance(Number.POSITIVE_INFINITY);
  reader.finish();
  return reader;
}

function inputOf(source: TraceSource, reader: StraceReader): InputReport {
  const { lines, malformed, orphans, foreign, environments } = reader.counts;
  return { name: source.name, format: "strace", lines, malformed, orphans, foreign, environments };
}

function factsOf(readers: readonly StraceReader[], ordered: boolean, set: boolean): RecordingFacts {
  const seen = new Set<string>();
  for (const reader of readers) for (const name of reader.seenNames) seen.add(name);
  return {
    seen,
    ordered,
    threads: readers.length,
    prefixed: set || readers.some((reader) => reader.sawPrefix),
    calls: readers.reduce((sum, reader) => sum + reader.counts.calls, 0),
    malformed: readers.reduce((sum, reader) => sum + reader.counts.malformed, 0),
  };
}

function notesOf(tracker: Tracker): TraceReport["notes"] {
  const { notes, noteCounts } = tracker.world;
  return [...noteCounts].map(([reason, count]) => {
    const first = notes.find((note) => note.reason === reason);
    return {
      reason,
      count,
      source: first?.at.source ?? 0,
      line: first?.at.line ?? 0,
      text: first?.text ?? "",
    };
  });
}
