import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { findLitmusFiles } from "../../src/cli/litmus-files.ts";

const folders: string[] = [];

function folderWith(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "pinfold-files-"));
  folders.push(folder);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

afterEach(() => {
  for (const folder of folders.splice(0)) {
    rmSync(folder, { recursive: true });
  }
});

const find = (folder: string, given: readonly string[], includes: readonly string[] = []) => {
  const { files, problems } = findLitmusFiles(given, { folder, includes });
  return { paths: files.map(({ path }) => path), problems };
};

describe("which files are meant", () => {
  test("a folder gives every .litmus file below it, sorted; other files are left out", () => {
    const folder = folderWith({
      "s/b.litmus": "",
      "s/a.litmus": "",
      "s/n/c.litmus": "",
      "s/d.md": "",
    });
    expect(find(folder, ["s"])).toEqual({
      paths: ["s/a.litmus", "s/b.litmus", "s/n/c.litmus"],
      problems: [],
    });
  });

  test("a file meant twice is read once", () => {
    const folder = folderWith({ "a.litmus": "" });
    expect(find(folder, ["a.litmus", ".", "./a.litmus"]).paths).toEqual(["a.litmus"]);
  });

  test("@LIST names one path a line, relative to the list", () => {
    const folder = folderWith({
      "s/@all": "# shelf\na.litmus\n\nn\n",
      "s/a.litmus": "",
      "s/n/b.litmus": "",
    });
    expect(find(folder, ["s/@all"]).paths).toEqual(["s/a.litmus", "s/n/b.litmus"]);
  });

  test("@list reads the list whose own name has no @", () => {
    const folder = folderWith({ list: "a.litmus", "a.litmus": "" });
    expect(find(folder, ["@list"]).paths).toEqual(["a.litmus"]);
  });

  test("a list that names itself ends with a word, not with a loop", () => {
    const folder = folderWith({ "@all": "@all\n" });
    expect(find(folder, ["@all"]).problems[0]).toContain("names itself");
  });

  test("a missing file, an empty folder and a gap in a list are named; the rest is found", () => {
    const folder = folderWith({ "a.litmus": "", "empty/x.md": "", "@all": "gone.litmus\n" });
    const { paths, problems } = find(folder, ["a.litmus", "no.litmus", "empty", "@all"]);
    expect(paths).toEqual(["a.litmus"]);
    expect(problems).toHaveLength(3);
    expect(problems[2]).toContain("listed in @all");
  });

  test("-I folders are looked into", () => {
    const folder = folderWith({ "shelf/a.litmus": "" });
    expect(find(folder, ["a.litmus"]).problems).toHaveLength(1);
    expect(find(folder, ["a.litmus"], ["shelf"]).paths).toEqual(["shelf/a.litmus"]);
  });
});
