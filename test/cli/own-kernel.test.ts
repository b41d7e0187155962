/**
 * If these fail, whoever writes a kernel of their own is told of a crash, or of nothing, instead of
 * the mistake.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { top } from "../../scripts/repository.ts";
import { pinfold } from "../support/cli.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pinfold-own-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const lost = join(top, "litmus/seed/RDMA+fork+child-gone.litmus");
const head = 'import { kernel } from "pinfold/kernel";\n';
const kernelOf = (body: string): string =>
  `${head}export default kernel({ name: "mine", extends: "v6.1", ${body} });\n`;

const mistakes: readonly (readonly [string, string, string, string])[] = [
  ["a syntax error", `${head}export default kernel({ name: "mine", `, "PF201", "mine.ts:"],
  ["no kernel at all", "export default 42;\n", "PF301", "mine.ts:1:1"],
  ["no default export", "export const x = 1;\n", "PF301", "mine.ts:1:1"],
  [
    "a kernel that throws when it is loaded",
    `throw new Error("x");\n${kernelOf("")}`,
    "PF311",
    "mine.ts:1:1",
  ],
  [
    "an unknown decision",
    kernelOf('decisions: { "fork.copyPined": false }'),
    "PF306",
    "mine.ts:2:",
  ],
  [
    "a value no kernel has",
    kernelOf('decisions: { "fork.copyPinned": "no" }'),
    "PF307",
    "mine.ts:2:",
  ],
  [
    "an unknown path",
    kernelOf("paths: { dup_mmapp: function* (m, c) {} }"),
    "PF308",
    "did you mean",
  ],
  ["other parameters", kernelOf("paths: { dup_mmap: function* (m) {} }"), "PF309", "mine.ts:2:"],
  [
    "a path outside the dialect",
    kernelOf('paths: { dup_mmap: function* (m, c) { yield "x"; try { return 0; } catch {} } }'),
    "PF203",
    "mine.ts:2:",
  ],
  [
    "an unknown base",
    `${head}export default kernel({ name: "mine", extends: "v6.11" });\n`,
    "PF304",
    "mine.ts:2:",
  ],
  [
    "an import in a circle",
    `import { x } from "./mine.ts";\nexport const y = x;\n${kernelOf("")}`,
    "PF312",
    "mine.ts:1:19",
  ],
  [
    "an import of a name that is not there",
    `import { page_mapcountt } from "pinfold/mm";\n${kernelOf("")}`,
    "PF312",
    "did you mean page_mapcount?",
  ],
  ["state of its own", `let count = 0;\n${kernelOf("")}`, "PF311", "mine.ts:1:1"],
  [
    "a constant that would have to be run",
    `const limit = Math.random();\n${kernelOf("paths: { dup_mmap: function* (m, c) {} }")}`,
    "PF303",
    "mine.ts:1:7",
  ],
  [
    "a helper that calls itself",
    `function deep(m: number): number { return deep(m - 1); }\n${kernelOf("paths: { dup_mmap: function* (m, c) {} }")}`,
    "PF203",
    "mine.ts:1:10",
  ],
  [
    "a path that is no generator",
    kernelOf("paths: { dup_mmap: function (m, c) {} }"),
    "PF303",
    "write dup_mmap: function* (...)",
  ],
  [
    "a path that is no function",
    kernelOf("paths: { dup_mmap: undefined }"),
    "PF303",
    "dup_mmap: function* (...)",
  ],
  [
    "a field that the state does not have",
    kernelOf('paths: { dup_mmap: function* (m, c) { yield "x"; page.reff[0] = 1; } }'),
    "PF203",
    "mine.ts:2:",
  ],
];

describe("a kernel of one's own on the command line", () => {
  test.each(mistakes)("%s is told in place", async (_, source, code, where) => {
    writeFileSync(join(folder, "mine.ts"), source);
    const run = await pinfold(["check", lost, "-q", "--kernel", "./mine.ts"], { folder });
    expect(run.err.toLowerCase()).toContain(where.toLowerCase());
    expect(run.err).toContain(code);
    expect(run.err).not.toContain("    at ");
    expect(run.code).toBe(2);
  });

  test("a file that is not there", async () => {
    const { code, err } = await pinfold(["check", lost, "-k", "./gone.ts"], { folder });
    expect(err).toContain("PF310");
    expect(err).not.toContain("    at ");
    expect(code).toBe(2);
  });

  test("a decision of its own changes a verdict, and is held to what its base should do", async () => {
    writeFileSync(join(folder, "mine.ts"), kernelOf('decisions: { "fork.copyPinned": false }'));
    const { code, out } = await pinfold(["check", lost, "-q", "-k", "v6.1,./mine.ts"], { folder });
    expect(out).toContain("v6.1 never");
    expect(out).toMatch(/mine always \(expected never\)/);
    expect(code).toBe(1);
  });
});
