/** A test's hash is about what it does, not what it is called or expected to do. */
import { describe, expect, it } from "vitest";
import { hashText, testHash } from "../../src/litmus/index.ts";
import { read } from "./support.ts";

const text =
  'Linux A\n"doc"\nCVE=1\n{ page x = anon; }\nP0 { x = 1; r0 = x; }\nexists (P0:r0 = 1)\nwith ..: never\n';

describe("a test's hash", () => {
  const hash = testHash(read(text));

  it("is sixteen hexadecimal digits", () => expect(hash).toMatch(/^[0-9a-f]{16}$/));

  it.each([
    ["name", "Linux A", "Linux B"],
    ["doc", '"doc"', '"other"'],
    ["info", "CVE=1\n", ""],
    ["expectations", "with ..: never", "with ..: always"],
    ["comments", "x = 1;", "(* why *) x = 1; /* so */"],
    ["a result", '"doc"', "(* Result: Never *)"],
    ["layout", "{ x = 1; r0 = x; }", "{\n\n  x = 1;\n  r0=x ;\n}"],
    ["spelling", "(P0:r0 = 1)", "((0:r0 == 0x1))"],
  ])("does not depend on %s", (_what, from, to) => {
    expect(text).toContain(from);
    expect(testHash(read(text.replace(from, to)))).toBe(hash);
  });

  it.each([
    ["a value", "x = 1;", "x = 2;"],
    ["a page kind", "anon", "shmem"],
    ["the condition", "r0 = 1)", "r0 = 2)"],
    ["the quantifier", "exists", "forall"],
    ["the order", "x = 1; r0 = x;", "r0 = x; x = 1;"],
  ])("depends on %s", (_what, from, to) => {
    expect(testHash(read(text.replace(from, to)))).not.toBe(hash);
  });

  it("depends on the size of the pool of huge pages, which is part of the test", () => {
    const pools = ["Hugetlb-pool=1", "Hugetlb-pool=2"].map((line) => text.replace("CVE=1", line));
    const hashes = [text, ...pools].map((one) => testHash(read(one)));
    expect(new Set(hashes).size).toBe(3);
  });

  it("stays what it is from release to release", () => {
    expect(hashText("")).toBe(hashText(""));
    expect([hashText("a"), hashText("ab"), hash]).toMatchInlineSnapshot(`
      [
        "c7834bc4668be771",
        "8f6b8b507a897586",
        "335630b695ee2e75",
      ]
    `);
  });

  it("tells short texts apart", () => {
    const seen = new Set<string>();
    for (let at = 0; at < 20_000; at++) seen.add(hashText(`x = ${at};`));
    expect(seen.size).toBe(20_000);
  });
});
