/**
 * The auditor: reads traces, follows processes, memory and pins, applies the rules, and says what
 * it could not see. The model is asked afterwards (src/audit/verdicts.ts).
 */
import { Collector, type GroupedFinding } from "./collect.ts";
import type { BlindSpot } from "./finding.ts";
import { blindInRecording, type RecordingFacts } from "./rules/blind.ts";
import { type ForkCounts, Judge } from "./rules/judge.ts";
import { Tracker } from "./state/tracker.ts";
import { mergeFiles } from "./strace/merge.ts";
import { StraceReader } from "./strace/reader.ts";
import { eachLine, type TraceSource, threadOfName } from "./trace-source.ts";

export interface AuditOptions {
  /** Bytes of pinned memory from which a fork's copying is a finding. Default 64 MiB. */
  readonly copyThreshold?: number;
  /** Also report spawns, which are safe. */
  readonly explain?: boolean;
}

export interface InputReport {
  readonly name: string;
  readonly format: "strace" | "pinlog" | "snapshot";
  readonly lines: number;
  readonly malformed: number;
  readonly orphans: number;
  /** Output of the program and messages of the recorder among the lines. */
  readonly foreign: number;
}

export interface TraceReport {
  readonly inputs: readonly InputReport[];
  readonly findings: readonly GroupedFinding[];
  readonly blindSpots: readonly BlindSpot[];
  readonly forks: ForkCounts & { readonly safe: number };
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

/** Audits one recording: a single log, or the files of one `-ff` set. */
export function auditTrace(
  sources: readonly TraceSource[],
  options: AuditOptions = {},
): TraceReport {
  const collector = new Collector();
  const judge = new Judge({
    copyThreshold: options.copyThreshold ?? defaultThreshold,
    explain: options.explain ?? false,
    report: (finding) => collector.add(finding),
    blind: (spot) => collector.addBlind(spot),
  });
  const tracker = new Tracker(judge);
  const read = readSources(sources, tracker);
  tracker.finish();
  judge.finish(tracker.world.now);
  for (const spot of blindInRecording(tracker.world, judge.forks, read.facts))
    collector.addBlind(spot);
  const { total, hazardous, unknown, spawns } = judge.forks;
  return {
    inputs: read.inputs,
    findings: collector.findings(),
    blindSpots: collector.blindSpots(),
    forks: { total, hazardous, unknown, spawns, safe: total - hazardous - unknown },
    notes: notesOf(tracker),
  };
}

interface ReadResult {
  readonly inputs: readonly InputReport[];
  readonly facts: RecordingFacts;
}

function readSources(sources: readonly TraceSource[], tracker: Tracker): ReadResult {
  let order = 0;
  const next = () => ++order;
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

function readStrace(
  source: TraceSource,
  index: number,
  tracker: Tracker,
  order: () => number,
): StraceReader {
  const reader = new StraceReader(tracker, index, order);
  eachLine(source.chunks, (text, start, end) => reader.line(text, start, end));
  reader.finish();
  return reader;
}

function inputOf(source: TraceSource, reader: StraceReader): InputReport {
  const { lines, malformed, orphans, foreign } = reader.counts;
  return { name: source.name, format: "strace", lines, malformed, orphans, foreign };
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
