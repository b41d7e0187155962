/** If results change and the page is not written again, it tells readers old figures. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { performancePage, performancePicture } from "../../scripts/performance-docs.ts";
import { top } from "../../scripts/repository.ts";

test.each([
  ["performance.md", performancePage],
  ["performance.svg", performancePicture],
])("docs/%s says what bench/results says (run `npm run docs`)", (name, written) => {
  expect(readFileSync(join(top, "docs", name), "utf8")).toBe(written());
});

test("the race of v5.9 is found and proved absent on v6.12, wherever the search is complete", () => {
  const rows = performancePage().match(/^\| \d.*$/gm) ?? [];
  const complete = rows.filter((row) => !row.includes("cut"));
  expect(complete.length).toBeGreaterThan(10);
  for (const row of complete)
    expect(row).toMatch(row.includes("v5.9") ? /\| sometimes \|/ : /\| never \|/);
});
