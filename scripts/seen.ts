/**
 * `npm run seen`: which decisions real kernels have shown.
 *
 * --plan FILE writes a list of litmus files that tell decisions apart on the kernels that the rigs
 * are, for `pinfold compare @FILE --rig ... -f json:RESULTS`. Given RESULTS, it writes the table of
 * src/kernels/seen.generated.ts, and the runs that it rests on, which a test holds to the model.
 * `--tests N` says how many tests of each flip are kept.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type RealRun, toldApart } from "../src/campaign/seen.ts";
import { emitC } from "../src/emit/c/index.ts";
import { findKernel } from "../src/kernels/index.ts";
import { readKernels } from "../src/kernels/other-pinners.ts";
import { type RuledOut, seenRow } from "../src/kernels/seen.ts";
import { expand, parseFile, type Test, testHash } from "../src/litmus/index.ts";
import { type Flip, flipName } from "../src/synth/mutation.ts";
import { type Order, orders, orderText } from "../src/verdict/orders.ts";
import { top } from "./repository.ts";

const { values: given, positionals: results } = parseArgs({
  options: { plan: { type: "string" }, tests: { type: "string", default: "2" } },
  allowPositionals: true,
});
const testsMax = Number(given.tests);

/** One row of `pinfold compare --format json`. */
interface Row {
  readonly test: string;
  readonly hash: string;
  readonly kernel: string;
  readonly rig: string;
  readonly release: string | null;
  readonly schedule: string;
  readonly status: string;
  readonly orders: readonly {
    readonly order: string;
    readonly status: string;
    readonly model: readonly string[];
    readonly real: readonly string[];
  }[];
}

/** Shelves in the order in which a reader should meet their tests. */
const shelves = ["seed", "bugs", "idioms", "selftest", "races"];
const all = shelves.flatMap(testsOfShelf);
if (given.plan !== undefined) plan(given.plan);
else if (results.length > 0) gather(results.flatMap(rowsOf));
else throw new Error("Give --plan FILE, or the results of a campaign.");

function testsOfShelf(shelf: string): readonly { readonly test: Test; readonly file: string }[] {
  const folder = join("litmus", shelf);
  const files = readdirSync(join(top, folder)).filter((name) => name.endsWith(".litmus"));
  return files.sort().flatMap((name) => {
    const file = join(folder, name);
    const parsed = parseFile(readFileSync(join(top, file), "utf8"));
    return parsed.ok ? expand(parsed.value).map((test) => ({ test, file })) : [];
  });
}

/** Per flip of the four kernels, more tests than are kept: some will be skipped on a real kernel. */
function plan(file: string): void {
  const files = new Set<string>();
  for (const name of readKernels) {
    const found = new Map<string, number>();
    const wanted = (flip: Flip): boolean => (found.get(flipName(flip)) ?? 0) < testsMax + 2;
    for (const { test, file: of } of all) {
      const { orders: some, complete } = orders(test);
      if (!complete || !canRun(test, some)) continue;
      const told = toldApart(test, findKernel(name)!, some, wanted);
      for (const flip of told) found.set(flipName(flip), (found.get(flipName(flip)) ?? 0) + 1);
      if (told.length > 0) files.add(of);
    }
    process.stderr.write(`${name}: ${found.size} flips told apart\n`);
  }
  writeFileSync(file, `${[...files].sort().join("\n")}\n`);
}

/** What the model alone can do (a failing allocation, say) no program asks of a real kernel. */
function canRun(test: Test, some: readonly Order[]): boolean {
  return emitC([{ test, orders: some }], { leaveOutDeviceWrite: false }).skips.length === 0;
}

function rowsOf(file: string): readonly Row[] {
  return (JSON.parse(readFileSync(file, "utf8")) as { readonly rows: readonly Row[] }).rows;
}

/** Of each flip the first tests that tell, and whose every order the real kernel ended as the model. */
function gather(rows: readonly Row[]): void {
  const runs: RealRun[] = [];
  const table: (RuledOut & { readonly tests: string[] })[] = [];
  const releases: Record<string, string> = {};
  for (const { test } of all) {
    for (const row of rows.filter((one) => tells(one, test))) {
      const flips = toldBy(test, row, table);
      if (flips.length === 0) continue;
      releases[row.kernel] = `${row.rig}${row.release === null ? "" : ` (${row.release})`}`;
      runs.push(runOf(row));
      for (const flip of flips) add(table, flip, test.name);
    }
  }
  write(table, runs, releases);
}

function tells(row: Row, test: Test): boolean {
  if (row.test !== test.name || row.schedule !== "forced" || row.status !== "agree") return false;
  if (row.hash !== testHash(test)) process.stderr.write(`${row.test} is another test by now\n`);
  return row.hash === testHash(test) && row.orders.every(({ status }) => status === "agree");
}

function toldBy(test: Test, row: Row, table: readonly RuledOut[]): readonly Flip[] {
  const texts = new Set(row.orders.map(({ order }) => order));
  const run = orders(test).orders.filter((order) => texts.has(orderText(order)));
  const wanted = (flip: Flip): boolean => (rowOf(table, flip)?.tests.length ?? 0) < testsMax;
  return toldApart(test, findKernel(row.kernel)!, run, wanted);
}

function rowOf<R extends RuledOut>(table: readonly R[], { kernel, name, value }: Flip) {
  return table.find(
    (one) => one.kernel === kernel.name && one.name === name && one.instead === value,
  );
}

function add(table: (RuledOut & { readonly tests: string[] })[], flip: Flip, test: string): void {
  const { kernel, name, value: instead } = flip;
  const row = rowOf(table, flip);
  if (row !== undefined) row.tests.push(test);
  else {
    const { value } = kernel.decisions[name];
    table.push({ name, value, instead, kernel: kernel.name, tests: [test] });
  }
}

function runOf({ test, hash, kernel, orders: ran }: Row): RealRun {
  return { test, hash, kernel, orders: ran.map(({ order, real }) => ({ order, ends: real })) };
}

function write(
  table: readonly RuledOut[],
  runs: readonly RealRun[],
  releases: Readonly<Record<string, string>>,
): void {
  const rows = table.map(seenRow).sort();
  writeFileSync(
    join(top, "src/kernels/seen.generated.ts"),
    [
      "/** Written by `npm run seen`; see seen.ts. */",
      `export const seenReleases: Readonly<Record<string, string>> = ${JSON.stringify(releases, undefined, 2)};`,
      "export const seenRows: readonly string[] = [",
      ...rows.map((row) => `  ${JSON.stringify(row)},`),
      "];",
      "",
    ].join("\n"),
  );
  const lines = runs.map((run) => JSON.stringify(run)).sort();
  writeFileSync(join(top, "test/fixtures/real-runs.jsonl"), `${lines.join("\n")}\n`);
  process.stdout.write(`${rows.length} answers ruled out by ${runs.length} runs\n`);
}
