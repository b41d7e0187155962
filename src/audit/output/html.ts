/**
 * The audit as one HTML page that needs nothing else: totals, a time line of processes with their
 * pins and forks, a section a finding, what could not be seen.
 */
import { escapeText } from "../../report/html.ts";
import type { AuditReport } from "../report.ts";
import type { Timeline } from "../timeline.ts";
import type { JudgedFinding } from "../verdicts.ts";
import { stripOf } from "./strip.ts";
import { formatBytes } from "./text.ts";

const style = `:root{--bad:#b3261e;--unsure:#8a6100;--good:#1b6e3c;--pin:#9db8e8;--line:#8884}
body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem}h2{font-size:1.1rem;margin:2rem 0 .3rem}code,pre{font-size:.85rem}
pre{overflow-x:auto;background:#8881;padding:.6rem;border-radius:.3rem}
.high,.hazardous{color:var(--bad);fill:var(--bad)}.medium,.unknown{color:var(--unsure);fill:var(--unsure)}
.safe{color:var(--good);fill:var(--good)}.strip{display:flex;flex-wrap:wrap;gap:.2rem}
.strip span{padding:.1rem .5rem;border-radius:.2rem;background:#8882}
.strip .LOST{background:var(--bad);color:#fff}.strip .ok{background:var(--good);color:#fff}
svg{width:100%;height:auto;border:1px solid var(--line);border-radius:.3rem}svg text{font:12px system-ui;fill:currentColor}
@media(prefers-color-scheme:dark){:root{--bad:#ff8a80;--unsure:#ffcf70;--good:#7fd6a0;--pin:#4a6aa5}body{background:#16181c;color:#e6e6e6}}`;

const rowHeight = 30;
const left = 150;
const width = 960;

/** A row a process: its life as a line, its pins as bars, its forks as arrows to the child's row. */
function drawTimeline({ forks, pins }: Timeline): string {
  const times = [
    ...forks.flatMap((fork) => [fork.time, fork.childEnd ?? fork.time]),
    ...pins.flatMap((pin) => [pin.from, pin.to ?? pin.from]),
  ].filter((time) => !Number.isNaN(time));
  if (forks.length === 0 || times.length === 0) return "";
  const first = Math.min(...times);
  const last = Math.max(...times, first + 1);
  const at = (time: number) => left + ((time - first) / (last - first)) * (width - left - 20);
  const rows = new Map<number, number>();
  const rowOf = (pid: number) => {
    if (!rows.has(pid)) rows.set(pid, rows.size);
    return (rows.get(pid) as number) * rowHeight + 20;
  };
  const names = new Map(forks.map((fork) => [fork.pid, fork.name?.split("/").pop()]));
  for (const { pid } of pins) rowOf(pid);
  const bars = pins.map((pin) => {
    const to = at(pin.to ?? last);
    const title = `${pin.what}, ${formatBytes(pin.bytes)}, line ${pin.line}`;
    return `<rect x="${at(pin.from).toFixed(1)}" y="${rowOf(pin.pid) - 8}" width="${Math.max(2, to - at(pin.from)).toFixed(1)}" height="16" fill="var(--pin)"><title>${escapeText(title)}</title></rect>`;
  });
  const arrows = forks.map((fork) => {
    const x = at(fork.time).toFixed(1);
    const from = rowOf(fork.pid);
    const to = fork.child === undefined ? from + 12 : rowOf(fork.child);
    const end = at(fork.childEnd ?? last).toFixed(1);
    const title = `line ${fork.line}: ${fork.safety} fork; the child ${fork.fate}`;
    return `<g class="${fork.safety}"><title>${escapeText(title)}</title><line x1="${x}" x2="${end}" y1="${to}" y2="${to}" stroke="currentColor" stroke-width="2"/><line x1="${x}" x2="${x}" y1="${from}" y2="${to}" stroke="currentColor" stroke-width="1.5"/><circle cx="${x}" cy="${from}" r="4"/></g>`;
  });
  const labels = [...rows].map(([pid, row]) => {
    const y = row * rowHeight + 20;
    const life = names.has(pid)
      ? `<line x1="${left}" x2="${width - 20}" y1="${y}" y2="${y}" stroke="var(--line)" stroke-width="2"/>`
      : "";
    return `${life}<text x="6" y="${y + 4}">${escapeText(`${pid} ${names.get(pid) ?? ""}`)}</text>`;
  });
  const height = rows.size * rowHeight + 16;
  const span = ((last - first) / 1000).toFixed(1);
  return `<h2>Time line</h2><p>${span} ms. Bars are pinned memory, dots are forks: <span class="hazardous">hazardous</span>, <span class="unknown">unknown</span>, <span class="safe">safe</span>.</p>
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="time line">${labels.join("")}${bars.join("")}${arrows.join("")}</svg>`;
}

function drawFinding(finding: JudgedFinding, report: AuditReport): string {
  const place = `${report.inputs[finding.at.source]?.name ?? "?"}:${finding.at.line}`;
  const strip = stripOf(finding.verdicts)
    .map(
      ({ from, to, word }) =>
        `<span class="${word}">${escapeText(from === to ? from : `${from} – ${to}`)} ${word}</span>`,
    )
    .join("");
  const pins = finding.pins.slice(0, 20).map((pin) => {
    const input = report.inputs[pin.source]?.name ?? "?";
    return `<li>${escapeText(pin.what)}, ${formatBytes(pin.bytes)}, <code>${escapeText(input)}:${pin.line}</code></li>`;
  });
  const run = finding.run;
  const why =
    run === undefined
      ? ""
      : `<details><summary>Why: the shortest run on ${escapeText(run.kernel)}</summary><pre>${escapeText(run.steps.join("\n"))}</pre></details>`;
  const test =
    finding.litmus === undefined
      ? ""
      : `<details><summary>As a litmus test</summary><pre>${escapeText(finding.litmus)}</pre></details>`;
  const advice = finding.advice.map((one) => `<li>${escapeText(one.text)}</li>`).join("");
  return `<section id="${escapeText(finding.id)}"><h2><span class="${finding.severity}">${finding.rule}</span> <small>${finding.severity}, ${finding.confidence}</small></h2>
<p>${escapeText(finding.message)}</p><p><code>${escapeText(place)}</code>, ${escapeText(finding.process.name ?? "?")} (pid ${finding.process.pid}), ${finding.count} time(s)</p>
<ul>${pins.join("")}</ul><div class="strip">${strip}</div>${finding.remarks.map((remark) => `<p>${escapeText(remark)}</p>`).join("")}
${advice === "" ? "" : `<p>What helps:</p><ul>${advice}</ul>`}${why}${test}</section>`;
}

export function drawAuditHtml(report: AuditReport): string {
  const { total, hazardous, unknown, safe, spawns } = report.forks;
  const spots = report.blindSpots.map(
    (spot) =>
      `<li><b>${escapeText(spot.kind)}</b>: ${escapeText(spot.message)} <i>${escapeText(spot.advice)}</i></li>`,
  );
  const title = `pinfold audit: ${report.inputs.map((input) => input.name).join(", ")}`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeText(title)}</title><style>${style}</style></head><body>
<h1>${escapeText(title)}</h1>
<p><span class="hazardous">${hazardous} hazardous</span>, <span class="unknown">${unknown} unknown</span>, <span class="safe">${safe} safe</span> of ${total} forks; ${spawns} spawns.</p>
${drawTimeline(report.timeline)}
${report.findings.map((finding) => drawFinding(finding, report)).join("\n")}
${spots.length === 0 ? "" : `<h2>What could not be seen</h2><ul>${spots.join("")}</ul>`}
<h2>Assumed</h2><ul>${report.assumptions.map((text) => `<li>${escapeText(text)}</li>`).join("")}</ul>
</body></html>
`;
}
