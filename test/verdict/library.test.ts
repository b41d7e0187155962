/**
 * The golden matrix: every test of the library on every kernel, against what the test itself
 * promises. A cell that changes here is a kernel that the model now describes otherwise.
 */
import { afterAll, describe, expect, test } from "vitest";
import { findKernel, type Kernel, kernels, lineage } from "../../src/kernels/index.ts";
import { expectationFor } from "../../src/litmus/index.ts";
import { type Standing, standing } from "./expectations.ts";
import { type LibraryTest, library, testOf } from "./library.ts";

const statesMax = 20_000;
const counts = new Map<Standing, number>();

function note(word: Standing): void {
  counts.set(word, (counts.get(word) ?? 0) + 1);
}

/** The cells of one test that are not what it promises, as "v5.8: never expected, sometimes found". */
function wrongCells({ file, test: one }: LibraryTest, on: readonly Kernel[]): readonly string[] {
  return on.flatMap((kernel) => {
    const expected = expectationFor(file, kernel.name, lineage);
    const { standing: word, result } = standing(one, kernel, expected, statesMax);
    note(word);
    if (word !== "wrong") return [];
    return [`${kernel.name}: ${expected} expected, ${result.verdict} found`];
  });
}

const cells = library().map((one) => ({ ...one, name: `${one.shelf}/${one.test.name}` }));

describe("every library test on every kernel", () => {
  test.each(cells)("$name", { timeout: 120_000 }, (cell) => {
    expect(wrongCells(cell, kernels)).toEqual([]);
  });

  afterAll(() => {
    const words = [...counts].map(([word, count]) => `${count} ${word}`).join(", ");
    process.stdout.write(`golden matrix: ${words}\n`);
  });
});

describe("the matrix can go red", () => {
  test("an expectation that is wrong is found wrong", () => {
    const one = testOf(`Linux T
{ page x = anon; }
P0 { h = pin(x, WRITE | LONGTERM); fork(P1); x = 1; dma_write(h, 2); r0 = x; }
P1 { }
exists (P0:r0=1)
`);
    const on = (name: string, expected: "never" | "always"): Standing =>
      standing(one, findKernel(name)!, expected, statesMax).standing;
    expect(on("v5.9-rc4", "always")).toBe("as expected");
    expect(on("v5.9-rc4", "never")).toBe("wrong");
    expect(on("v5.11", "never")).toBe("as expected");
    expect(on("v5.11", "always")).toBe("wrong");
  });

  test("a cut search is not taken for a wrong one, nor for a right one", () => {
    const [race] = library("races");
    expect(standing(race!.test, findKernel("v5.11")!, "never", 5).standing).toBe("cut");
  });

  test("an operation that the kernel refuses is told apart from a test that cannot happen", () => {
    const text = (pin: string): string => `Linux T
{ page x = anon; }
P0 { h = ${pin}; x = 1; dma_write(h, 2); r0 = x; }
exists (P0:r0=1)
`;
    const old = findKernel("v4.19")!;
    const refused = standing(testOf(text("io_uring_register(x)")), old, "never", statesMax);
    expect(refused.result.verdict).toBe("vacuous");
    expect(refused.standing).toBe("refused");
  });
});
