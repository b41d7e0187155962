/** Processes, their pins and their forks over time, as one SVG: a row a process, in the order of birth. */
import { escapeText } from "../../report/html.ts";
import type { Timeline, TimelineFork, TimelinePin } from "../timeline.ts";
import { formatBytes } from "./text.ts";

const rowHeight = 30;
const left = 150;
const width = 960;
const ticks = 5;

interface Scale {
  readonly first: number;
  readonly last: number;
  readonly at: (time: number) => number;
  readonly rowOf: (pid: number) => number;
}

function scaleOf({ forks, pins }: Timeline, rows: Map<number, number>): Scale | undefined {
  const times = [
    ...forks.flatMap((fork) => [fork.time, fork.childEnd ?? fork.time]),
    ...pins.flatMap((pin) => [pin.from, pin.to ?? pin.from]),
  ].filter((time) => !Number.isNaN(time));
  if (forks.length === 0 || times.length === 0) return undefined;
  const first = times.reduce((a, b) => Math.min(a, b));
  const last = times.reduce((a, b) => Math.max(a, b), first + 1);
  return {
    first,
    last,
    at: (time) => left + ((time - first) / (last - first)) * (width - left - 20),
    rowOf: (pid) => {
      if (!rows.has(pid)) rows.set(pid, rows.size);
      return (rows.get(pid) as number) * rowHeight + 36;
    },
  };
}

function drawPin(pin: TimelinePin, { at, rowOf, last }: Scale): string {
  const from = at(pin.from);
  const length = Math.max(2, at(pin.to ?? last) - from).toFixed(1);
  const title = escapeText(`${pin.what}, ${formatBytes(pin.bytes)}, line ${pin.line}`);
  const place = `x="${from.toFixed(1)}" y="${rowOf(pin.pid) - 8}" width="${length}" height="16"`;
  return `<rect ${place} fill="var(--pin)"><title>${title}</title></rect>`;
}

function drawFork(fork: TimelineFork, { at, rowOf, last }: Scale): string {
  const x = at(fork.time).toFixed(1);
  const from = rowOf(fork.pid);
  const to = fork.child === undefined ? from + 12 : rowOf(fork.child);
  const end = at(fork.childEnd ?? last).toFixed(1);
  const title = escapeText(`line ${fork.line}: ${fork.safety} fork; the child ${fork.fate}`);
  const life = `<line x1="${x}" x2="${end}" y1="${to}" y2="${to}" stroke="currentColor" stroke-width="2"/>`;
  const birth = `<line x1="${x}" x2="${x}" y1="${from}" y2="${to}" stroke="currentColor" stroke-width="1.5"/>`;
  const dot = `<circle cx="${x}" cy="${from}" r="4"/>`;
  return `<g class="${fork.safety}"><title>${title}</title>${life}${birth}${dot}</g>`;
}

function drawTicks({ first, last, at }: Scale, height: number): string {
  return Array.from({ length: ticks }, (_, index) => {
    const time = first + ((last - first) * index) / (ticks - 1);
    const x = at(time).toFixed(1);
    const anchor = index === ticks - 1 ? "end" : index === 0 ? "start" : "middle";
    const text = `${((time - first) / 1000).toFixed(1)} ms`;
    const line = `<line x1="${x}" x2="${x}" y1="20" y2="${height - 8}" stroke="var(--line)"/>`;
    return `${line}<text class="tick" x="${x}" y="14" text-anchor="${anchor}">${text}</text>`;
  }).join("");
}

export function drawTimeline(timeline: Timeline): string {
  const { forks, pins } = timeline;
  const rows = new Map<number, number>();
  const scale = scaleOf(timeline, rows);
  if (scale === undefined) return "";
  const parents = new Map(forks.map((fork) => [fork.pid, fork.name?.split("/").pop()]));
  for (const fork of forks) scale.rowOf(fork.pid);
  const bars = pins.map((pin) => drawPin(pin, scale));
  const arrows = forks.map((fork) => drawFork(fork, scale));
  const labels = [...rows.keys()].map((pid) => {
    const y = scale.rowOf(pid);
    const span = `x1="${left}" x2="${width - 20}" y1="${y}" y2="${y}"`;
    const life = parents.has(pid) ? `<line ${span} stroke="var(--line)" stroke-width="2"/>` : "";
    return `${life}<text x="6" y="${y + 4}">${escapeText(`${pid} ${parents.get(pid) ?? ""}`)}</text>`;
  });
  const height = rows.size * rowHeight + 32;
  const parts = [drawTicks(scale, height), ...labels, ...bars, ...arrows].join("");
  return `<h2>Time line</h2><p>Bars are pinned memory, dots are forks: <span class="hazardous">hazardous</span>, <span class="unknown">unknown</span>, <span class="safe">safe</span>.</p>
<div class="line"><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="time line">${parts}</svg></div>`;
}
