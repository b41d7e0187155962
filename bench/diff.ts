/**
 * npm run bench -- diff [--runs N] [--depth D]: two kernels told apart, all programs over the core operations
 * and two base pages, then with a huge page and swap. Each search has a process of its own, so that
 * nothing is warm; the figures are medians, and begin when the modules are loaded.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { findKernel } from "../src/kernels/index.ts";
import { coreFamilies } from "../src/synth/alphabet.ts";
import { type DiffOptions, diff } from "../src/synth/diff.ts";
import { type Options, UsageError } from "./options.ts";

export const diffOptions = {
  runs: "number",
  depth: "number",
  pair: "text",
  huge: "flag",
  json: "flag",
} as const;

/** The last two pairs do not differ over these operations, or not at all. */
const pairs = ["v5.8,v5.9-rc4", "v5.9,v5.11", "v5.18,v5.19", "v6.12,v6.12", "v6.18,v7.2"];

interface DiffMeasure {
  readonly pair: string;
  readonly operations: number;
  readonly pages: number;
  readonly depth: number;
  readonly complete: boolean;
  readonly programs: number;
  readonly tests: number;
  /** Seconds to the first difference; null where there is none. */
  readonly first: number | null;
  readonly seconds: number;
  readonly cpuSeconds: number;
}

export function benchDiff(options: Options): void {
  const depth = options.number("depth", 7);
  const pair = options.text("pair");
  if (options.flag("json")) {
    if (pair === undefined) throw new UsageError("--json wants a --pair");
    console.log(JSON.stringify(measured(pair, depth, options.flag("huge"))));
    return;
  }
  const runs = options.number("runs", 3);
  for (const huge of options.flag("huge") ? [true] : [false, true])
    for (const one of pair === undefined ? pairs : [pair]) print(medianOf(one, depth, huge, runs));
}

function measured(pair: string, depth: number, huge: boolean): DiffMeasure {
  const [one, other] = pair.split(",").map((name) => findKernel(name));
  if (one === undefined || other === undefined) throw new UsageError(`No such kernels: ${pair}`);
  const options: DiffOptions = huge
    ? { depth, pages: 2, kinds: ["anon", "thp"], families: [...coreFamilies, "pageout"] }
    : { depth, pages: 2 };
  const begun = performance.now();
  const cpuBegun = process.cpuUsage();
  let first: number | null = null;
  const found = diff(one, other, {
    ...options,
    limit: 1000,
    onTelling: () => {
      first ??= performance.now() - begun;
    },
  });
  const { user, system } = process.cpuUsage(cpuBegun);
  return {
    pair,
    operations: found.operations.length,
    pages: found.pages.length,
    depth: found.depth,
    complete: found.complete,
    programs: found.transitions,
    tests: found.tests.length,
    first: first === null ? null : rounded(first / 1e3),
    seconds: rounded((performance.now() - begun) / 1e3),
    cpuSeconds: rounded((user + system) / 1e6),
  };
}

function rounded(seconds: number): number {
  return Math.round(seconds * 100) / 100;
}

function medianOf(pair: string, depth: number, huge: boolean, runs: number): DiffMeasure {
  const main = fileURLToPath(new URL("./main.js", import.meta.url));
  const given = [main, "diff", "--pair", pair, "--depth", `${depth}`, "--json"];
  const all = Array.from({ length: runs }, () => {
    const { stdout } = spawnSync(process.execPath, huge ? [...given, "--huge"] : given, {
      encoding: "utf8",
    });
    return JSON.parse(stdout) as DiffMeasure;
  });
  return all.sort((a, b) => a.cpuSeconds - b.cpuSeconds)[Math.floor(runs / 2)]!;
}

function print(one: DiffMeasure): void {
  const { pair, operations, pages, depth, programs, tests, first, seconds, cpuSeconds } = one;
  const what = `${operations} operations, ${pages} pages, depth ${depth}${one.complete ? "" : " (cut)"}`;
  const found = first === null ? "no difference" : `${tests} tests, the first in ${first} s`;
  console.log(`${pair}: ${what}: ${programs} steps, ${found}; ${seconds} s, ${cpuSeconds} s CPU`);
}
