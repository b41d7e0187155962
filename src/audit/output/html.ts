/**
 * The audit as one HTML page that needs nothing else: totals, a time line of processes with their
 * pins and forks, a section a finding, what could not be seen.
 */
import { escapeText } from "../../report/html.ts";
import type { AuditReport } from "../report.ts";
import type { JudgedFinding } from "../verdicts.ts";
import { drawTimeline } from "./html-timeline.ts";
import { stripOf } from "./strip.ts";
import { formatBytes } from "./text.ts";

const style = `:root{--bad:#b3261e;--unsure:#8a6100;--good:#1b6e3c;--pin:#9db8e8;--line:#8884}
body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;overflow-wrap:anywhere}
h1{font-size:1.5rem}h2{font-size:1.1rem;margin:2rem 0 .3rem}code,pre{font-size:.85rem}
pre{overflow-x:auto;background:#8881;padding:.6rem;border-radius:.3rem}
.high,.hazardous{color:var(--bad);fill:var(--bad)}.medium,.unknown{color:var(--unsure);fill:var(--unsure)}
.safe{color:var(--good);fill:var(--good)}.strip{display:flex;flex-wrap:wrap;gap:.2rem}
.strip span{padding:.1rem .5rem;border-radius:.2rem;background:#8882}
.strip .LOST{background:var(--bad);color:#fff}.strip .ok{background:var(--good);color:#fff}
.line{overflow-x:auto;border:1px solid var(--line);border-radius:.3rem}svg{width:100%;min-width:44rem;height:auto;display:block}
svg text{font:12px system-ui,sans-serif;fill:currentColor}.tick{opacity:.6}small{font-weight:normal}
@media(prefers-color-scheme:dark){:root{--bad:#ff8a80;--unsure:#ffcf70;--good:#7fd6a0;--pin:#4a6aa5}body{background:#16181c;color:#e6e6e6}}`;

function drawStack(frames: readonly string[]): string {
  if (frames.length === 0) return "";
  const text = frames.map((frame) => escapeText(frame.trim())).join("\n");
  return `<details><summary>Stack</summary><pre>${text}</pre></details>`;
}

function drawAdvice({ text, provedFor }: JudgedFinding["advice"][number]): string {
  const first = provedFor[0];
  const last = provedFor[provedFor.length - 1];
  const kernels = first === last ? first : `${first} – ${last}`;
  const proved =
    first === undefined ? "" : ` <small>(proved for ${escapeText(kernels ?? "")})</small>`;
  return `<li>${escapeText(text)}${proved}</li>`;
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
    const size = pin.bytes > 0 ? `, ${formatBytes(pin.bytes)}` : "";
    return `<li>${escapeText(pin.what)}${size}, <code>${escapeText(input)}:${pin.line}</code>${drawStack(pin.stack)}</li>`;
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
  const advice = finding.advice.map(drawAdvice).join("");
  const places = finding.occurrences
    .map((one) => `${report.inputs[one.source]?.name ?? "?"}:${one.line} (pid ${one.pid})`)
    .join("\n");
  const more =
    finding.count > 1
      ? `<details><summary>${finding.count} times at this call site</summary><pre>${escapeText(places)}</pre></details>`
      : "";
  return `<section id="${escapeText(finding.id)}"><h2><span class="${finding.severity}">${finding.rule}</span> <small>${finding.severity}, ${finding.confidence}</small></h2>
<p>${escapeText(finding.message)}</p><p><code>${escapeText(place)}</code>, ${escapeText(finding.process.name ?? "?")} (pid ${finding.process.pid})</p>${drawStack(finding.fork?.stack ?? [])}${more}
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
