/**
 * `check --reductions` and its twins. Were one of them lost on its way to the search, the counts
 * would not change; did one change more than the counts, a verdict would rest on how it was found.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pinfold } from "../support/cli.ts";

const twins = `Linux twins
"Two threads that are alike write a page while their process forks."
{ page x = anon; }
P0 { fork(P1); }
P0.T1 { x = 1; }
P0.T2 { x = 1; }
P1 { r0 = x; }
exists (P1:r0 = 1)
`;
const inLibrary = (path: string): string =>
  fileURLToPath(new URL(`../../litmus/${path}.litmus`, import.meta.url));
const race = inLibrary("races/FORK+two-threads-write");
const pinned = inLibrary("seed/FORK+gup-fast");

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pinfold-check-reductions-"));
  writeFileSync(join(folder, "twins.litmus"), twins);
});
afterAll(() => rmSync(folder, { recursive: true }));

const check = (...given: readonly string[]) => pinfold(["check", ...given], { folder });

interface Result {
  readonly states: number;
  readonly transitions: number;
  readonly seconds: number;
  readonly restsOn: readonly { readonly name: string }[];
}

async function results(...given: readonly string[]): Promise<readonly Result[]> {
  const { out, err } = await check(...given, "--format", "json");
  expect(err).toBe("");
  return (JSON.parse(out) as { results: readonly Result[] }).results;
}

const states = async (...given: readonly string[]): Promise<number> =>
  (await results(...given)).reduce((sum, one) => sum + one.states, 0);

/** Everything but what was searched: verdict, observation, valuations, run, notes. */
const answers = (found: readonly Result[]) =>
  found.map((one) => ({ ...one, states: 0, transitions: 0, seconds: 0, restsOn: [] }));

const asked = (result: Result): readonly string[] => result.restsOn.map(({ name }) => name);

describe("check --reductions and --no-reductions", () => {
  test.each([
    ["a race of two stores and a fork", race, "v5.9,v6.12"],
    ["a pin that fork overtakes", pinned, "v5.9,v5.11"],
  ])("same answers, fewer states: %s", async (_, path, names) => {
    const [reduced, plain] = await Promise.all([
      results(path, "-k", names, "--reductions"),
      results(path, "-k", names, "--no-reductions"),
    ]);
    expect(plain).toHaveLength(2);
    expect(answers(reduced)).toEqual(answers(plain));
    for (const [at, one] of reduced.entries()) {
      expect(one.states).toBeLessThan(plain[at]!.states);
      // To know what may be left out, more is asked.
      expect(asked(one)).toEqual(expect.arrayContaining([...asked(plain[at]!)]));
    }
  });

  test("a search that is small is plain unless reductions are asked for", async () => {
    const [plain] = await results(pinned, "-k", "v5.9", "--no-reductions");
    const [usual] = await results(pinned, "-k", "v5.9");
    expect({ ...usual, seconds: 0 }).toEqual({ ...plain, seconds: 0 });
  });

  test("another answer would be noticed", async () => {
    const before = answers(await results(pinned, "-k", "v5.9", "--reductions"));
    const after = answers(await results(pinned, "-k", "v5.11", "--reductions"));
    expect({ ...before[0], kernel: "" }).not.toEqual({ ...after[0], kernel: "" });
  });

  test("each twin does without its own reduction", async () => {
    const counted = (...more: string[]) => states("twins.litmus", "-k", "v5.9", ...more);
    const whole = await counted("--reductions");
    const plain = await counted("--no-reductions");
    const without = await Promise.all(
      ["--no-ample", "--no-chains", "--no-symmetry"].map((one) => counted("--reductions", one)),
    );
    for (const count of without) expect(count).toBeGreaterThan(whole);
    expect(new Set(without).size).toBe(3);
    expect(await counted("--reductions", "--no-ample", "--no-symmetry")).toBe(plain);
  });

  test("they reach every thread", async () => {
    const given = [race, pinned, "twins.litmus", "-k", "v5.9", "--reductions"];
    const still = (found: readonly Result[]) => found.map((one) => ({ ...one, seconds: 0 }));
    const alone = still(await results(...given));
    expect(still(await results(...given, "--workers", "3"))).toEqual(alone);
  });
});

describe("a checkpoint of a search with reductions", () => {
  const given = [race, "-k", "v5.9", "--format", "json"];

  test("is gone on with by the same ones", async () => {
    const cut = await check(...given, "--reductions", "--limit-states", "100", "--checkpoint", "a");
    expect(cut.code).toBe(124);
    const [whole] = await results(race, "-k", "v5.9", "--reductions");
    const [resumed] = await results(race, "-k", "v5.9", "--reductions", "--resume", "a");
    expect({ ...resumed, seconds: 0 }).toEqual({ ...whole, seconds: 0 });
  });

  test.each([
    [[], "not with reductions (ample, chains, symmetry) after 500,000 states"],
    [["--no-reductions"], "not without reductions"],
    [["--reductions", "--no-chains"], "not with reductions (ample, symmetry) from the first state"],
  ])("is refused by others: %s", async (others, not) => {
    await check(...given, "--reductions", "--limit-states", "100", "--checkpoint", "b");
    const { code, out, err } = await check(...given, ...others, "--resume", "b");
    expect(err).toContain("byte 0: error PF402: this is a checkpoint of a search with reductions");
    expect(err).toContain(`(ample, chains, symmetry) from the first state, ${not}`);
    expect(out).toBe("");
    expect(code).toBe(2);
  });
});
