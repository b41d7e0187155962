/**
 * npm run bench -- mm [--pages N] [--threads T] [--limit-states N] [--kernel K --json] [--save]: the memory
 * manager's own heavy test, grown page by page and thread by thread, every interleaving, on the
 * kernel with the race and on a recent one. Each search has a process of its own, so that its
 * memory is its own. `--save` writes bench/results/mm.json, from which `npm run docs` makes a page.
 */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { findKernel } from "../src/kernels/index.ts";
import { expand, parseFile } from "../src/litmus/index.ts";
import { check } from "../src/verdict/check.ts";
import { type Options, UsageError } from "./options.ts";

export const mmOptions = {
  pages: "number",
  threads: "number",
  "limit-states": "number",
  kernel: "text",
  json: "flag",
  save: "flag",
} as const;

/** One search. */
export interface HeavySearch {
  readonly pages: number;
  readonly threads: number;
  readonly kernel: string;
  readonly verdict: string;
  /** What cut it; null when it is complete. */
  readonly bound: string | null;
  readonly states: number;
  readonly transitions: number;
  readonly cpuSeconds: number;
  readonly rssMb: number;
}

const kernels = ["v5.9", "v6.12"];
const statesMax = 4_000_000;
const results = new URL("../../bench/results/mm.json", import.meta.url);

/** Who takes part, in the order in which threads are added; the child is always there. */
const parts = [
  "P0 { fork(P1); await(pinned); x[0] = 1; }",
  "P0.T1 { h1 = pin(x, WRITE | FAST); signal(pinned); }",
  "K0 { may reclaim(x[0]); }",
  "K1 { may speculative_ref(x[0]); }",
  "P0.T2 { h2 = pin(x[0], WRITE | FAST); unpin(h2); }",
];

/** The test with so many pages and threads: is a pinned page exchanged under its pin? */
export function heavyTest(pages: number, threads: number): string {
  const chosen = parts.slice(0, threads);
  return [
    "Linux HEAVY",
    `{ page x[${pages}] = anon; }`,
    ...chosen.filter((part) => part.startsWith("P")),
    "P1 { }",
    ...chosen.filter((part) => part.startsWith("K")),
    "exists (~pinned(h1[0], x[0]))",
    "",
  ].join("\n");
}

export function benchMm(options: Options): void {
  const pages = options.number("pages", 2);
  const threads = options.number("threads", 4);
  if (pages < 1 || threads < 2 || threads > parts.length)
    throw new UsageError(`A heavy test has pages, and 2 to ${parts.length} threads`);
  const limit = options.number("limit-states", statesMax);
  if (options.flag("json")) {
    const name = options.text("kernel") ?? kernels[0]!;
    console.log(JSON.stringify(searched(name, pages, threads, limit)));
    return;
  }
  const rows: HeavySearch[] = [];
  for (let t = 2; t <= threads; t++)
    for (let p = 1; p <= pages; p++)
      for (const kernel of kernels) rows.push(searchedApart(kernel, p, t, limit));
  if (options.flag("save"))
    writeFileSync(fileURLToPath(results), `${JSON.stringify(rows, undefined, 2)}\n`);
}

function searched(kernel: string, pages: number, threads: number, limit: number): HeavySearch {
  const parsed = parseFile(heavyTest(pages, threads));
  if (!parsed.ok) throw new Error("assert: the heavy test is a test");
  const [test] = expand(parsed.value);
  const modelled = findKernel(kernel);
  if (modelled === undefined) throw new UsageError(`No kernel '${kernel}'`);
  const begun = process.cpuUsage();
  const { verdict, bound, states, transitions } = check(test!, modelled, {
    maxStates: limit,
  });
  const { user, system } = process.cpuUsage(begun);
  return {
    pages,
    threads,
    kernel,
    verdict,
    bound: bound ?? null,
    states,
    transitions,
    cpuSeconds: Math.round((user + system) / 1e4) / 100,
    rssMb: Math.round(process.resourceUsage().maxRSS / 1024),
  };
}

/** In a process of its own. */
function searchedApart(kernel: string, pages: number, threads: number, limit: number): HeavySearch {
  const main = fileURLToPath(new URL("./main.js", import.meta.url));
  const numbers = ["--pages", pages, "--threads", threads, "--limit-states", limit].map(String);
  const given = [main, "mm", ...numbers, "--kernel", kernel, "--json"];
  const { stdout } = spawnSync(process.execPath, given, { encoding: "utf8" });
  process.stdout.write(stdout);
  return JSON.parse(stdout) as HeavySearch;
}
