/**
 * docs/performance.md and its picture, from the results that `npm run bench -- mm --save` and
 * `npm run bench -- peers --save` left in bench/results. A test demands that the files in docs/ say what the results say.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type HeavySearch, heavyTest } from "../bench/mm.ts";
import type { PeerResult, Spread } from "../bench/peers/peers.ts";
import { top } from "./repository.ts";

const read = (name: string): unknown =>
  JSON.parse(readFileSync(join(top, "bench/results", name), "utf8"));
const results = read("mm.json") as readonly HeavySearch[];
const peers = read("peers.json") as readonly PeerResult[];

const count = (value: number): string => value.toLocaleString("en-US");

export function performancePage(): string {
  return [
    "# Performance",
    "",
    "<!-- Written by `npm run docs` from bench/results. Do not edit. -->",
    "",
    "## The memory manager",
    "",
    "Fork and a write in one thread, a lock-free pin of all pages in a second, reclaim as a third,",
    "somebody who takes a reference for a moment as a fourth; v5.9 has the race of fork and GUP-fast,",
    "v6.12 has not. Every interleaving of atomic steps, every state stored exactly, one thread,",
    "Node 20; seconds are processor time, memory is that of the whole process (80 MB of it are Node and",
    "the compiled paths). `npm run bench -- mm --pages 3 --threads 4 --save` measures again.",
    "",
    "![States over pages, by threads and kernel](performance.svg)",
    "",
    "| threads | pages | kernel | verdict | states | transitions | seconds | MB |",
    "|---|---|---|---|---|---|---|---|",
    ...results.map(row),
    "",
    "The largest of these tests:",
    "",
    "```",
    heavyTest(largest("pages"), largest("threads")).trimEnd(),
    "```",
    "",
    "Every page multiplies the states by two to four, every further thread by five to fifty. Searches",
    "beyond 500,000 states try reductions, and go on plainly where these save little, as here. Of the",
    "library's tests, each on one kernel, 1,351 of 1,379 have footprints; plain and reduced searches agree",
    "on all of them, with 646,214 and 454,567 states (`scripts/reductions-sweep.ts --kernels 1`).",
    "",
    "## The race and its peers",
    "",
    "`npm run bench -- race --pages N --pinners G [--safe | --racy]` searches the race of fork and",
    "GUP-fast as SPIN, Murphi and TLA+ models have it, step for step; `npm run bench -- peers --save`",
    "runs pinfold beside SPIN (with and without its own partial order reduction), and rumur and TLC",
    "where they are installed, on the race, on variants of it (two pins each; a page lock around write",
    "faults), and on another protocol: lock-free look-up in a page cache, with retries, against reclaim.",
    "",
    ...peerTable(),
  ].join("\n");
}

const largest = (of: "pages" | "threads"): number => Math.max(...results.map((one) => one[of]));

function row(one: HeavySearch): string {
  const verdict = one.bound === null ? one.verdict : `${one.verdict} (cut: ${one.bound})`;
  const counts = [one.states, one.transitions].map(count);
  const cells = [one.threads, one.pages, one.kernel, verdict, ...counts, one.cpuSeconds, one.rssMb];
  return `| ${cells.join(" | ")} |`;
}

/** What the last saved run of all comparisons found; nothing before there was one. */
function peerTable(): readonly string[] {
  if (peers.length === 0) return [];
  return [
    `Min / median / max of ${peers[0]!.rounds} rounds, every contender once a round. Seconds are processor`,
    "time: pinfold's of the whole process, its compiler's threads included, a peer's without generating",
    "and compiling its checker. Ratios are to the first line of each model in the same round: above 1 is",
    "slower.",
    "",
    "| model | searched by | states | seconds | ratio | ratio from start to end |",
    "|---|---|---|---|---|---|",
    ...peers.map(peerRow),
    "",
  ];
}

function peerRow(one: PeerResult): string {
  const spreads = [one.seconds, one.ratio, one.wallRatio].map(spread);
  return `| ${[one.model, one.contender, count(one.states), ...spreads].join(" | ")} |`;
}

const spread = (of: Spread): string => of.map((value) => value.toFixed(2)).join(" / ");

const width = 640;
const height = 400;
const left = 90;
const right = 150;
const above = 30;
const below = 50;

/** States on a logarithmic scale over pages, one line for each number of threads and kernel. */
export function performancePicture(): string {
  const decades = Math.ceil(Math.log10(Math.max(...results.map(({ states }) => states))));
  const x = (pages: number): number =>
    left + ((pages - 1) * (width - left - right)) / Math.max(1, largest("pages") - 1);
  const y = (states: number): number =>
    height - below - ((Math.log10(states) - 2) * (height - above - below)) / (decades - 2);
  const lines = new Map<string, HeavySearch[]>();
  for (const one of results) {
    const name = `${one.threads} threads, ${one.kernel}`;
    lines.set(name, [...(lines.get(name) ?? []), one]);
  }
  const parts: string[] = [];
  for (let decade = 2; decade <= decades; decade++) {
    const at = y(10 ** decade).toFixed(1);
    parts.push(`<line x1="${left}" y1="${at}" x2="${width - right}" y2="${at}" stroke="#ddd"/>`);
    parts.push(text(left - 8, Number(at) + 4, count(10 ** decade), "end"));
  }
  for (let pages = 1; pages <= largest("pages"); pages++)
    parts.push(text(x(pages), height - below + 20, String(pages), "middle"));
  parts.push(text((left + width - right) / 2, height - 10, "pages", "middle"));
  parts.push(text(left - 8, 16, "states", "end"));
  for (const [name, of] of lines) parts.push(...drawn(name, of, x, y));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-size="12"`,
    '  font-family="sans-serif"><title>States over pages, by threads and kernel</title>',
    '<rect width="100%" height="100%" fill="#fff"/>',
    ...parts,
    "</svg>",
    "",
  ].join("\n");
}

function drawn(
  name: string,
  of: readonly HeavySearch[],
  x: (pages: number) => number,
  y: (states: number) => number,
): readonly string[] {
  const isRacy = of[0]!.kernel === "v5.9";
  const colour = isRacy ? "#c0392b" : "#2471a3";
  const points = of.map(({ pages, states }) => `${x(pages).toFixed(1)},${y(states).toFixed(1)}`);
  const last = of[of.length - 1]!;
  const label = y(last.states) + (isRacy ? 12 : -4);
  return [
    `<polyline points="${points.join(" ")}" fill="none" stroke="${colour}" stroke-width="2"/>`,
    ...points.map((point) => {
      const [cx, cy] = point.split(",");
      return `<circle cx="${cx}" cy="${cy}" r="3" fill="${colour}"/>`;
    }),
    text(x(last.pages) + 8, label, name, "start", colour),
  ];
}

function text(x: number, y: number, words: string, anchor: string, colour = "#333"): string {
  const at = `x="${x.toFixed(1)}" y="${y.toFixed(1)}"`;
  return `<text ${at} text-anchor="${anchor}" fill="${colour}">${words}</text>`;
}
