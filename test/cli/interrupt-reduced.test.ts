/**
 * Ctrl-C in the middle of a search that leaves states out, as a user has it: were what is saved there
 * not all of such a search, the check that goes on from it would count or conclude something else.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { entry, pinfold } from "../support/cli.ts";

/** Some 80,000 states with reductions, many millions without. */
const pins = `Linux pins
"Four threads pin a page of their own and let go, one drops a page and writes it."
{ page x = anon; page y = anon; page z = anon; page w = anon; }
P0 { madvise(x, DONTNEED); x = 1; r0 = x; }
P0.T1 { h = pin(x, WRITE | FAST); unpin(h); }
P0.T2 { i = pin(y, WRITE | FAST); unpin(i); }
P0.T3 { j = pin(z, WRITE | FAST); unpin(j); }
P0.T4 { k = pin(w, WRITE | FAST); unpin(k); }
exists (~(P0:r0 = 1))
`;
const asked = ["check", "pins.litmus", "--kernel", "v5.18", "--reductions"];

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pinfold-interrupt-"));
  writeFileSync(join(folder, "pins.litmus"), pins);
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Interrupted {
  readonly code: unknown;
  readonly out: string;
  /** The first line of the checkpoint: what kind of search was saved, and how far it is. */
  readonly head: { readonly reduced?: unknown; readonly states: number };
}

async function interruptedAfter(seconds: number): Promise<Interrupted> {
  const given = [entry, ...asked, "-q", "--checkpoint", "cut.json"];
  const child = spawn(process.execPath, given, { cwd: folder });
  let out = "";
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  setTimeout(() => child.kill("SIGINT"), seconds * 1000);
  const code = await new Promise((resolve) => child.on("close", resolve));
  if (code === 0) throw new Error(`the check was over within ${seconds} s`);
  // Interrupted before its search began, a check has nothing to save.
  if (!existsSync(join(folder, "cut.json"))) return { code, out, head: { states: 0 } };
  const bytes = readFileSync(join(folder, "cut.json"));
  return { code, out, head: JSON.parse(bytes.subarray(0, bytes.indexOf(10)).toString()) };
}

/** Interrupted as soon as steps are traced and the search proper is on, however fast the machine is. */
async function interruptedInSearch(): Promise<Interrupted> {
  for (let seconds = 1; ; seconds *= 1.25) {
    const found = await interruptedAfter(seconds);
    if (found.head.reduced !== undefined) return found;
  }
}

async function answered(...more: readonly string[]): Promise<unknown> {
  const { code, out } = await pinfold([...asked, ...more, "--format", "json"], { folder });
  expect(code).toBe(0);
  const { results } = JSON.parse(out) as { results: readonly object[] };
  return results.map((one) => ({ ...one, seconds: 0 }));
}

test("says what is known, exits with 130, and goes on to the same answer and counts", async () => {
  const { code, out, head } = await interruptedInSearch();
  expect(code).toBe(130);
  expect(out).toMatch(/^Search cut, interrupted, .* [\d,]+ states/m);
  expect(out).toMatch(/^Verdict v5\.18 Unknown .*interrupted/m);
  const whole = (await answered()) as readonly { states: number; complete: boolean }[];
  expect(whole).toMatchObject([{ verdict: "never", complete: true }]);
  expect(head.states).toBeLessThan(whole[0]!.states);
  expect(await answered("--resume", "cut.json")).toEqual(whole);
}, 240_000);
