/**
 * The four patches in examples/ change exactly these verdicts of three shelves, and break nothing
 * that their kernels promise of every state.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { top } from "../../scripts/repository.ts";
import { findKernel, kernels } from "../../src/kernels/index.ts";
import { readUserKernel, type UserKernel } from "../../src/kernels/user.ts";
import { nearest } from "../../src/litmus/index.ts";
import { pathFiles } from "../../src/mm/entries.ts";
import { check } from "../../src/verdict/check.ts";
import { library } from "../verdict/library.ts";

const text = (path: string): string => readFileSync(join(top, path), "utf8");
const sources = pathFiles.map((name) => ({ file: `src/mm/${name}`, text: text(`src/mm/${name}`) }));
const shelves = library("seed", "bugs", "races");
/** Searches larger than this are left to the library's own test. */
const maxStates = 5_000;

function example(name: string): UserKernel {
  const file = `examples/${name}.ts`;
  const read = readUserKernel({ file, text: text(file) }, { kernels, sources, nearest });
  if (!read.ok) throw new Error(read.diagnostics.map(({ message }) => message).join("\n"));
  return read.value;
}

/** "TEST: verdict of the base, verdict of the patch", where they differ. */
function changedCells({ kernel, machine }: UserKernel): readonly string[] {
  const base = findKernel(kernel.extends!)!;
  return shelves.flatMap(({ test: one }) => {
    const before = check(one, base, { maxStates });
    const after = check(one, kernel, { maxStates, ...(machine ? { machine } : {}) });
    const isCut = !before.complete || !after.complete;
    return isCut || before.verdict === after.verdict
      ? []
      : [`${one.name}: ${before.verdict}, ${after.verdict}`];
  });
}

test.each([
  [
    "fork-without-tearing",
    [
      // What the patch pays: the owner's entry is read-only after fork, and its next write faults.
      "WALK+pinned-stays-writable: never, always",
      ...["false-positive", "mixed+stale", "mixed", "one-page", "two-pages", "uring"].map(
        (name) => `TEAR+${name}: sometimes, never`,
      ),
    ],
  ],
  [
    "fork-without-lock",
    ["dontfork", "never-pinned", "two-pages+unpinned+reversed", "two-pages+unpinned"].map(
      (name) => `TEAR+${name}: never, sometimes`,
    ),
  ],
  [
    "vmsplice-copies",
    [
      "LEAK+before-fork+child-gone-map: always, never",
      // A copy does not follow a shared mapping.
      "LEAK+shared+shared-anon: never, always",
      "LEAK+shared+shmem: never, always",
    ],
  ],
  ["preconditions-reordered", []],
])("%s", { timeout: 60_000 }, (name, cells) => {
  expect(changedCells(example(name))).toEqual(cells);
});
