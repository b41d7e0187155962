import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { repositoryFiles, top } from "../../scripts/repository.ts";

const pages = repositoryFiles((path) => path.endsWith(".md"));

/** Targets of a page's links to other files of the repository. */
function linksOf(page: string): readonly string[] {
  const outsideBlocks = page.replace(/^```[\s\S]*?^```$/gm, "");
  const targets = [...outsideBlocks.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? "");
  return targets
    .filter((target) => !/^[a-z]+:|^#/.test(target))
    .map((target) => target.replace(/#.*/, ""));
}

describe("links between pages", () => {
  test.each([...pages.keys()])("%s", (path) => {
    const gone = linksOf(pages.get(path) ?? "").filter(
      (target) => !existsSync(join(top, dirname(path), target)),
    );
    expect(gone).toEqual([]);
  });

  test("a link is found, one in a block or to the net is not", () => {
    const page = "[a](b.md#c) [d](https://e.f)\n```\n[g](h.md)\n```\n";
    expect(linksOf(page)).toEqual(["b.md"]);
  });
});
