/** The test library, read and expanded once for the tests that run all of it. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { top } from "../../scripts/repository.ts";
import { expand, parseFile, type Test, type TestFile } from "../../src/litmus/index.ts";

export interface LibraryTest {
  readonly shelf: string;
  readonly file: TestFile;
  readonly test: Test;
}

/** Every test of the shelves named, matrices expanded, in the order of their names. */
export function library(...shelves: readonly string[]): readonly LibraryTest[] {
  const folder = join(top, "litmus");
  const wanted = shelves.length > 0 ? shelves : shelvesBelow(folder);
  return wanted.flatMap((shelf) =>
    readdirSync(join(folder, shelf))
      .filter((name) => name.endsWith(".litmus"))
      .sort()
      .flatMap((name) => testsOf(join(folder, shelf, name), shelf)),
  );
}

function shelvesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

function testsOf(path: string, shelf: string): readonly LibraryTest[] {
  const result = parseFile(readFileSync(path, "utf8"));
  if (!result.ok) throw new Error(`${path}: ${result.diagnostics[0]?.message}`);
  return expand(result.value).map((test) => ({ shelf, file: result.value, test }));
}

/** A test written in place. */
export function testOf(text: string): Test {
  const result = parseFile(text);
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  return expand(result.value)[0]!;
}

/** The same in an order that mixes shelves: whatever part of it is done stands for all of it. */
export function mixed<T>(all: readonly T[], stride = 61): readonly T[] {
  return Array.from({ length: stride }, (_, from) =>
    all.filter((_, at) => at % stride === from),
  ).flat();
}
