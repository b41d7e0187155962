/** "Did you mean" says what a reader would say, or nothing. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nearest, operations } from "../../src/litmus/index.ts";

const names = operations.map(({ name }) => name);

describe("the nearest word", () => {
  it.each([
    ["frok", "fork"],
    ["vfrok", "vfork"],
    ["forkk", "fork"],
    ["Fork", "fork"],
    ["munnmap", "munmap"],
    ["ibv_regmr", "ibv_reg_mr"],
    ["awiat", "await"],
    ["singal", "signal"],
    ["dma_wirte", "dma_write"],
    ["io_uring_regsiter", "io_uring_register"],
  ])("of %s is %s", (word, expected) => expect(nearest(word, names)).toBe(expected));

  it.each(["sleep", "q", "", "zzzz", "collapse"])("of %s is none", (word) =>
    expect(nearest(word, names)).toBeUndefined(),
  );

  it("is not the word itself", () => expect(nearest("fork", ["fork"])).toBeUndefined());

  it("prefers fewer edits, then the earlier candidate", () => {
    expect(nearest("v5.9-rc5", ["v5.9", "v5.9-rc4", "v5.9-rc7"])).toBe("v5.9-rc4");
  });

  it("finds every operation with two neighbours swapped", () => {
    const long = names.filter((name) => name.length >= 4);
    fc.assert(
      fc.property(fc.constantFrom(...long), fc.nat(), (name, at) => {
        const i = at % (name.length - 1);
        const typo = name.slice(0, i) + name[i + 1] + name[i] + name.slice(i + 2);
        fc.pre(!names.includes(typo));
        expect(nearest(typo, names)).toBeDefined();
      }),
    );
  });
});
