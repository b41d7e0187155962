/** The command as a user runs it: the JSON's names, the page, exit codes. */
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { type CliRun, pinfold } from "../support/cli.ts";

const samples = "test/fixtures/audit/samples";

function audit(name: string, ...more: readonly string[]): Promise<CliRun> {
  return pinfold(["audit", `${samples}/${name}`, "--kernel", "v5.4,v5.12", ...more]);
}

describe("JSON of a hazardous fork", () => {
  let run: CliRun;
  beforeAll(async () => {
    run = await audit("t01.strace", "--format", "json");
  }, 60_000);

  test("has the promised names", () => {
    const report = JSON.parse(run.out);
    expect(run.code).toBe(1);
    expect(report).toMatchObject({
      schema: 1,
      findings: [
        {
          rule: "PIN-FORK-PRIVATE",
          severity: "high",
          confidence: "certain",
          fork: { line: 39 },
          verdicts: { "v5.12": "never" },
        },
      ],
      blindSpots: [],
      forks: { total: 1, safe: 0, hazardous: 1 },
    });
    expect(report.findings[0].verdicts["v5.4"]).toMatch(/sometimes|always/);
    expect(report.findings[0].pins).toHaveLength(1);
    expect(report.findings[0].advice.length).toBeGreaterThan(0);
    expect(report.findings[0].occurrences).toHaveLength(1);
  });
});

describe("exit codes and pages", () => {
  test("a safe program ends with 0, one that nobody could watch with 4", async () => {
    const safe = await audit("t02.strace", "--format", "json");
    expect([safe.code, JSON.parse(safe.out).findings]).toEqual([0, []]);
    const blind = await audit("t51.strace", "--format", "json");
    expect(blind.code).toBe(4);
    expect(JSON.parse(blind.out).forks).toMatchObject({ hazardous: 0, safe: 0, total: 1 });
  }, 60_000);

  test("HTML stands alone and draws every fork", async () => {
    const { out } = await audit("t12.strace", "--format", "html");
    expect(out).toMatch(/^<!doctype html>/);
    expect(out.match(/<circle /g)).toHaveLength(3);
    expect(out).not.toMatch(/<script|src=|https?:/);
  }, 60_000);

  test("facts add a target, and the findings' tests are a C program", async () => {
    const folder = mkdtempSync(join(tmpdir(), "pinfold-audit-"));
    const facts = join(folder, "facts.json");
    const kernel = { name: "vendor", base: "v5.4", copyOnFork: true };
    writeFileSync(facts, JSON.stringify({ schema: 1, kernel }));
    const program = join(folder, "tests.c");
    const more = ["--facts", facts, "--emit-c", program, "--emit-litmus", folder];
    const run = await audit("t01.strace", "--format", "json", ...more);
    expect(JSON.parse(run.out).findings[0].verdicts).toMatchObject({ vendor: "never" });
    expect(readFileSync(program, "utf8")).toContain("io_uring");
    expect(readdirSync(folder)).toContain("audit-pin-io-uring-anon-w-exits.litmus");
    writeFileSync(facts, "{}");
    const refused = await audit("t01.strace", "--facts", facts);
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining("facts.json: schema")]);
  }, 60_000);

  test("a kernel file that is missing is a usage error", async () => {
    const run = await pinfold(["audit", `${samples}/t01.strace`, "--kernel", "./nowhere.ts"]);
    expect([run.code, run.err]).toEqual([2, expect.stringContaining("nowhere.ts")]);
  }, 60_000);
});
