/** Reviews: what a kernel fixes, breaks and costs; a wrong decision or path does not pass. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { findKernel, withDecisions } from "../../src/kernels/index.ts";
import { expand, parseFile, type Test } from "../../src/litmus/index.ts";
import { reviewHtml } from "../../src/synth/output/review-html.ts";
import { reviewJson } from "../../src/synth/output/review-json.ts";
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
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(76);
    const flat = text.replace(/\s+/g, " ");
    expect(flat).toContain(
      "lost DMA write, thp: P0 { h = ibv_reg_mr(x, WRITE); r0 = fork(P1); x = 1;",
    );
    expect(flat).toMatch(/P0: r0 = fork\(P1\); ENOMEM; P0:x -> frame \d+ R dirty/);
    expect(flat).toMatch(/saves at most one load and no read-modify-write per page/);
    expect(flat).toMatch(/"test anon_vma" is reached by .*It excludes none of them/);
    expect(flat).toContain("Still wrong, as before: thp: THP+fork");
  });

  it("tells in HTML and JSON what the mail had no room for", () => {
    const page = reviewHtml(found);
    expect(page).toContain("THP+fork");
    expect(page).not.toMatch(/(src|href)=/);
    const document = JSON.parse(reviewJson(found));
    expect(document).toMatchObject({ schema: 1, kernel: "linus-2020-09-25", base: "v5.9-rc4" });
    expect(document.unmended).toMatchObject([{ test: "THP+fork", verdict: "always" }]);
    const names = document.broken.map(({ litmus }: { litmus: string }) => litmus.split("\n")[0]);
    expect(new Set(names).size).toBe(names.length);
  });

  it("sets real kernels beside its programs", () => {
    const result = (hits: number, trials: number) => ({ hits, trials, status: "ok" }) as never;
    const program = "P0 { h = pin(x); x = 1; }";
    const real = {
      rigs: ["debian:5.10", "debian:6.1"],
      programs: [{ name: "A", program, results: [result(100, 100), result(0, 100)] }],
    };
    const text = reviewText(found, real);
    expect(text).toMatch(/h = pin\(x\); x = 1; +red 100\/100 +green 0\/100/);
    expect(text.trimEnd().split("\n").length).toBeLessThanOrEqual(40);
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
