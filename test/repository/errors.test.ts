import { expect, test } from "vitest";
import { repositoryFiles } from "../../scripts/repository.ts";

/** Codes that a text names, each once, sorted. */
function codesIn(texts: Iterable<string>): readonly string[] {
  const codes = [...texts].flatMap((text) => text.match(/\bPF\d{3}\b/g) ?? []);
  return [...new Set(codes)].sort();
}

test("docs/errors.md documents every code that the source uses, and no other", () => {
  const source = repositoryFiles((path) => path.startsWith("src/") && path.endsWith(".ts"));
  const page = repositoryFiles((path) => path === "docs/errors.md").get("docs/errors.md") ?? "";
  const rows = page.split("\n").filter((line) => line.startsWith("| PF"));
  const used = codesIn(source.values());
  expect(used.length).toBeGreaterThan(40);
  expect(codesIn(rows)).toEqual(used);
  expect(rows).toHaveLength(used.length);
});
