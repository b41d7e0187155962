/**
 * If a cell fails, an interface takes pages on a modelled kernel otherwise than in that kernel's source:
 * tests that register memory there ask about another program.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { top } from "../../scripts/repository.ts";
import { findKernel, kernels, lineage, withDecisions } from "../../src/kernels/index.ts";
import type { Kernel } from "../../src/kernels/kernel.ts";
import { otherPinners, readKernels } from "../../src/kernels/other-pinners.ts";
import { flagWords, takenPages } from "../../src/kernels/pins.ts";
import { drawPins, drawPinsOfAll, pinsJson } from "../../src/report/pins.ts";

const [head, ...rows] = readFileSync(join(top, "test/fixtures/gup-flags.tsv"), "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"))
  .map((line) => line.split("\t"));
const columns = head!.slice(1).map((words) => words.split(" ").flatMap(kernelsOf));

/** "v5.7..v6.1" or a name. */
function kernelsOf(words: string): readonly string[] {
  const [from, to] = words.split("..");
  if (to === undefined) return [from!];
  return lineage.slice(lineage.indexOf(from!), lineage.indexOf(to) + 1);
}

const cells = rows.flatMap(([user, ...flags]) =>
  flags.flatMap((words, at) => columns[at]!.map((kernel) => ({ user: user!, kernel, words }))),
);

function wordsOf(kernel: Kernel, user: string): string {
  const found = takenPages(kernel).find((one) => one.user === user)!;
  return found.flags === undefined ? "-" : flagWords(found.flags);
}

describe("how interfaces take pages", () => {
  test.each(cells)("$user on $kernel: $words", ({ user, kernel, words }) => {
    expect(wordsOf(findKernel(kernel)!, user)).toBe(words);
  });

  test("the fixture has every interface and every kernel once", () => {
    expect(rows.map(([user]) => user)).toEqual(takenPages(kernels[0]!).map(({ user }) => user));
    expect(columns.flat().sort()).toEqual(kernels.map(({ name }) => name).sort());
  });

  test("a decision set otherwise changes its interface's cells and no others", () => {
    const base = findKernel("v6.12")!;
    const changed = withDecisions(base, "changed", { "interface.directIo": "get" });
    const differing = rows.filter(([user]) => wordsOf(base, user!) !== wordsOf(changed, user!));
    expect(differing.map(([user]) => user)).toEqual([
      "O_DIRECT, a file is read into memory",
      "O_DIRECT, memory is written to a file",
    ]);
  });
});

describe("the pinners that are no statement", () => {
  test("each says what it does on a kernel whose tree was read", () => {
    for (const { user, flags } of otherPinners) {
      expect(Object.keys(flags).length, user).toBeGreaterThan(0);
      for (const kernel of Object.keys(flags)) expect(readKernels).toContain(kernel);
    }
  });

  test("are printed for every kernel, and as not read where nobody read it", () => {
    const look = { color: false, width: 100 };
    expect(drawPins(findKernel("stable-5.10")!, look)).toContain(
      "udmabuf over a memfd: does not exist",
    );
    expect(drawPins(findKernel("v5.9")!, look)).toContain("udmabuf over a memfd: not read here");
    expect(drawPins(findKernel("v7.2")!, look)).toContain("KVM");
    expect(JSON.parse(pinsJson([findKernel("v7.2")!])).notModelled).toHaveLength(
      otherPinners.length,
    );
  });
});

test("all kernels: each interface once, kernels that do alike in one line", () => {
  const text = drawPinsOfAll(kernels, { color: false, width: 100 });
  expect(text).toContain("io_uring fixed buffer: io_uring_register(x)\n  v4.19: does not exist\n");
  expect(text).toContain("  v5.7..v6.6: PIN WRITE LONGTERM\n  v6.12..: PIN fast WRITE LONGTERM\n");
});
