/**
 * If the explorer dropped or invented a state, SPIN, stepping the same code, would count otherwise:
 * one state more than we, for the time before its row is filled.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { raceModel } from "../../bench/race/model.ts";
import { raceSchema } from "../../bench/race/paths.ts";
import { type PromelaFiles, promela } from "../../src/emit/promela/promela.ts";
import { search } from "../../src/explore/search.ts";
import { findKernel } from "../../src/kernels/index.ts";
import { expand, parseFile } from "../../src/litmus/index.ts";
import { compileText } from "../../src/step/compile.ts";
import { loadWorld } from "../../src/verdict/world.ts";

const hasSpin = ["spin", "gcc"].every((tool) => spawnSync("which", [tool]).status === 0);

function spinStates(files: PromelaFiles): number {
  const folder = mkdtempSync(join(tmpdir(), "pinfold-promela-"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const made = spawnSync("spin", ["-a", "model.pml"], { cwd: folder, encoding: "utf8" });
  expect(made.stdout).toBe("");
  const flags = ["-w", "-O0", "-DSAFETY", "-DNOREDUCE", "-DVECTORSZ=4096", "-o", "pan", "pan.c"];
  const compiled = spawnSync("gcc", flags, { cwd: folder, encoding: "utf8" });
  expect(compiled.stderr).not.toContain("error");
  const { stdout } = spawnSync("./pan", ["-m1000000"], { cwd: folder, encoding: "utf8" });
  rmSync(folder, { recursive: true });
  return Number(/(\d+) states, stored/.exec(stdout)?.[1]);
}

const textOf = (file: string) =>
  readFileSync(fileURLToPath(new URL(file, import.meta.url)), "utf8");

describe.skipIf(!hasSpin)("SPIN counts what the explorer counts", () => {
  it("on the race", () => {
    const file = "../../bench/race/paths.ts";
    const source = { file: "paths.ts", text: textOf(file) };
    const compiled = compileText(raceSchema, [source], ["parent", "child", "gup_fast"]);
    if (!compiled.ok) throw new Error(compiled.diagnostic.message);
    const { model, first } = raceModel({ pages: 1, pinners: 1, rounds: 1, safe: true });
    const { text } = compiled.value;
    expect(spinStates(promela(model, first, { text, cell: "u8", alternatives: 1 }))).toBe(
      2_780 + 1,
    );
  }, 300_000);

  it("on a test of the memory manager", () => {
    const lines = textOf("../../src/mm/machine.generated.js").split("\n");
    const text = lines.filter((line) => line.startsWith("function ")).join("\n");
    const file = parseFile(textOf("../../litmus/seed/FORK+gup-fast.litmus"));
    if (!file.ok) throw new Error(file.diagnostics[0]!.message);
    const [test] = expand(file.value);
    const { model, first } = loadWorld(test!, findKernel("v5.9")!);
    const { states } = search(model, first, { cell: "u16" });
    expect(spinStates(promela(model, first, { text, cell: "u16", alternatives: 2 }))).toBe(
      states + 1,
    );
  }, 600_000);
});
