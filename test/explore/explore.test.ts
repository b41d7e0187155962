/**
 * If a search went on with reductions that save nothing it would take longer than without; if it gave
 * them up where they help it would not end.
 */
import { describe, expect, it } from "vitest";
import { explore } from "../../src/explore/explore.ts";
import { search } from "../../src/explore/search.ts";
import { findKernel } from "../../src/kernels/index.ts";
import type { Row } from "../../src/step/index.ts";
import { Collected } from "../../src/verdict/collect.ts";
import { loadWorld } from "../../src/verdict/world.ts";
import { library } from "../verdict/library.ts";

function explored(name: string, kernel: string) {
  const { test } = library().find((one) => one.test.name === name)!;
  const world = loadWorld(test, findKernel(kernel)!);
  const ends = new Collected(world);
  const onFinal = (row: Row, state: number) => {
    ends.end(row, state);
    return false;
  };
  const options = { cell: "u16", plainStates: 500, onFinal } as const;
  const found = explore(world.model, world.first, options);
  const plain = new Collected(world);
  const all = search(world.model, world.first, {
    cell: "u16",
    onFinal: (row, state) => {
      plain.end(row, state);
      return false;
    },
  });
  expect([...ends.valuations.keys()].sort()).toEqual([...plain.valuations.keys()].sort());
  return { found, all, ends, plain };
}

describe("a search that proves large", { timeout: 120_000 }, () => {
  it("goes on with reductions where they save states; its ends have no numbers then", () => {
    const { found, all, ends } = explored("DONTNEED+gup-fast", "v5.18");
    expect(found.reduced).toBe(true);
    expect(found.states).toBeLessThan(all.states);
    expect(ends.witness === undefined || ends.witness < 0).toBe(true);
  });

  it("goes on plainly where everybody is in everybody's way, and its ends are those of that search", () => {
    const { found, all, ends, plain } = explored("RECLAIM+stale", "v6.12");
    expect(found.reduced).toBe(false);
    expect(found).toMatchObject({ states: all.states, transitions: all.transitions });
    expect(ends.witness).toBe(plain.witness);
  });
});
