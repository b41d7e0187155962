/** What is printed reads as what it was: samples, and tests nobody would write. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatText, parseFile, printFile, type TestFile } from "../../src/litmus/index.ts";
import { files } from "./arbitrary.ts";
import { read, samples, withoutSpans } from "./support.ts";

function reparsed(file: TestFile): unknown {
  return withoutSpans(read(printFile(file)));
}

describe("printing and reading again", () => {
  it.each(samples)("gives $name back", ({ text }) => {
    const file = read(text);
    expect(reparsed(file)).toEqual(withoutSpans(file));
  });

  it.each(samples)("leaves the text of $name as it is", ({ text }) => {
    const formatted = formatText(text);
    expect(formatted.ok && formatted.value).toBe(text);
  });

  it("gives any test back", () => {
    fc.assert(
      fc.property(files, (file) => {
        expect(reparsed(file)).toEqual(withoutSpans(file));
      }),
      { numRuns: 400 },
    );
  });

  it("would notice a value that is lost", () => {
    const file = read(samples[0]!.text);
    const other = read(samples[0]!.text.replace("x = 1", "x = 3"));
    expect(reparsed(other)).not.toEqual(withoutSpans(file));
  });

  it("prints what it printed", () => {
    fc.assert(
      fc.property(files, (file) => {
        const once = printFile(file);
        const twice = formatText(once);
        expect(twice.ok && twice.value).toBe(once);
      }),
      { numRuns: 200 },
    );
  });

  it("makes tests that have no mistake, so that these properties are about something", () => {
    const found = fc.sample(files, 100).map((file) => parseFile(printFile(file)));
    expect(found.every(({ ok }) => ok)).toBe(true);
    const statements = found.flatMap((result) =>
      result.ok ? result.value.actors.flatMap((actor) => actor.statements) : [],
    );
    expect(new Set(statements.map(({ kind }) => kind)).size).toBe(4);
  });
});
