/**
 * Whether a write goes in place or to a copy, on real kernels and in the model, by the frame itself:
 * what a test's words cannot tell apart.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { top } from "../../scripts/repository.ts";
import { search } from "../../src/explore/search.ts";
import { findKernel } from "../../src/kernels/index.ts";
import { pte_frame } from "../../src/mm/pte.ts";
import { entryAt, reader } from "../../src/verdict/observe.ts";
import { loadWorld } from "../../src/verdict/world.ts";
import { testOf } from "./library.ts";

const kernels = ["stable-5.10", "stable-6.1", "stable-6.12", "v7.2"] as const;

interface Row {
  readonly page: string;
  readonly first: string;
  readonly others: string;
  readonly results: readonly string[];
}

const rows: readonly Row[] = readFileSync(join(top, "test/fixtures/selftests/frames.tsv"), "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"))
  .map((line) => line.split("\t"))
  .map(([page, first, others, ...results]) => ({
    page: page!,
    first: first!,
    others: others!,
    results,
  }));

/** The frames that P0's page may have when everybody has come to the end. */
function lastFrames({ page, first, others }: Row, kernel: string, write: string): Set<number> {
  const body = `P0 { ${first} ${write} }\n${others}`;
  const text = `Linux T\n{ page x = ${page}; }\n${body}\nexists (true)\n`;
  const world = loadWorld(testOf(text), findKernel(kernel)!);
  const frames = new Set<number>();
  const onFinal = (row: Parameters<typeof reader>[1]): boolean => {
    frames.add(pte_frame(entryAt(world, reader(world, row), 0, 0)));
    return false;
  };
  search(world.model, world.first, { cell: "u16", maxStates: 100_000, onFinal });
  return frames;
}

function modelled(row: Row, kernel: string): string {
  const [before, ...otherStarts] = lastFrames(row, kernel, "");
  const [after, ...otherEnds] = lastFrames(row, kernel, "x = 1;");
  if (otherStarts.length > 0 || otherEnds.length > 0) return "in place or copied";
  return before === after ? "in place" : "copied";
}

describe("in place or copied, as real kernels do it", () => {
  test.each(rows)("$page: $first $others", (row) => {
    expect(kernels.map((kernel) => modelled(row, kernel))).toEqual(row.results);
  });

  test("the kernels differ, so that a wrong one is found", () => {
    expect(rows).toHaveLength(17);
    expect(new Set(rows.flatMap(({ results }) => results))).toEqual(
      new Set(["in place", "copied"]),
    );
    expect(rows.filter(({ results }) => new Set(results).size > 1).length).toBeGreaterThan(3);
  });
});
