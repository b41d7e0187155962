/** If a table changes and the pages of docs/ are not written again, they tell readers the old story. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { decisionsPage, kernelsPage } from "../../scripts/kernel-docs.ts";
import { mutationPage } from "../../scripts/mutation-page.ts";
import { top } from "../../scripts/repository.ts";

const page = (name: string): string => readFileSync(join(top, "docs", name), "utf8");

describe("the pages written from the tables (run `npm run docs`)", () => {
  test.each([
    ["kernels.md", kernelsPage],
    ["decisions.md", decisionsPage],
    ["mutation.md", mutationPage],
  ])("%s says what the tables say", (name, written) => {
    expect(page(name)).toBe(written());
  });

  test("a link within kernels.md leads to a heading", () => {
    const text = kernelsPage();
    const anchors = [...text.matchAll(/^#+ (.*)$/gm)].map((match) =>
      match[1]!.toLowerCase().replaceAll(".", "").replaceAll(" ", "-"),
    );
    const links = [...text.matchAll(/\]\(#([^)]*)\)/g)].map((match) => match[1]!);
    expect(links.length).toBeGreaterThan(20);
    for (const link of links) expect(anchors).toContain(link);
  });
});
