import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { entry, pinfold } from "../support/cli.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pinfold-process-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const escapeCharacter = String.fromCharCode(27);

describe("the command line as a process", () => {
  test("--help goes to the standard output and holds the table of exit codes", async () => {
    const { code, out, err } = await pinfold(["--help"]);
    expect(code).toBe(0);
    expect(err).toBe("");
    expect(out).toContain("check|herd");
    expect(out).toContain("130  interrupted");
  });

  test("--version, and herd's -version", async () => {
    const { version } = JSON.parse(
      readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
    );
    expect((await pinfold(["--version"])).out).toBe(`${version}\n`);
    expect((await pinfold(["-version"])).out).toBe(`${version}\n`);
  });

  test.each([
    ["an unknown command", ["chek", "x"], "Did you mean check?"],
    ["an unknown option", ["check", "x", "--kernl", "v5.9"], "Did you mean --kernel?"],
    ["a missing argument", ["check"], "missing required argument"],
    ["a value that is none of the choices", ["check", "x", "--schedule", "fre"], "free, serial"],
    ["a count that is none", ["check", "x", "--limit-states", "many"], "whole number"],
    ["no command at all", [], "Usage: pinfold"],
    ["a missing file", ["check", "gone.litmus"], "cannot find gone.litmus"],
    [
      "an unknown kernel",
      ["check", "litmus/seed", "--kernel", "v5.9-rc5"],
      "did you mean v5.9-rc4?",
    ],
    ["an unknown format", ["kernels", "--format", "yaml"], "unknown format"],
  ])("%s: 2, on the error stream, with what to do", async (_what, given, words) => {
    const { code, out, err } = await pinfold(given);
    expect(err).toContain(words);
    expect(out).toBe("");
    expect(code).toBe(2);
  });

  test("a reader that goes away ends it quietly", () => {
    const { stdout, stderr, status } = spawnSync(
      "bash",
      ["-c", 'set -o pipefail; "$0" "$1" kernels --format json | head -1', process.execPath, entry],
      { encoding: "utf8" },
    );
    expect(stdout).toBe("{\n");
    expect(stderr).toBe("");
    expect(status).toBe(0);
  });

  test("colour where it is forced, none where NO_COLOR or --color=never says so", async () => {
    const out = async (given: readonly string[], environment = {}) =>
      (await pinfold(["kernels", ...given], { environment })).out.includes(escapeCharacter);
    expect(await out([])).toBe(false);
    expect(await out([], { FORCE_COLOR: "1" })).toBe(true);
    expect(await out([], { FORCE_COLOR: "1", NO_COLOR: "1" })).toBe(false);
    expect(await out(["--color=always"])).toBe(true);
    expect(await out(["--color=never"], { FORCE_COLOR: "1" })).toBe(false);
    expect(await out(["--no-color"], { FORCE_COLOR: "1" })).toBe(false);
  });

  test("40 columns hold the lineage", async () => {
    const { out } = await pinfold(["kernels"], { environment: { COLUMNS: "40" } });
    expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(40);
  });
});

describe("pinfold fmt", () => {
  const messy = 'Linux messy\n"a"\n{page x=anon;}\nP0{x=1;r0=x;}\nexists(P0:r0=1)\n';

  test("--check changes nothing and says 1; without it the file is rewritten once", async () => {
    const path = join(folder, "messy.litmus");
    writeFileSync(path, messy);
    const checked = await pinfold(["fmt", "--check", "messy.litmus"], { folder });
    expect(checked).toMatchObject({ code: 1, out: "messy.litmus\n" });
    expect(readFileSync(path, "utf8")).toBe(messy);
    expect((await pinfold(["fmt", "messy.litmus"], { folder })).code).toBe(0);
    expect(readFileSync(path, "utf8")).toContain("{ page x = anon; }");
    expect(await pinfold(["fmt", "--check", "."], { folder })).toMatchObject({ code: 0, out: "" });
  });

  test("- reads the standard input", async () => {
    const { code, out } = await pinfold(["fmt", "-"], { input: messy });
    expect(code).toBe(0);
    expect(out).toContain("{ page x = anon; }");
  });

  test("a file with an error is left as it is", async () => {
    const path = join(folder, "wrong.litmus");
    writeFileSync(path, messy.replace("anon", "annon"));
    const { code, err } = await pinfold(["fmt", "wrong.litmus"], { folder });
    expect(code).toBe(2);
    expect(err).toMatch(/wrong\.litmus:3:\d+: error PF\d+/);
    expect(readFileSync(path, "utf8")).toContain("annon");
    rmSync(path);
  });
});

describe("pinfold emit", () => {
  test("prints C on the standard output or into a file", async () => {
    const { code, out } = await pinfold(["emit", "litmus/seed/MPROTECT+pin.litmus"]);
    expect(code).toBe(0);
    expect(out).toContain("int main(");
    const file = join(folder, "out.c");
    const written = await pinfold(["emit", "litmus/seed/MPROTECT+pin.litmus", "-o", file]);
    expect(written.out).toBe("");
    expect(readFileSync(file, "utf8")).toBe(out);
  });
});
