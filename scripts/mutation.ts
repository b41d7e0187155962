/**
 * `npm run mutation`: sets each decision of each kernel in turn to every value that some kernel
 * gives, asks the library which of these it notices, and writes the answer as a table.
 * `--max-states N` bounds each search, `--tests N` says how many tests of each flip are kept.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { kernels } from "../src/kernels/index.ts";
import { type NoticedFlip, type NoticingTest, noticedRow } from "../src/kernels/noticed.ts";
import { expand, parseFile, type Test } from "../src/litmus/index.ts";
import { type Flip, flipName, flipsOf, noticedBy } from "../src/synth/mutation.ts";
import { top } from "./repository.ts";

const { values: given } = parseArgs({
  options: {
    "max-states": { type: "string", default: "4000" },
    tests: { type: "string", default: "3" },
  },
});
const maxStates = Number(given["max-states"]);
const testsMax = Number(given.tests);

/** Shelves in the order in which a reader should meet their tests. */
const shelves = ["seed", "bugs", "races", "selftest", "idioms", "decisions"];

function shelf(name: string): readonly Test[] {
  const folder = join(top, "litmus", name);
  const files = readdirSync(folder).filter((file) => file.endsWith(".litmus"));
  return files.sort().flatMap((file) => {
    const parsed = parseFile(readFileSync(join(folder, file), "utf8"));
    return parsed.ok ? expand(parsed.value) : [];
  });
}

interface FlipTests {
  readonly flip: Flip;
  readonly tests: NoticingTest[];
}

const flips = new Map<string, FlipTests>(
  kernels.flatMap(flipsOf).map((flip) => [flipName(flip), { flip, tests: [] }]),
);

function ask(test: Test): void {
  const wanted = (flip: Flip): boolean => flips.get(flipName(flip))!.tests.length < testsMax;
  for (const { flip, verdicts } of noticedBy(test, kernels, wanted, { maxStates })) {
    const [verdict, flipped] = verdicts;
    flips.get(flipName(flip))!.tests.push({ test: test.name, verdict, flipped });
  }
}

/** Kernels whose flip is noticed by the same tests in the same way share a row. */
function rows(): readonly string[] {
  const found = new Map<string, NoticedFlip & { readonly kernels: string[] }>();
  for (const { flip, tests } of flips.values()) {
    if (tests.length === 0) continue;
    const { name, value, kernel } = flip;
    const key = noticedRow({ name, value, kernels: [], tests });
    const row = found.get(key);
    if (row === undefined) found.set(key, { name, value, kernels: [kernel.name], tests });
    else row.kernels.push(kernel.name);
  }
  return [...found.values()].map(noticedRow).sort();
}

const all = shelves.flatMap(shelf);
for (const [at, test] of all.entries()) {
  ask(test);
  if ((at + 1) % 100 === 0) {
    const open = [...flips.values()].filter(({ tests }) => tests.length === 0).length;
    process.stderr.write(`${at + 1} of ${all.length} tests, ${open} flips unnoticed\n`);
  }
}
const lines = rows().map((row) => `  ${JSON.stringify(row)},`);
writeFileSync(
  join(top, "src/kernels/noticed.generated.ts"),
  `/** Written by \`npm run mutation\`; see noticed.ts. */\nexport const noticedRows: readonly string[] = [\n${lines.join("\n")}\n];\n`,
);
const left = [...flips].filter(([, { tests }]) => tests.length === 0).map(([name]) => name);
process.stdout.write(`${flips.size} flips, ${flips.size - left.length} noticed\n`);
for (const name of left) process.stdout.write(`${name}\n`);
