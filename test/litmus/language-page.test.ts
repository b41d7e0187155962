/** docs/language.md is true: its examples are read, and it leaves no operation out. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  expand,
  formatText,
  operations,
  pageKinds,
  pageModifiers,
  parseFile,
} from "../../src/litmus/index.ts";

const page = readFileSync(new URL("../../docs/language.md", import.meta.url), "utf8");
const examples = [...page.matchAll(/```litmus\n([\s\S]*?)```/g)].map((match) => match[1]!);

describe("the page on the language", () => {
  it("has examples", () => expect(examples.length).toBeGreaterThanOrEqual(10));

  it.each(examples)("has an example without mistakes: %s", (text) => {
    expect(parseFile(text).diagnostics).toEqual([]);
    const formatted = formatText(text);
    expect(formatted.ok && formatted.value).toBe(text);
  });

  it.each([...operations.map(({ name }) => name), ...pageKinds, ...pageModifiers])(
    "speaks of %s",
    (word) => expect(page).toMatch(new RegExp(`\`[^\`]*\\b${word}\\b[^\`]*\``)),
  );

  it("names the tests of its matrix as they are named", () => {
    const text = examples.find((example) => example.includes("Linux MATRIX"))!;
    const result = parseFile(text);
    const names = result.ok ? expand(result.value).map(({ name }) => name) : [];
    expect(names).toEqual(["MATRIX+anon", "MATRIX+swapped-anon", "MATRIX+pte-mapped-thp"]);
    for (const name of names) expect(page).toContain(name);
  });

  it("has a red twin: an example with a mistake would be seen", () => {
    const result = parseFile(examples[0]!.replace("fork(P1)", "frok(P1)"));
    expect(result.diagnostics).toHaveLength(1);
  });
});
