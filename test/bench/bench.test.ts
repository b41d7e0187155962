/** A bench that ignores what it does not know, or whose threads change an answer, misleads. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const main = fileURLToPath(new URL("../../dist/bench/main.js", import.meta.url));

function bench(...given: readonly string[]) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [main, ...given], {
    encoding: "utf8",
    timeout: 60_000,
  });
  return { stdout, stderr, status };
}

function race(...given: readonly string[]) {
  const { stdout } = bench("race", "--pages", "2", "--pinners", "2", "--json", ...given);
  return JSON.parse(stdout) as Record<string, unknown>;
}

describe("the bench's command line", () => {
  test("prints the six figures and nothing else", () => {
    const figures = ["verdict", "states", "transitions", "seconds", "rssMb", "runLength"];
    expect(Object.keys(race("--safe"))).toEqual(figures);
  });

  test.each([
    ["race", "--pags", "3"],
    ["race", "--pages", "x"],
    ["race", "--pages", "0"],
    ["race", "--safe", "--racy"],
    ["race", "3"],
    ["lookup", "--slots", "0"],
    ["model"],
    ["peers", "--workers", "2"],
    ["rase"],
  ])("refuses %s %s %s", (...given) => {
    const { stderr, status } = bench(...given);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^bench: .+\n/);
    expect(stderr).not.toMatch(/ at .*:\d+/);
  });
});

describe("threads of one search", () => {
  const plain = ["--no-reductions", "--plain-states", "1000"];
  const counted = ({ verdict, states, transitions, runLength }: Record<string, unknown>) => {
    return { verdict, states, transitions, runLength };
  };

  test("find every state and transition that one finds", { timeout: 60_000 }, () => {
    const known = { verdict: "safe", states: 290_374, transitions: 1_016_880, runLength: null };
    expect(counted(race(...plain, "--workers", "3"))).toEqual(known);
    expect(counted(race(...plain, "--workers", "2"))).toEqual(known);
  });

  test("give the same run to a bug, at the same counts", { timeout: 60_000 }, () => {
    const alone = counted(race("--racy", ...plain));
    expect(alone).toMatchObject({ verdict: "bug", runLength: 26 });
    expect(counted(race("--racy", ...plain, "--workers", "2"))).toEqual(alone);
  });
});
