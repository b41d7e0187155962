/** The audit as SARIF 2.1.0, for code scanning: a result is a finding at its line of the trace. */
import type { Severity } from "../finding.ts";
import type { AuditReport } from "../report.ts";
import { catalog } from "../rules/catalog.ts";
import type { JudgedFinding } from "../verdicts.ts";

const levels: Readonly<Record<Severity, string>> = {
  high: "error",
  medium: "warning",
  low: "note",
  info: "note",
};

function location(file: string | undefined, line: number) {
  return {
    physicalLocation: {
      artifactLocation: { uri: encodeURI(file ?? "trace") },
      region: { startLine: Math.max(1, line) },
    },
  };
}

function result(finding: JudgedFinding, report: AuditReport) {
  return {
    ruleId: finding.rule,
    level: finding.applies ? levels[finding.severity] : "note",
    message: { text: [finding.message, ...finding.advice.map((advice) => advice.text)].join(" ") },
    locations: finding.occurrences
      .slice(0, 20)
      .map((one) => location(report.inputs[one.source]?.name, one.line)),
    relatedLocations: finding.pins.slice(0, 20).map((pin, id) => ({
      id: id + 1,
      ...location(report.inputs[pin.source]?.name, pin.line),
      message: { text: pin.what },
    })),
    partialFingerprints: { "pinfold/v1": finding.id },
    properties: {
      confidence: finding.confidence,
      verdicts: finding.verdicts,
      count: finding.count,
    },
  };
}

export function auditSarif(report: AuditReport, version: string): object {
  const used = new Set(report.findings.map((finding) => finding.rule));
  if (report.blindSpots.length > 0) used.add("BLIND-SPOT");
  const blind = report.blindSpots.map((spot) => ({
    ruleId: "BLIND-SPOT",
    level: "note",
    message: { text: `${spot.message} ${spot.advice}` },
    locations:
      spot.at === undefined ? [] : [location(report.inputs[spot.at.source]?.name, spot.at.line)],
    partialFingerprints: { "pinfold/v1": `BLIND-SPOT-${spot.kind}` },
  }));
  const rules = [...used].map((id) => {
    const text = catalog.get(id);
    return {
      id,
      shortDescription: { text: text?.title ?? id },
      fullDescription: { text: `${text?.condition ?? ""} ${text?.effect ?? ""}`.trim() },
      help: { text: text?.advice ?? "" },
    };
  });
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "pinfold", version, rules } },
        results: [...report.findings.map((finding) => result(finding, report)), ...blind],
      },
    ],
  };
}

export function drawAuditSarif(report: AuditReport, version: string): string {
  return `${JSON.stringify(auditSarif(report, version), undefined, 2)}\n`;
}
