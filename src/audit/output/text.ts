/** The audit for people: one block a finding, then what could not be seen, then the totals. */
import type { PinView, Place } from "../finding.ts";
import type { AuditReport } from "../report.ts";
import { formatRange } from "../rules/views.ts";
import type { JudgedFinding } from "../verdicts.ts";
import { drawStrip } from "./strip.ts";

/** How words are painted; the caller knows whether there is colour. */
export interface Paints {
  readonly bad: (text: string) => string;
  readonly unsure: (text: string) => string;
  readonly good: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly strong: (text: string) => string;
}

const plain = (text: string) => text;
export const plainPaints: Paints = {
  bad: plain,
  unsure: plain,
  good: plain,
  faint: plain,
  strong: plain,
};

const framesShown = 6;
const runShown = 40;

export function formatBytes(bytes: number): string {
  if (bytes >= 1 << 30) return `${(bytes / (1 << 30)).toFixed(1)} GiB`;
  if (bytes >= 1 << 20) return `${(bytes / (1 << 20)).toFixed(1)} MiB`;
  return bytes >= 1024 ? `${Math.round(bytes / 1024)} KiB` : `${bytes} bytes`;
}

function where(place: Place, report: AuditReport): string {
  return `${report.inputs[place.source]?.name ?? "?"}:${place.line}`;
}

function pinLines(pin: PinView, report: AuditReport): readonly string[] {
  const ranges = pin.bare.slice(0, 3).map(formatRange).join(", ");
  const more = pin.bare.length > 3 ? ` and ${pin.bare.length - 3} more` : "";
  const size = pin.bytes > 0 ? `, ${formatBytes(pin.bytes)}` : "";
  const bare = ranges === "" ? "" : ` (bare: ${ranges}${more})`;
  return [
    `    ${pin.what}${size}, ${where(pin, report)}${bare}`,
    ...pin.stack.slice(0, framesShown).map((frame) => `        ${frame.trim()}`),
  ];
}

function childWords(finding: JudgedFinding): string {
  const fork = finding.fork;
  if (fork === undefined) return "";
  const child = { lives: "lives on", execs: "executes soon", exits: "exits soon" }[fork.child];
  return `${fork.call} in a process of ${fork.threads} thread(s); the child ${child}`;
}

function findingLines(
  finding: JudgedFinding,
  report: AuditReport,
  paints: Paints,
): readonly string[] {
  const paint = finding.applies && finding.severity === "high" ? paints.bad : paints.unsure;
  const name = finding.process.name ?? "?";
  const lines = [
    `${paint(finding.rule)}  ${finding.severity}, ${finding.confidence}  ${paints.faint(finding.id)}`,
    `  ${finding.message}`,
    `  who: ${name} (pid ${finding.process.pid}), ${where(finding.at, report)}${finding.count > 1 ? `, ${finding.count} times` : ""}`,
  ];
  if (finding.fork !== undefined) {
    lines.push(`  fork: ${childWords(finding)}`);
    for (const frame of finding.fork.stack.slice(0, framesShown))
      lines.push(`        ${frame.trim()}`);
  }
  if (finding.pins.length > 0) lines.push("  pinned:");
  for (const pin of finding.pins.slice(0, 8)) lines.push(...pinLines(pin, report));
  if (finding.pins.length > 8) lines.push(`    and ${finding.pins.length - 8} more`);
  if (Object.keys(finding.verdicts).length > 0) {
    lines.push(`  kernels: ${drawStrip(finding.verdicts)}`);
    if (!finding.applies) lines.push("  No target kernel loses anything here.");
  }
  if (finding.run !== undefined) {
    lines.push(`  why (shortest run on ${finding.run.kernel}):`);
    for (const step of finding.run.steps.slice(0, runShown)) lines.push(`    ${step}`);
    if (finding.run.steps.length > runShown)
      lines.push(`    ... ${finding.run.steps.length - runShown} more steps`);
  }
  for (const remark of finding.remarks) lines.push(`  note: ${remark}`);
  for (const advice of finding.advice) {
    const proved =
      advice.provedFor.length > 0 ? paints.faint(` (proved for ${range(advice.provedFor)})`) : "";
    lines.push(`  ${paints.good("do")}: ${advice.text}${proved}`);
  }
  return lines;
}

function range(kernels: readonly string[]): string {
  return kernels.length > 2 ? `${kernels[0]}..${kernels[kernels.length - 1]}` : kernels.join(", ");
}

function totals(report: AuditReport): readonly string[] {
  const { total, hazardous, unknown, spawns, hazardousOn } = report.forks;
  const lines = [
    `${hazardous} of ${total} forks hazardous, ${total - hazardous - unknown} safe, ${unknown} unknown; ${spawns} spawns (safe).`,
  ];
  const strip = Object.entries(hazardousOn);
  if (hazardous > 0 && strip.length > 0) {
    const pieces: { from: string; to: string; count: number }[] = [];
    for (const [kernel, count] of strip) {
      const last = pieces[pieces.length - 1];
      if (last !== undefined && last.count === count) last.to = kernel;
      else pieces.push({ from: kernel, to: kernel, count });
    }
    lines.push(
      `By kernel: ${pieces.map(({ from, to, count }) => `${from === to ? from : `${from}..${to}`} ${count}`).join(" | ")}.`,
    );
  }
  if (report.known > 0) lines.push(`${report.known} finding(s) are in the baseline.`);
  for (const { reason, count, line, text } of report.notes) {
    lines.push(`${count} ${reason} line(s), first at line ${line}: ${text}`);
  }
  return lines;
}

export function drawAudit(report: AuditReport, paints: Paints = plainPaints): string {
  const blocks: string[] = [];
  for (const finding of report.findings)
    blocks.push(findingLines(finding, report, paints).join("\n"));
  for (const spot of report.blindSpots) {
    const at = spot.at === undefined ? "" : `\n  at: ${where(spot.at, report)}`;
    blocks.push(
      `${paints.unsure("BLIND-SPOT")}  ${spot.kind}\n  ${spot.message}${at}\n  ${paints.good("do")}: ${spot.advice}`,
    );
  }
  if (report.findings.length === 0) {
    blocks.push(
      report.blindSpots.length === 0
        ? paints.good("No findings.")
        : paints.unsure("No findings, but the recording could not see everything: inconclusive."),
    );
  }
  blocks.push(totals(report).join("\n"));
  if (report.findings.some((finding) => finding.hazardous))
    blocks.push(paints.faint(report.assumptions.map((text) => `Assumed: ${text}`).join("\n")));
  return `${blocks.join("\n\n")}\n`;
}
