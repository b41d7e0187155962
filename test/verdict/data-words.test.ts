/** Numbers larger than a cell come back as they were written, whole or by halves, and no two are one. */
import { expect, test } from "vitest";
import { findKernel } from "../../src/kernels/index.ts";
import { check } from "../../src/verdict/check.ts";
import { cellOf, dataWordsOf, decoded, encoded } from "../../src/verdict/data-words.ts";
import { testOf } from "./library.ts";

const ends = (statements: string, condition: string) => {
  const text = `Linux T\n{ page x = anon; page y = anon; }\nP0 { ${statements} }\nexists (${condition})\n`;
  return check(testOf(text), findKernel("v6.12")!).verdict;
};

test.each([
  ["x = 65535; r0 = x;", "P0:r0 = 65535"],
  ["x = 65282; r0 = x;", "P0:r0 = 65282"],
  ["x = 0xffffffff; r0 = x;", "P0:r0 = 0xffffffff /\\ x = 0xffffffff"],
  ["h = pin(x, WRITE); dma_write(h, 70000); r0 = dma_read(h);", "P0:r0 = 70000"],
  ["x.lo = 300; x.hi = 65535; r0 = x;", "P0:r0 = 0xffff012c"],
  ["x = 0x20001; r0 = x.lo; y.hi = 3;", "P0:r0 = 1 /\\ x.hi = 2 /\\ y = 0x30000"],
])("%s", (statements, condition) => {
  expect(ends(statements, condition)).toBe("always");
});

test.each([
  ["x = 70000; y = 4464; r0 = x; r1 = y;", "P0:r0 = P0:r1"],
  ["x = 300; y.lo = 44; r0 = x.lo; r1 = y.lo;", "P0:r0 = P0:r1"],
])("%s keeps two numbers apart", (statements, condition) => {
  expect(ends(statements, condition)).toBe("never");
});

test("a number gets a code that the test does not use", () => {
  const words = dataWordsOf(
    testOf(`Linux T
{ page x = anon; }
P0 { x = 65279; x = 65280; x = 70000; }
exists (x = 1)
`),
  );
  const cells = [65279, 65280, 70000].map((number) => encoded(words, number));
  expect(cells).toEqual([65279, 65278, 65277]);
  expect(cells.map((cell) => decoded(words, cell))).toEqual([65279, 65280, 70000]);
  expect([cellOf(words, 65280), cellOf(words, 65278), cellOf(words, 80000)]).toEqual([
    65278,
    undefined,
    undefined,
  ]);
});
