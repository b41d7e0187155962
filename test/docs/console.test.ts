import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { repositoryFiles, top } from "../../scripts/repository.ts";
import { consoleBlocks, masked, printed, uncounted, updated } from "../support/console-blocks.ts";

const pages = repositoryFiles((path) => path === "README.md" || /^docs\/[^/]+\.md$/.test(path));

if (process.env.UPDATE_DOCS === "1") {
  for (const [path, page] of pages) {
    writeFileSync(join(top, path), updated(page));
  }
}

describe.each([...pages.keys()])("%s", (path) => {
  const blocks = consoleBlocks(readFileSync(join(top, path), "utf8"));
  const commands = blocks.flatMap((block) => block.commands);
  if (commands.length === 0) {
    test("shows no command", () => expect(blocks).toEqual([]));
  }
  test.each(commands)("$command", ({ command, output }) => {
    expect(uncounted(masked(printed(command)))).toBe(uncounted(output));
  });
});

describe("reading console blocks", () => {
  test("commands, their output, and nothing else", () => {
    const page = "a\n```console\n$ one\nx\n$ two\n```\n```\n$ three\n```\n";
    expect(consoleBlocks(page).flatMap(({ commands }) => commands)).toEqual([
      { command: "one", output: "x\n" },
      { command: "two", output: "" },
    ]);
  });

  test("a page that shows another output than the command's is found, and mended on request", () => {
    const page = "```console\n$ echo right\nwrong\n```\n";
    expect(masked(printed("echo right"))).not.toBe(consoleBlocks(page)[0]?.commands[0]?.output);
    expect(updated(page)).toBe("```console\n$ echo right\nright\n```\n");
  });
});
