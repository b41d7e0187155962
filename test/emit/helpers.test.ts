/**
 * Were a piece of C to call another without naming it, programs would build as long as their tests ask
 * for that other piece by chance, and a reader's own test would be refused by the compiler.
 */
import { describe, expect, test } from "vitest";
import type { Helper } from "../../src/emit/c/runtime/helper.ts";
import { helpers, helpersFor } from "../../src/emit/c/runtime/index.ts";

const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\//g, "");

/** The functions that a piece defines: their names stand before a bracket in a line of their own level. */
function defined({ text }: Helper): readonly string[] {
  const found = withoutComments(text).matchAll(/^static [^=;(]*?\b([a-z]\w*)\([^;]*?\)\n\{/gm);
  return [...found].map(([, name]) => name!);
}

const definers = new Map(helpers.flatMap((one) => defined(one).map((name) => [name, one.name])));

/** Functions of other pieces that a piece calls although nothing it names brings them. */
function unnamed(one: Helper, brings: readonly Helper[]): readonly string[] {
  const there = new Set(brings.map(({ name }) => name));
  const called = withoutComments(one.text).matchAll(/(?<![\w>.])(\w+)\(/g);
  return [...called].flatMap(([, name]) => {
    const by = definers.get(name!);
    return by === undefined || there.has(by) ? [] : [`${one.name} calls ${name} of ${by}`];
  });
}

describe("pieces of emitted C", () => {
  test("the functions they define are found", () => {
    expect(definers.get("part")).toBe("part");
    expect(definers.get("page_around")).toBe("protect_by_uffd");
    expect(definers.size).toBeGreaterThan(150);
  });

  test.each(helpers.map((one) => [one.name, one] as const))(
    "%s names what it calls",
    (name, one) => {
      expect(unnamed(one, helpersFor([name]))).toEqual([]);
    },
  );

  test("a piece that names nothing is told", () => {
    const watcher = helpers.find(({ name }) => name === "protect_by_uffd")!;
    expect(unnamed(watcher, [watcher])).toContain("protect_by_uffd calls part of part");
  });
});
