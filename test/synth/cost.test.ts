/** What a fork costs: the tables that eras.md derives by hand, counted from the paths. */
import { describe, expect, it } from "vitest";
import { findKernel } from "../../src/kernels/index.ts";
import { forkCost, mostSpared, savingOfCountsLast } from "../../src/synth/cost.ts";
import { savingText } from "../../src/synth/output/cost-report.ts";

const kernel = (name: string) => findKernel(name)!;

function costs(name: string, ...classes: readonly string[]): readonly string[] {
  const all = forkCost(kernel(name));
  return classes.map((wanted) => {
    const one = all.find(({ pages }) => pages === wanted)!;
    return `${one.loads}+${one.readModifyWrites}+${one.copies}`;
  });
}

const usual = ["anon", "anon, the process pinned once", "anon, shared with a child"];
const cache = "page cache, other pages were written";

describe("the cost of fork", () => {
  it("was two read-modify-writes and no load before pins were looked for", () => {
    expect(costs("v5.9-rc4", ...usual, "anon, pinned")).toEqual(Array(4).fill("0+2+0"));
  });

  it("is one load more for every page with the simple patch, whatever the process did", () => {
    expect(costs("linus-2020-09-25", ...usual, cache)).toEqual(Array(4).fill("1+2+0"));
    expect(costs("linus-2020-09-25", "anon, pinned")).toEqual(["2+0+1"]);
  });

  it("reads the page's count only where the process ever pinned, from v5.9", () => {
    expect(costs("v5.9", ...usual)).toEqual(["1+2+0", "2+2+0", "1+2+0"]);
  });

  it("has an atomic clear of PageAnonExclusive from v5.19, once, and no load for shared pages", () => {
    expect(costs("v5.19", ...usual, cache)).toEqual(["1+3+0", "2+3+0", "0+2+0", "0+2+0"]);
  });

  it("does not touch what fork does not walk", () => {
    expect(costs("v6.12", "shared memory")).toEqual(["0+0+0"]);
  });
});

describe("counts read last", () => {
  const saving = savingOfCountsLast(kernel("linus-2020-09-25"))!;

  it("spare one load at most where nothing is pinned, and never a read-modify-write", () => {
    expect(mostSpared(saving.filter(({ pinned }) => !pinned))).toEqual({
      loads: 1,
      readModifyWrites: 0,
    });
    expect(mostSpared(saving).readModifyWrites).toBe(0);
    expect(savingText(saving)).toMatch(/at most one load and no read-modify-write per page/);
  });

  it("spare nothing where they are last already", () => {
    expect(savingOfCountsLast(kernel("v5.9"))).toBeUndefined();
  });
});
