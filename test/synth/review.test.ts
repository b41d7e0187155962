/** Reviews: what a kernel fixes, breaks and costs; a wrong decision or path does not pass. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { findKernel, withDecisions } from "../../src/kernels/index.ts";
import { expand, parseFile, type Test } from "../../src/litmus/index.ts";
import { reviewText } from "../../src/synth/output/review-text.ts";
import { promises } from "../../src/synth/promises.ts";
import { review } from "../../src/synth/review.ts";

const kernel = (name: string) => findKernel(name)!;
const plain = (name: string) => ({ kernel: kernel(name), machine: undefined });

function seed(name: string): Test {
  const url = new URL(`../../litmus/seed/${name}.litmus`, import.meta.url);
  const parsed = parseFile(readFileSync(url, "utf8"));
  if (!parsed.ok) throw new Error(name);
  return expand(parsed.value)[0]!;
}

describe("review", () => {
  const library = ["RDMA+fork+child-alive", "THP+fork", "ALLOC+atomic"].map(seed);
  const found = review(plain("linus-2020-09-25"), plain("v5.9-rc4"), library);

  it("says that the simple fix mends small pages, not huge ones, nor a failed allocation", () => {
    expect(found.changed.map(({ test, from, to }) => [test.name, from, to])).toEqual([
      ["RDMA+fork+child-alive", "always", "never"],
      ["ALLOC+atomic", "never", "sometimes"],
    ]);
    const ways = found.broken.map(({ kinds, families }) => `${kinds} ${families}`);
    expect(ways).toContain("thp fork,rdma");
    expect(ways).toContain("anon failing-fork,rdma");
    expect(ways).not.toContain("anon fork,rdma");
  });

  it("fits into a mail and names the huge page", () => {
    const text = reviewText(found);
    expect(text.trimEnd().split("\n").length).toBeLessThanOrEqual(40);
    expect(text).toMatch(/thp/);
    expect(text).toMatch(/may fail alloc/);
  });

  it("catches one wrong decision", () => {
    const wrong = withDecisions(kernel("v6.1"), "wrong", { "gup.unshare": "never" });
    const { broken, tests } = review({ kernel: wrong, machine: undefined }, plain("v6.1"), []);
    expect(broken.some(({ isNew }) => isNew)).toBe(true);
    expect(tests.length).toBeGreaterThan(0);
  });

  it("has nothing to say of a kernel that is its base", () => {
    const same = withDecisions(kernel("v6.1"), "same", {});
    const { broken, tests, changed } = review(
      { kernel: same, machine: undefined },
      plain("v6.1"),
      library,
    );
    expect({ changed, tests }).toEqual({ changed: [], tests: [] });
    expect(broken.some(({ isNew }) => isNew)).toBe(false);
  });
});

describe("promises", () => {
  it("are kept by v6.1 for registered memory, and broken by v5.8", () => {
    const options = { pages: 1, depth: 5, families: ["write", "rdma", "fork", "exit", "dma"] };
    expect(promises(kernel("v6.1"), options)).toMatchObject({ broken: [], complete: true });
    const { broken } = promises(kernel("v5.8"), options);
    expect(broken.map(({ outcome }) => outcome)).toContain("lost DMA write");
  });
});
