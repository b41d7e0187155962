/** The audit as JSON, schema 1: `pinfold audit --format json`. Fields may be added, none renamed. */
import type { Range } from "../event.ts";
import type { PinView, Place } from "../finding.ts";
import type { AuditReport } from "../report.ts";
import type { JudgedFinding } from "../verdicts.ts";

const hex = (range: Range) => ({
  start: `0x${range.start.toString(16)}`,
  end: `0x${range.end.toString(16)}`,
  bytes: range.end - range.start,
});

function pinJson(pin: PinView, report: AuditReport) {
  return {
    kind: pin.kind,
    what: pin.what,
    pid: pin.pid,
    ...placeJson(pin, report),
    bytes: pin.bytes,
    bareBytes: pin.bareBytes,
    bare: pin.bare.map(hex),
    covered: pin.covered.map(hex),
    stack: pin.stack,
  };
}

function placeJson(place: Place, report: AuditReport) {
  return {
    file: report.inputs[place.source]?.name,
    line: place.line,
    ...(place.time === undefined ? {} : { time: place.time }),
  };
}

function forkJson(finding: JudgedFinding, report: AuditReport) {
  const { fork } = finding;
  if (fork === undefined) return null;
  return {
    ...placeJson(fork, report),
    call: fork.call,
    flags: fork.flags === undefined ? null : `0x${fork.flags.toString(16)}`,
    callsite: finding.callsite,
    stack: fork.stack,
    threads: fork.threads,
    child: fork.child,
    childPid: fork.childPid ?? null,
    waitedAtOnce: fork.waitedAtOnce,
  };
}

function findingJson(finding: JudgedFinding, report: AuditReport) {
  return {
    id: finding.id,
    rule: finding.rule,
    severity: finding.severity,
    confidence: finding.confidence,
    hazardous: finding.hazardous,
    applies: finding.applies,
    message: finding.message,
    process: { pid: finding.process.pid, name: finding.process.name ?? null },
    ...placeJson(finding.at, report),
    fork: forkJson(finding, report),
    pins: finding.pins.map((pin) => pinJson(pin, report)),
    verdicts: finding.verdicts,
    run: finding.run ?? null,
    advice: finding.advice,
    remarks: finding.remarks,
    litmus: finding.litmus ?? null,
    count: finding.count,
    occurrences: finding.occurrences.map((one) => ({ ...placeJson(one, report), pid: one.pid })),
  };
}

/** The report as an object; `version` is pinfold's own. */
export function auditJson(report: AuditReport, version: string): object {
  return {
    schema: 1,
    tool: { name: "pinfold", version },
    inputs: report.inputs,
    kernels: report.kernels,
    assumptions: report.assumptions,
    findings: report.findings.map((finding) => findingJson(finding, report)),
    knownFindings: report.known,
    blindSpots: report.blindSpots.map((spot) => ({
      rule: "BLIND-SPOT",
      kind: spot.kind,
      message: spot.message,
      advice: spot.advice,
      process:
        spot.process === undefined
          ? null
          : { pid: spot.process.pid, name: spot.process.name ?? null },
      ...(spot.at === undefined ? {} : placeJson(spot.at, report)),
      forks: spot.forks,
    })),
    forks: report.forks,
    notes: report.notes.map(({ reason, count, source, line, text }) => ({
      reason,
      count,
      file: report.inputs[source]?.name,
      line,
      text,
    })),
  };
}

export function drawAuditJson(report: AuditReport, version: string): string {
  return `${JSON.stringify(auditJson(report, version), undefined, 2)}\n`;
}
