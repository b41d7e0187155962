/**
 * The library as a whole: every file is readable, says what goes wrong, promises something, and is no
 * other file under a second name. What the kernels do is judged elsewhere.
 */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { kernels, lineage } from "../src/kernels/index.ts";
import { checkExpectations, expand, parseFile, testHash } from "../src/litmus/index.ts";

const root = fileURLToPath(new URL("../litmus", import.meta.url));
const shelves = ["bugs", "decisions", "idioms", "races", "seed", "selftest"];

interface LibraryFile {
  readonly path: string;
  readonly text: string;
}

function readLibrary(): readonly LibraryFile[] {
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".litmus"))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
}

/** What is wrong with one file, in words; empty for a good one. */
function faultsOf({ path, text }: LibraryFile): readonly string[] {
  const parsed = parseFile(text);
  const messages = parsed.diagnostics.map((diagnostic) => `${path}: ${diagnostic.message}`);
  if (!parsed.ok) return messages.length > 0 ? messages : [`${path}: cannot be read`];
  const file = parsed.value;
  const faults = [...messages];
  if (`${file.name}.litmus` !== basename(path)) faults.push(`${path}: is called ${file.name}`);
  if ((file.doc?.trim().length ?? 0) < 30) faults.push(`${path}: does not say what goes wrong`);
  if (file.expectations.length === 0 && file.result === undefined) {
    faults.push(`${path}: promises nothing`);
  }
  for (const diagnostic of checkExpectations(
    file,
    kernels.map(({ name }) => name),
    lineage,
  )) {
    faults.push(`${path}: ${diagnostic.message}`);
  }
  return faults;
}

/** Tests that are one program under two names, and names that are given twice. */
function doublesOf(library: readonly LibraryFile[]): readonly string[] {
  const byHash = new Map<string, string>();
  const byName = new Set<string>();
  const doubles: string[] = [];
  for (const { text } of library) {
    const parsed = parseFile(text);
    if (!parsed.ok) continue;
    for (const { name, hash } of expand(parsed.value).map((one) => ({
      name: one.name,
      hash: testHash(one),
    }))) {
      const first = byHash.get(hash);
      if (first !== undefined) doubles.push(`${name} is ${first}`);
      if (byName.has(name)) doubles.push(`${name} is there twice`);
      byHash.set(hash, name);
      byName.add(name);
    }
  }
  return doubles;
}

const good = `Linux GOOD
"The page is written and must be read back as it was written."
{ page x = anon; }
P0 { x = 1; r0 = x; }
exists (P0:r0 = 0)
with ..: never
`;

describe("the test library", () => {
  const library = readLibrary();

  test("has at least 300 tests, on its six shelves", () => {
    const tests = library.flatMap(({ text }) => {
      const parsed = parseFile(text);
      return parsed.ok ? expand(parsed.value) : [];
    });
    expect(tests.length).toBeGreaterThanOrEqual(300);
    expect([...new Set(library.map(({ path }) => path.split(/[/\\]/)[0]))].sort()).toEqual(shelves);
  });

  test("every file can be read, has its name, its reason and its promises", () => {
    expect(library.flatMap(faultsOf)).toEqual([]);
  });

  test("no test is there twice", () => {
    expect(doublesOf(library)).toEqual([]);
  });
});

describe("the checks of the library can fail", () => {
  const faults = (path: string, text: string): readonly string[] => faultsOf({ path, text });

  test("a good file has no fault", () => {
    expect(faults("bugs/GOOD.litmus", good)).toEqual([]);
  });

  test.each([
    ["another name", "bugs/OTHER.litmus", good],
    ["no reason", "bugs/GOOD.litmus", good.replace(/".*"\n/, "")],
    ["no promise", "bugs/GOOD.litmus", good.replace(/with.*\n/, "")],
    ["an unknown kernel", "bugs/GOOD.litmus", good.replace("..:", "v5.99:")],
    ["two promises", "bugs/GOOD.litmus", good.replace("never", "never; v5.9: always")],
    ["a typo", "bugs/GOOD.litmus", good.replace("x = 1", "z = 1")],
  ])("%s is a fault", (_what, path, text) => {
    expect(faults(path, text)).not.toEqual([]);
  });

  test("the same program under another name is found", () => {
    const twin = { path: "bugs/TWIN.litmus", text: good.replace("GOOD", "TWIN") };
    expect(doublesOf([{ path: "bugs/GOOD.litmus", text: good }, twin])).toEqual(["TWIN is GOOD"]);
  });

  test("a name given twice is found", () => {
    const other = { path: "seed/GOOD.litmus", text: good.replace("x = 1", "x = 2") };
    expect(doublesOf([{ path: "bugs/GOOD.litmus", text: good }, other])).toHaveLength(1);
  });
});

/** The ids that `See=` lines name, and those of the table in litmus/README.md. */
const named = (library: readonly LibraryFile[]): ReadonlySet<string> =>
  new Set(library.flatMap(({ text }) => text.match(/^See=.*$/gm) ?? []).flatMap(idsIn));
const idsIn = (text: string): readonly string[] => text.match(/\b[BR]\d+\b/g) ?? [];
const catalogued = (readme: string): readonly string[] =>
  (readme.match(/^\| [BR]\d+ \|/gm) ?? []).flatMap(idsIn);

describe("the catalogue of bugs and races", () => {
  const readme = readFileSync(join(root, "README.md"), "utf8");

  test("every entry has a test that names it, and every name an entry", () => {
    expect([...named(readLibrary())].sort()).toEqual([...catalogued(readme)].sort());
  });

  test("an entry without a test is noticed", () => {
    const more = catalogued(`${readme}\n| B99 | nobody tests this |\n`);
    expect([...named(readLibrary())].sort()).not.toEqual([...more].sort());
  });
});
