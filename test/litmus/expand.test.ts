/** A matrix is as many tests as it has cells, each named by its words. */
import { describe, expect, it } from "vitest";
import { expand, testHash } from "../../src/litmus/index.ts";
import { read } from "./support.ts";

function cells(declarations: string) {
  return expand(read(`Linux M\n{ ${declarations} }\nP0 { x = 1; }\nexists (x = 1)`));
}

describe("expanding a matrix", () => {
  it("leaves a file without one alone", () => {
    const [test, ...others] = cells("page x = anon;");
    expect(others).toEqual([]);
    expect(test!.name).toBe("M");
  });

  it("names a test by the words of its value", () => {
    const tests = cells(
      "for kind in shared anon, swapped thp, wiped around thp { page x = $kind; }",
    );
    expect(tests.map(({ name }) => name)).toEqual([
      "M+shared-anon",
      "M+swapped-thp",
      "M+wiped-around-thp",
    ]);
    expect(tests.map(({ declarations }) => declarations)).toMatchObject([
      [{ pageKind: "shared anon", modifiers: [] }],
      [{ pageKind: "thp", modifiers: ["swapped"] }],
      [{ pageKind: "thp", modifiers: ["wiped around"] }],
    ]);
  });

  it("joins the value's modifiers with the page's, in one order", () => {
    const tests = cells("for kind in anon swapped, anon { page x = readonly $kind; }");
    expect(tests.map(({ declarations }) => declarations[0]!.modifiers)).toEqual([
      ["readonly", "swapped"],
      ["readonly"],
    ]);
  });

  it("multiplies matrices, the last turning fastest, and keeps plain pages", () => {
    const tests = cells(
      "for a in anon, thp { page x = $a; } page y = anon; for b in shmem, file { page z = $b; }",
    );
    expect(tests.map(({ name }) => name)).toEqual([
      "M+anon+shmem",
      "M+anon+file",
      "M+thp+shmem",
      "M+thp+file",
    ]);
    expect(tests[3]!.declarations.map(({ name, pageKind }) => `${name} ${pageKind}`)).toEqual([
      "x thp",
      "y anon",
      "z file",
    ]);
  });

  it("makes tests of different hashes", () => {
    const tests = cells("for kind in anon, shmem, thp { page x = $kind; }");
    expect(new Set(tests.map(testHash)).size).toBe(3);
  });
});
