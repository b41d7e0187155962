/**
 * `npm run mutation`: sets each decision of each kernel in turn to every value that some kernel gives,
 * asks the library which of these it notices, and of the others whether anything differs at all:
 * first whether the kernel's code can ask the decision, then by search. Writes both answers as tables.
 * What was found stands in a file, so that an interrupted run goes on and a later one asks only what
 * has changed. `--tests N` says how many tests of each flip are kept, `--shelves A,B` where to look for
 * tests besides those that the last table names; everywhere unless it is given.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type EqualBy, type EqualFlip, equalRow } from "../src/kernels/equal.ts";
import { kernels } from "../src/kernels/index.ts";
import {
  type NoticedFlip,
  type NoticingTest,
  noticedFlips,
  noticedRow,
} from "../src/kernels/noticed.ts";
import { expand, parseFile, printFile, type Test } from "../src/litmus/index.ts";
import { mmMachine } from "../src/mm/index.ts";
import { compiledFunctions } from "../src/step/reachable-asks.ts";
import { flipLenses, flipRaceKinds } from "../src/synth/flip-lenses.ts";
import { type FlipFinding, searchLens, searchRace } from "../src/synth/flip-search.ts";
import { type Flip, flipsOf, libraryStates, noticedBy, raceStates } from "../src/synth/mutation.ts";
import { racingPrograms } from "../src/synth/racing-programs.ts";
import { unaskedDecisions } from "../src/synth/unasked.ts";
import { FlipCache, hashOf } from "./flip-cache.ts";
import { top } from "./repository.ts";

const { values: given } = parseArgs({
  options: {
    tests: { type: "string", default: "3" },
    shelves: { type: "string" },
    cache: { type: "string", default: join(top, ".cache/mutation.json") },
  },
});
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

const machineText = readFileSync(join(top, "src/mm/machine.generated.js"), "utf8");
const cache = new FlipCache(given.cache, hashOf(machineText));
const flips = kernels.flatMap(flipsOf);
const functions = compiledFunctions(machineText);
const unasked = new Map(
  kernels.map((kernel) => [kernel, unaskedDecisions(kernel, mmMachine(), functions)]),
);
const isUnasked = ({ kernel, name }: Flip): boolean => unasked.get(kernel)!.has(name);

/** What a verdict rests on: not the words, not what is expected. */
function programText(test: Test): string {
  return printFile({ ...test, doc: undefined, expectations: [], result: undefined });
}

// --- the library ---

/**
 * What the last table says is asked first, test by test; then the whole library of what is left, with few
 * states and with more, a shelf at a time.
 */
function askLibrary(): ReadonlyMap<Flip, readonly NoticingTest[]> {
  const found = new Map<Flip, readonly NoticingTest[]>(
    flips.filter((flip) => !isUnasked(flip)).map((flip) => [flip, []]),
  );
  const all = shelves.map((name) => ({ name, tests: shelf(name) }));
  const ask = (stage: string, tests: readonly Test[], maxStates: number, listed?: Listed): void => {
    const left = [...found].flatMap(([flip, some]) => (some.length === 0 ? [flip] : []));
    const rested = listed === undefined ? tests : all.flatMap((one) => one.tests);
    const texts = hashOf(...rested.map(programText));
    const visit = askTest(maxStates, listed);
    const answers = cache.stage(stage, texts, left, tests, (): NoticingTest[] => [], visit);
    for (const [flip, some] of answers) found.set(flip, some);
  };
  const known = all.flatMap(({ tests }) => tests).filter(({ name }) => lastTable.has(name));
  ask("the last table", known, libraryStates.at(-1)!, lastTable);
  const wanted = given.shelves?.split(",") ?? shelves;
  for (const maxStates of libraryStates)
    for (const { name, tests } of all.filter((one) => wanted.includes(one.name)))
      ask(`${name}, ${maxStates} states`, tests, maxStates);
  return found;
}

/** Which flips each test notices, by the table that is there. */
type Listed = ReadonlyMap<string, ReadonlySet<string>>;
const lastTable = new Map<string, Set<string>>();
for (const { name, value, kernels: on, tests } of noticedFlips())
  for (const { test } of tests)
    for (const kernel of on)
      lastTable.set(test, (lastTable.get(test) ?? new Set()).add(`${kernel} ${name}=${value}`));

function askTest(maxStates: number, listed: Listed | undefined) {
  return (test: Test, answers: ReadonlyMap<Flip, NoticingTest[]>): void => {
    const known = new Map([...answers].map(([flip, some]) => [keyOf(flip), some]));
    const wanted = (flip: Flip): boolean =>
      (known.get(keyOf(flip))?.length ?? testsMax) < testsMax &&
      listed?.get(test.name)?.has(keyOf(flip)) !== false;
    for (const { flip, verdicts } of noticedBy(test, kernels, wanted, { maxStates })) {
      const [verdict, changed] = verdicts;
      known.get(keyOf(flip))!.push({ test: test.name, verdict, flipped: changed });
    }
  };
}

const keyOf = ({ kernel, name, value }: Flip): string => `${kernel.name} ${name}=${value}`;

// --- the searches ---

interface Looked {
  asked: number[];
  cut: number;
  differs: string | undefined;
}

const nothingLooked = (): Looked => ({ asked: [], cut: 0, differs: undefined });

function note(answers: ReadonlyMap<Flip, Looked>, at: number, found: readonly FlipFinding[]): void {
  for (const { flip, differs, cut } of found) {
    const looked = answers.get(flip)!;
    if (cut) looked.cut++;
    else looked.asked.push(at);
    looked.differs ??= differs;
  }
}

const same = (answers: ReadonlyMap<Flip, Looked>): readonly Flip[] =>
  [...answers].flatMap(([flip, { differs }]) => (differs === undefined ? [flip] : []));

function askLenses(open: readonly Flip[]): ReadonlyMap<Flip, Looked> {
  const numbers = flipLenses.map((_, at) => at);
  return cache.stage(
    "lenses",
    JSON.stringify(flipLenses),
    open,
    numbers,
    nothingLooked,
    (at, found) => note(found, at, searchLens(flipLenses[at]!, same(found))),
  );
}

function askRaces(open: readonly Flip[]): ReadonlyMap<Flip, Looked> {
  const programs = flipRaceKinds.flatMap(racingPrograms);
  const texts = hashOf(...programs.map(({ test }) => programText(test)), String(raceStates));
  const numbers = programs.map((_, at) => at);
  return cache.stage("races and details", texts, open, numbers, nothingLooked, (at, found) =>
    note(found, at, searchRace(programs[at]!, same(found), raceStates)),
  );
}

function byOf(lensed: Looked, raced: Looked): EqualBy {
  const differs = lensed.differs ?? raced.differs;
  if (differs !== undefined) return { kind: "open", why: differs };
  if (lensed.asked.length + raced.asked.length === 0)
    return { kind: "open", why: raced.cut > 0 ? "all cut" : "no program asks it" };
  return { kind: "searched", lenses: lensed.asked, races: raced.asked.length, cut: raced.cut };
}

// --- the tables ---

/** Kernels whose flip is known in the same way share a row. */
function rowsOf<Row extends { readonly kernels: readonly string[] }>(
  rows: readonly Row[],
  print: (row: Row) => string,
): readonly string[] {
  const found = new Map<string, Row & { readonly kernels: string[] }>();
  for (const row of rows) {
    const key = print({ ...row, kernels: [] });
    const known = found.get(key);
    if (known === undefined) found.set(key, { ...row, kernels: [...row.kernels] });
    else known.kernels.push(...row.kernels);
  }
  return [...found.values()].map(print).sort();
}

function write(file: string, name: string, rows: readonly string[]): void {
  const lines = rows.map((row) => `  ${JSON.stringify(row)},`);
  const head = `/** Written by \`npm run mutation\`; see ${file}.ts. */`;
  const text = `${head}\nexport const ${name}: readonly string[] = [\n${lines.join("\n")}\n];\n`;
  writeFileSync(join(top, `src/kernels/${file}.generated.ts`), text);
}

const library = askLibrary();
const noticed = flips.flatMap((flip): NoticedFlip[] => {
  const { kernel, name, value } = flip;
  const tests = library.get(flip) ?? [];
  return tests.length === 0 ? [] : [{ name, value, kernels: [kernel.name], tests }];
});
write("noticed", "noticedRows", rowsOf(noticed, noticedRow));
const open = flips.filter((flip) => !isUnasked(flip) && library.get(flip)!.length === 0);
const lensed = askLenses(open);
const raced = askRaces(open);
const rest = flips.flatMap((flip): EqualFlip[] => {
  const { kernel, name, value } = flip;
  const row = { name, value, kernels: [kernel.name] };
  if (isUnasked(flip)) return [{ ...row, by: { kind: "unasked" } }];
  const [some, others] = [lensed.get(flip), raced.get(flip)];
  return some === undefined || others === undefined ? [] : [{ ...row, by: byOf(some, others) }];
});
write("equal", "equalRows", rowsOf(rest, equalRow));
const left = rest.filter(({ by }) => by.kind === "open");
process.stdout.write(`${flips.length} flips, ${noticed.length} noticed, ${left.length} open\n`);
for (const row of rowsOf(left, equalRow)) process.stdout.write(`${row}\n`);
