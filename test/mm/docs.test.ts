/**
 * The examples in docs/mm.md and in the docstrings of the objects: each block runs, and each
 * `expression; // value` must give that value. A page that lies is worse than none.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { top } from "../../scripts/repository.ts";
import { findKernel, withDecisions } from "../../src/kernels/index.ts";
import { whyDecision } from "../../src/kernels/why.ts";
import * as mm from "../../src/mm/index.ts";

interface Block {
  readonly name: string;
  readonly text: string;
}

interface Checked {
  readonly expression: string;
  readonly found: unknown;
  readonly promised: unknown;
}

/** The ts blocks of a page, imports left out. */
function blocksOf(page: string): readonly Block[] {
  const text = readFileSync(join(top, page), "utf8");
  return [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map((match, at) => ({
    name: `${page}, example ${at + 1}`,
    text: match[1]!.replace(/^import .*$/gm, ""),
  }));
}

/** The @example blocks of a source file. */
function examplesOf(path: string): readonly Block[] {
  const text = readFileSync(join(top, path), "utf8");
  return [...text.matchAll(/@example\n([\s\S]*?)\*\//g)].map((match, at) => ({
    name: `${path}, example ${at + 1}`,
    text: match[1]!.replace(/^\s*\* ?/gm, ""),
  }));
}

/** Runs a block; every line `expression; // value` becomes a comparison. */
function run({ text }: Block): readonly Checked[] {
  const checked: Checked[] = [];
  const lines = text.split("\n").map((line) => {
    const promise = /^(?!const |let )(.+); \/\/ (.+)$/.exec(line.trim());
    if (promise === null) return line;
    const [, expression, comment] = promise as unknown as [string, string, string];
    const value = valueText(comment);
    if (value === undefined) return line;
    return `__check(${JSON.stringify(expression)}, (${expression}), (${value}));`;
  });
  const javascript = ts.transpile(lines.join("\n"), { target: ts.ScriptTarget.ES2022 });
  const scope = {
    ...mm,
    findKernel,
    withDecisions,
    whyDecision,
    __check: (expression: string, found: unknown, promised: unknown) =>
      checked.push({ expression, found, promised }),
  };
  // In a block of its own, an example may name its things as paths and state are named.
  new Function(...Object.keys(scope), `{${javascript}}`)(...Object.values(scope));
  return checked;
}

/** `1`, `"ENOMEM"`, `true`, `[{ ... }]`, each perhaps with an explanation after a colon; else nothing. */
function valueText(comment: string): string | undefined {
  const value = /^(-?\d+|"[^"]*"|true|false|\[.*\]|FAULT_[A-Z]+)(?=$|:|,)/.exec(comment);
  return value?.[1];
}

const blocks = [
  ...blocksOf("docs/mm.md"),
  ...examplesOf("src/mm/object/mm.ts"),
  ...examplesOf("src/kernels/why.ts"),
];

describe("what is shown is what happens", () => {
  test.each(blocks)("$name", (block) => {
    const checked = run(block);
    expect(checked.length).toBeGreaterThan(0);
    for (const { expression, found, promised } of checked)
      expect(found, expression).toEqual(promised);
  });

  test("there are examples, and a wrong one would be noticed", () => {
    expect(blocks.length).toBeGreaterThan(9);
    const [wrong] = run({ name: "wrong", text: "1 + 1; // 3: a lie" });
    expect(wrong?.found).not.toEqual(wrong?.promised);
  });
});

test("every file of paths is importable from the index", () => {
  const index = readFileSync(join(top, "src/mm/paths.ts"), "utf8");
  for (const file of mm.pathFiles) expect(index).toContain(`"./${file}"`);
});

test("the mail's words are there", () => {
  expect(mm).toMatchObject({
    copy_present_page: expect.any(Function),
    copy_present_pte: expect.any(Function),
    page_maybe_dma_pinned: expect.any(Function),
    do_wp_page: expect.any(Function),
  });
});
