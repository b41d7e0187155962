/** One large test on several threads: the answer is that of one, to the letter. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pinfold } from "../support/cli.ts";

/** Sometimes, after some 300,000 states: long enough for helpers to come. */
const large = `Linux large
"A page is reclaimed while two threads write and a third reads."
{ page x = anon; page y = anon; }
P0 { x = 1; y = 1; }
P0.T1 { x = 3; }
P0.T2 { r2 = x; }
K0 { may reclaim(x); }
exists (P0.T2:r2 = 3)
`;

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pinfold-check-threads-"));
  writeFileSync(join(folder, "large.litmus"), large);
});
afterAll(() => rmSync(folder, { recursive: true }));

async function answer(...given: readonly string[]): Promise<unknown> {
  const { out, err, code } = await pinfold(
    ["check", "large.litmus", "--kernel", "v5.9", "--format", "json", ...given],
    { folder },
  );
  expect(err).toBe("");
  const { results } = JSON.parse(out) as { results: readonly { seconds: number }[] };
  return { code, results: results.map((result) => ({ ...result, seconds: 0 })) };
}

test("verdict, run, counts and what it rests on do not depend on --workers", async () => {
  const alone = await answer("--workers", "1");
  expect(alone).toMatchObject({ code: 0, results: [{ verdict: "sometimes", complete: true }] });
  expect(await answer("--workers", "3")).toEqual(alone);
});

test("nor does where a bound cuts the search", async () => {
  const alone = await answer("--workers", "1", "--limit-states", "90000");
  expect(alone).toMatchObject({ results: [{ states: 90_001, complete: false }] });
  expect(await answer("--workers", "3", "--limit-states", "90000")).toEqual(alone);
});
