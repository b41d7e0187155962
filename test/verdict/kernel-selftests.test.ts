/**
 * What Linux's own self-tests said on real kernels, against what the library promises for the same
 * question. The golden matrix holds the model to those promises, so this holds it to the kernels.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { top } from "../../scripts/repository.ts";
import { lineage } from "../../src/kernels/index.ts";
import { expectationFor } from "../../src/litmus/index.ts";
import { library } from "./library.ts";

const kernels = ["stable-5.10", "stable-6.1", "stable-6.12", "v7.2"] as const;

interface Row {
  /** The self-test's program, our words for its scenario and for its page. */
  readonly cell: string;
  /** pass, fail, xfail or skip, for each kernel. */
  readonly results: readonly string[];
  /** The library's test that asks the same. */
  readonly test: string | undefined;
  /** What each result says of the test's answer. */
  readonly answers: ReadonlyMap<string, string>;
}

const usualAnswers = ["pass=never", "fail=always", "xfail=always"];

function rowOf(line: string): Row {
  const [program, scenario, page, ...rest] = line.split("\t");
  const words = [...usualAnswers, ...(rest[5] ?? "").split(" ").filter((word) => word !== "")];
  return {
    cell: `${program}: ${scenario}, ${page}`,
    results: rest.slice(0, 4),
    test: rest[4],
    answers: new Map(words.map((word) => word.split("=") as [string, string])),
  };
}

const promises = new Map(library("selftest").map(({ test: one, file }) => [one.name, file]));

/** The cells of a row in which the real kernel and the promise differ. */
function differences(row: Row): readonly string[] {
  const file = promises.get(row.test ?? "");
  if (file === undefined) return [`${row.cell}: there is no test ${row.test}`];
  return kernels.flatMap((kernel, at) => {
    const result = row.results[at]!;
    const promised = expectationFor(file, kernel, lineage);
    if (promised === row.answers.get(result)) return [];
    return [`${row.cell} on ${kernel}: ${result}, but ${row.test} promises ${promised}`];
  });
}

function rowsOf(file: string): readonly Row[] {
  return readFileSync(join(top, "litmus/selftest", file), "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map(rowOf);
}

const rows = rowsOf("cells.tsv");
const others = rowsOf("other-cells.tsv");

describe("Linux's self-tests on real kernels", () => {
  test("every cell is what the library promises", () => {
    expect(rows.flatMap(differences)).toEqual([]);
  });

  test("all cells of both programs are there, each with a question of ours", () => {
    const cells = new Map(rows.map((row) => [row.cell, row]));
    expect(cells.size).toBe(213);
    expect([...cells.values()].filter((row) => row.test === undefined)).toEqual([]);
  });

  test("the page that shows them counts them right", () => {
    const cells = [...new Map(rows.map((row) => [row.cell, row])).values()];
    const page = readFileSync(join(top, "docs/kernel-selftests.md"), "utf8");
    const count = (word: string, at: number) =>
      cells.filter(({ results }) => results[at] === word).length;
    for (const word of ["pass", "fail", "xfail", "skip"]) {
      const counts = kernels.map((_, at) => count(word, at));
      expect(page).toContain(`| ${word} | ${counts.join(" | ")} |`);
    }
  });

  test("so is every cell of the other programs that has a test", () => {
    expect(others.flatMap(differences)).toEqual([]);
    const page = readFileSync(join(top, "docs/kernel-selftests.md"), "utf8");
    const cells = [...new Map(others.map((row) => [row.cell, row])).values()];
    const programs = new Set(cells.map(({ cell }) => cell.slice(0, cell.indexOf(":"))));
    const of = (program: string) => cells.filter(({ cell }) => cell.startsWith(`${program}: `));
    const count = (program: string, word: string) =>
      kernels.map((_, at) => of(program).filter(({ results }) => results[at] === word).length);
    expect(programs.size).toBeGreaterThan(4);
    for (const program of programs)
      for (const word of ["pass", "fail", "skip"])
        if (count(program, word).some((cells) => cells > 0))
          expect(page).toContain(
            `| \`${program}\`: ${word} | ${count(program, word).join(" | ")} |`,
          );
  });

  test("another result, and a test that is not there, are found", () => {
    const row = rows.find((one) => one.test === "ROPIN+soft-dirty+anon")!;
    expect(row.results).toEqual(["fail", "pass", "pass", "pass"]);
    expect(differences({ ...row, results: ["pass", "pass", "pass", "fail"] })).toHaveLength(2);
    expect(differences({ ...row, test: "NONE" })).toHaveLength(1);
  });
});
