import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { entry, pinfold } from "../support/cli.ts";

const mprotect = (name: string, tail: string): string => `Linux ${name}
"A pinned page is made read-only and writable again."
{ page x = anon; }
P0 { h = io_uring_register(x); mprotect(x, R); mprotect(x, RW); x = 1; dma_write(h, 2); r0 = x; }
${tail}
`;

/** More interleavings than anyone waits for. */
const endless = `Linux endless
"Four threads write and pin at will."
{ page x = anon; page y = anon; page z = anon; }
P0 { x = 1; y = 1; z = 1; fork(P1); x = 2; y = 2; z = 2; }
P0.T1 { a = pin(x, WRITE | FAST); x = 3; unpin(a); y = 3; r1 = z; }
P0.T2 { b = pin(y, WRITE | FAST); y = 4; unpin(b); z = 4; r2 = x; }
P0.T3 { c = pin(z, WRITE | FAST); z = 5; unpin(c); x = 5; r3 = y; }
P1 { x = 6; y = 6; z = 6; }
exists (P0:r0 = 1)
`.replace("exists (P0:r0 = 1)", "exists (P0.T1:r1 = 9)");

const files: Record<string, string> = {
  right: mprotect("right", "exists (P0:r0 = 1)\nwith ..v5.8: never; v5.9..v5.18: always"),
  wrong: mprotect("wrong", "exists (P0:r0 = 1)\nwith v5.9: never"),
  vacuous: mprotect("vacuous", "filter (P0:r0 = 7)\nexists (P0:r0 = 1)"),
  endless,
};

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pinfold-check-process-"));
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, `${name}.litmus`), text);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

const check = (...given: readonly string[]) => pinfold(["check", ...given], { folder });

describe("pinfold check as a process", () => {
  test("as expected: 0, nothing on the error stream", async () => {
    const { code, out, err } = await check("right.litmus", "--kernel", "v5.8,v5.9");
    expect(out).toContain("v5.8 never | v5.9 always");
    expect(err).toBe("");
    expect(code).toBe(0);
  });

  test("not as expected: 1, the mismatch and the run are shown", async () => {
    const { code, out } = await check("wrong.litmus", "--kernel", "v5.9");
    expect(out).toContain("not as expected (expected Never)");
    expect(out).toContain("P0: dma_write(h, 2);");
    expect(code).toBe(1);
  });

  test("vacuous with nothing expected: 4", async () => {
    const { code, out } = await check("vacuous.litmus", "--kernel", "v5.9");
    expect(out).toContain("Flag vacuous");
    expect(out).toMatch(/^Observation vacuous Vacuous 0 0$/m);
    expect(code).toBe(4);
  });

  test("a limit that was reached: 124, and no verdict is claimed", async () => {
    const { code, out } = await check("right.litmus", "--kernel", "v5.9", "--limit-states", "10");
    expect(out).toContain("unknown beyond 10 states");
    expect(out).not.toMatch(/^Observation \S+ (Never|Always)/m);
    expect(code).toBe(124);
  });

  test.each([
    [["--timeout", "1"], "unknown beyond 1 s"],
    [["--max-memory", "2"], "unknown beyond 2 MB of states"],
  ])("%s cuts a search: 124, and no verdict is claimed", async (limits, bound) => {
    const { code, out } = await check("endless.litmus", "--kernel", "v5.9", ...limits);
    expect(out).toContain(bound);
    expect(out).toContain("proves nothing");
    expect(code).toBe(124);
  });

  test("fingerprints find the same, and say what they may have missed", async () => {
    const exact = await check("right.litmus", "--kernel", "v5.9");
    const brief = await check("right.litmus", "--kernel", "v5.9", "--fingerprint");
    const note = "Note states told apart by 64 bits: the chance that one was missed is below 1e-16";
    expect(brief.out).toContain(note);
    const rest = (out: string) => out.replace(/^(Time|Note) .*\n/gm, "");
    expect(rest(brief.out)).toBe(rest(exact.out));
  });

  test("any number of threads prints the same", async () => {
    const seed = fileURLToPath(new URL("../../litmus/seed", import.meta.url));
    const [one, three] = [await check(seed), await check(seed, "--workers", "3")];
    expect(three.out).toBe(one.out);
    expect(one.code).toBe(0);
  });

  test("herd's name and options", async () => {
    const { code, out } = await pinfold(["herd", "right.litmus", "-model", "v5.9"], { folder });
    expect(out).toMatch(/^Observation right Always 1 0$/m);
    expect(code).toBe(0);
  });

  test("--format json is JSON and nothing else", async () => {
    const { out } = await check("right.litmus", "--kernel", "v5.9", "--format", "json");
    expect(JSON.parse(out)).toMatchObject({
      schema: 1,
      results: [{ test: "right", kernel: "v5.9", verdict: "always", complete: true }],
    });
  });

  test("| head -1 ends quietly", () => {
    const script = 'set -o pipefail; "$0" "$1" check right.litmus --kernel v5.9 -v | head -1';
    const given = ["-c", script, process.execPath, entry];
    const { stdout, stderr } = spawnSync("bash", given, { cwd: folder, encoding: "utf8" });
    expect(stdout).toBe("Test right Allowed\n");
    expect(stderr).toBe("");
  });

  test("an interrupt prints what is known: 130", async () => {
    const { code, out } = await interrupted("--limit-states", "1e9");
    expect(out).toMatch(/^Verdict v5\.9 (Unknown|Not run)/m);
    expect(code).toBe(130);
  });

  test("an interrupt while steps are traced for reductions keeps what was found before", async () => {
    const { code, out } = await interrupted("--reductions", "--checkpoint", "cut.json");
    expect(out).toMatch(/^Verdict v5\.9 Unknown .*interrupted/m);
    expect(code).toBe(130);
    const before = statesIn(out);
    const more = ["--reductions", "--resume", "cut.json", "--limit-states", `${before + 5000}`];
    const resumed = await check("endless.litmus", "--kernel", "v5.9", "-q", ...more);
    expect(resumed.code).toBe(124);
    expect(statesIn(resumed.out)).toBeGreaterThan(before);
  }, 120_000);
});

/** The endless test, interrupted after some seconds. */
async function interrupted(...more: readonly string[]): Promise<{ code: unknown; out: string }> {
  const given = [entry, "check", "endless.litmus", "--kernel", "v5.9", "-q", ...more];
  const child = spawn(process.execPath, given, { cwd: folder });
  let out = "";
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  setTimeout(() => child.kill("SIGINT"), 4000);
  const code = await new Promise((resolve) => child.on("close", resolve));
  return { code, out };
}

const statesIn = (out: string): number =>
  Number(/([\d,]+) states/.exec(out)?.[1]?.replaceAll(",", ""));
