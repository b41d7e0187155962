/** A whole audit as data: what every output draws, and what the exit code is made of. */
import type { InputReport, TraceReport } from "./audit.ts";
import { type BlindSpot, type Severity, severities } from "./finding.ts";
import { type JudgedFinding, judgeFindings, type Model } from "./verdicts.ts";

export interface AuditReport {
  readonly inputs: readonly InputReport[];
  readonly kernels: readonly string[];
  readonly assumptions: readonly string[];
  readonly findings: readonly JudgedFinding[];
  /** Findings that a baseline has already. */
  readonly known: number;
  readonly blindSpots: readonly BlindSpot[];
  readonly forks: TraceReport["forks"] & {
    /** Hazardous forks by target kernel. */
    readonly hazardousOn: Readonly<Record<string, number>>;
  };
  readonly timeline: TraceReport["timeline"];
  readonly notes: TraceReport["notes"];
}

const assumptions: readonly string[] = [
  "After each fork the parent writes the pinned page at least once: traces do not show stores.",
  "Pages are of the base size unless a mapping or advice says otherwise.",
  "Kernels are as modelled; a vendor's kernel with backports may differ.",
];

/** Asks the model about a trace's findings. */
export function makeReport(
  trace: TraceReport,
  model: Model | undefined,
  baseline: ReadonlySet<string>,
): AuditReport {
  const judged = judgeFindings(trace.findings, model);
  const findings = judged.filter((finding) => !baseline.has(finding.id));
  const kernels = model?.kernels ?? [];
  return {
    inputs: trace.inputs,
    kernels,
    assumptions,
    findings,
    known: judged.length - findings.length,
    blindSpots: trace.blindSpots,
    forks: { ...trace.forks, hazardousOn: hazardousOn(judged, kernels, trace.forks.hazardous) },
    timeline: trace.timeline,
    notes: trace.notes,
  };
}

function hazardousOn(
  findings: readonly JudgedFinding[],
  kernels: readonly string[],
  total: number,
): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const kernel of kernels) {
    const places = new Set<string>();
    let listed = 0;
    for (const finding of findings) {
      const verdict = finding.verdicts[kernel];
      if (!finding.hazardous || verdict === "never" || verdict === "vacuous") continue;
      for (const one of finding.occurrences) places.add(`${one.source}:${one.line}`);
      listed = Math.max(listed, finding.count);
    }
    counts[kernel] = Math.min(total, Math.max(places.size, listed));
  }
  return counts;
}

/** Several recordings in one report. */
export function joinTraces(traces: readonly TraceReport[]): TraceReport {
  const first = traces[0];
  if (first !== undefined && traces.length === 1) return first;
  let offset = 0;
  const joined = { inputs: [], findings: [], blindSpots: [], notes: [] } as {
    inputs: InputReport[];
    findings: TraceReport["findings"][number][];
    blindSpots: BlindSpot[];
    notes: TraceReport["notes"][number][];
  };
  const forks = { total: 0, hazardous: 0, unknown: 0, spawns: 0, safe: 0 };
  for (const trace of traces) {
    const shift = offset;
    const moved = <T extends { readonly source: number }>(place: T): T => ({
      ...place,
      source: place.source + shift,
    });
    joined.inputs.push(...trace.inputs);
    joined.findings.push(
      ...trace.findings.map((finding) => ({
        ...finding,
        at: moved(finding.at),
        fork: finding.fork === undefined ? undefined : moved(finding.fork),
        pins: finding.pins.map(moved),
        occurrences: finding.occurrences.map(moved),
      })),
    );
    joined.blindSpots.push(
      ...trace.blindSpots.map((spot) => ({
        ...spot,
        at: spot.at === undefined ? undefined : moved(spot.at),
      })),
    );
    joined.notes.push(...trace.notes.map(moved));
    for (const key of Object.keys(forks) as (keyof typeof forks)[]) forks[key] += trace.forks[key];
    offset += trace.inputs.length;
  }
  const timeline = {
    forks: traces.flatMap((trace) => trace.timeline.forks),
    pins: traces.flatMap((trace) => trace.timeline.pins),
  };
  return { ...joined, timeline, forks };
}

export function isAtLeast(severity: Severity, floor: Severity): boolean {
  return severities.indexOf(severity) >= severities.indexOf(floor);
}

/** Findings that speak against the program: sure enough, grave enough, true on a target kernel. */
export function failing(report: AuditReport, floor: Severity): readonly JudgedFinding[] {
  return report.findings.filter(
    (finding) =>
      finding.applies && finding.confidence !== "possible" && isAtLeast(finding.severity, floor),
  );
}
