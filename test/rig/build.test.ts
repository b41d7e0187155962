import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compileC } from "../../src/rig/build.ts";
import { findProgram } from "../../src/rig/commands.ts";

const folder = mkdtempSync(join(tmpdir(), "pinfold-build-test-"));
const before = { cache: process.env.XDG_CACHE_HOME, path: process.env.PATH };

beforeAll(() => {
  process.env.XDG_CACHE_HOME = folder;
});
afterAll(() => {
  if (before.cache === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = before.cache;
  rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(findProgram("gcc") === undefined)("compileC", () => {
  const source = (text: string) => [{ name: "test.c", text }];

  it("makes a static program, once for each text", async () => {
    const first = await compileC(source("int main(void) { return 7; }\n"));
    if (!first.ok) throw new Error(first.problem.message);
    expect(first.value).toMatchObject({ warnings: "", cached: false });
    expect(spawnSync(first.value.path).status).toBe(7);
    const again = await compileC(source("int main(void) { return 7; }\n"));
    expect(again).toEqual({ ok: true, value: { ...first.value, cached: true } });
    const other = await compileC(source("int main(void) { return 8; }\n"));
    expect(other.ok && other.value.path).not.toBe(first.value.path);
  });

  it("tells warnings", async () => {
    const built = await compileC(source("int main(void) { int unused; return 0; }\n"));
    expect(built.ok && built.value.warnings).toContain("unused");
  });

  it("names the place of an error", async () => {
    const built = await compileC(source("int main(void) { return x; }\n"));
    expect(built).toMatchObject({ ok: false, problem: { code: "PF609" } });
    expect(!built.ok && built.problem.message).toContain("test.c:1:");
  });
});
