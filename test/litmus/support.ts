/** What several tests of the language need: files without their places, and the samples. */
import { readdirSync, readFileSync } from "node:fs";
import type { TestFile } from "../../src/litmus/index.ts";
import { parseFile } from "../../src/litmus/index.ts";

/** A copy without anything that says where in the text it stood. */
export function withoutSpans(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSpans);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => !/[sS]pan$/.test(key));
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutSpans(inner)]));
}

/** The file of a text that must have no mistake. */
export function read(text: string): TestFile {
  const result = parseFile(text);
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  return result.value;
}

/** The text of a test with these statements of P0 and this condition. */
export function small(statements: string, condition = "exists (true)"): string {
  return `Linux T\n{ page x = anon; page y[2] = anon; page z = thp; }\nP0 { ${statements} }\n${condition}\n`;
}

const folder = new URL("../fixtures/litmus/", import.meta.url);

/** Name and text of every sample file. */
export const samples: readonly { readonly name: string; readonly text: string }[] = readdirSync(
  folder,
).map((file) => ({
  name: file.replace(/\.litmus$/, ""),
  text: readFileSync(new URL(encodeURIComponent(file), folder), "utf8"),
}));
