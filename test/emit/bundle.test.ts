/** A bundle builds and judges itself without pinfold. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { noCompiler } from "./run-c.ts";

const folder = mkdtempSync(join(tmpdir(), "pinfold-bundle-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const make = spawnSync("make", ["--version"], { stdio: "ignore" }).status === 0;
const why = noCompiler ?? (make ? undefined : "make is not installed");

describe("emit --bundle", () => {
  test.skipIf(why !== undefined)(
    "make, run, compare: agrees, and a changed expectation does not",
    () => {
      const told = spawnSync(
        process.execPath,
        ["--import", "tsx", "src/cli/main.ts", "emit", "litmus/seed/VMSPLICE+child.litmus"].concat([
          "--bundle",
          folder,
          "--kernel",
          "v7.2",
        ]),
        { encoding: "utf8" },
      );
      expect(told.stderr).toBe("");
      for (const name of ["tests.c", "Makefile", "run.sh", "kernel.config", "expected.ktap"]) {
        expect(told.stdout).toContain(join(folder, name));
      }
      const made = spawnSync("make", ["-s", "check"], { cwd: folder, encoding: "utf8" });
      expect([made.status, made.stderr]).toEqual([0, ""]);
      const expected = readFileSync(join(folder, "expected.ktap"), "utf8");
      expect(expected).toContain("# valuation 1 1:r0=0;");
      writeFileSync(join(folder, "expected.ktap"), expected.replace("1:r0=0;", "1:r0=1;"));
      expect(spawnSync("sh", ["run.sh"], { cwd: folder }).status).toBe(1);
    },
  );
});
