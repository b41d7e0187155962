/** `pinfold promote`: shows first, writes only on demand, and refuses what was not proved. */
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { exitCodes } from "../../src/cli/exit-codes.ts";
import { pinfold } from "../support/cli.ts";

const text = (clause: string): string => `Linux T
"In plain words."
{ page x = anon; }
// a comment
P0 { h = pin(x, WRITE); mprotect(x, R); mprotect(x, RW); x = 1; dma_write(h, 2); r0 = x; }
exists (P0:r0 = 1)
with ${clause}
`;

function fileWith(clause: string): string {
  const path = join(mkdtempSync(join(tmpdir(), "promote-")), "T.litmus");
  writeFileSync(path, text(clause));
  return path;
}

describe("promote", () => {
  test("shows what changed and leaves the file", async () => {
    const path = fileWith("v5.8: never; v5.9: never");
    const { code, out } = await pinfold(["promote", path]);
    expect(code).toBe(exitCodes.notAsExpected);
    expect(out).toContain("v5.9: never -> always");
    expect(readFileSync(path, "utf8")).toBe(text("v5.8: never; v5.9: never"));
  });

  test("writes it with --accept, and then has nothing to say", async () => {
    const path = fileWith("v5.8: never; v5.9: never");
    expect((await pinfold(["promote", "--accept", path])).code).toBe(exitCodes.asExpected);
    expect(readFileSync(path, "utf8")).toBe(text("v5.8: never; v5.9: always"));
    expect(await pinfold(["promote", path])).toMatchObject({ code: 0, out: "" });
  });

  test("does not promote a matrix whose tests differ", async () => {
    const path = fileWith("v5.9-rc4: never");
    const matrix = readFileSync(path, "utf8").replace(
      "{ page x = anon; }",
      "{ for kind in anon, shmem { page x = $kind; } }",
    );
    writeFileSync(path, matrix);
    const { code, err } = await pinfold(["promote", "--accept", path]);
    expect(code).toBe(exitCodes.inconclusive);
    expect(err).toContain("not promoted");
    expect(readFileSync(path, "utf8")).toBe(matrix);
  });
});
