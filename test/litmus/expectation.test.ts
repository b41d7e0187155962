/** Who is promised what, along the lineage and beside it. */
import { describe, expect, it } from "vitest";
import { checkExpectations, expectationFor } from "../../src/litmus/index.ts";
import { read, small } from "./support.ts";

const lineage = ["v5.7", "v5.8", "v5.9-rc4", "v5.9", "v5.11", "v6.1"];
const names = [...lineage, "peter-xu-v1", "stable-5.10"];

function file(text: string) {
  return read(small("", `exists (true)\nwith ${text}`));
}

function mistakes(text: string) {
  const source = small("", `exists (true)\nwith ${text}`);
  return checkExpectations(read(source), names, lineage).map(
    ({ code, span, message }) => `${code} ${source.slice(span.start, span.end)}: ${message}`,
  );
}

describe("the expectation for a kernel", () => {
  const promised = (text: string) =>
    names.map((name) => expectationFor(file(text), name, lineage)?.[0] ?? "-").join("");

  it.each([
    ["..v5.8: always; v5.9..: never", "aa-nnn--"],
    ["v5.9-rc4: sometimes", "--s-----"],
    ["v5.8..v5.9: never", "-nnn----"],
    ["..: never", "nnnnnn--"],
    ["..: never; stable-5.10: always", "nnnnnn-a"],
  ])("is, with %s, %s", (text, expected) => expect(promised(text)).toBe(expected));

  it("falls back to the result of a comment", () => {
    const both = read(small("", "(*\n * Result: Sometimes\n *)\nexists (true)\nwith v5.7: never"));
    expect(names.map((name) => expectationFor(both, name, lineage)?.[0])).toEqual([..."nsssssss"]);
  });
});

describe("the expectation under weak memory order", () => {
  const promised = (text: string, memory: "sequential" | "weak") =>
    names.map((name) => expectationFor(file(text), name, lineage, memory)?.[0] ?? "-").join("");

  it("is the weak one where there is one, else the plain one", () => {
    const text = "..: never; v5.8..v5.9 weak: sometimes; stable-5.10 weak: always";
    expect(promised(text, "sequential")).toBe("nnnnnn--");
    expect(promised(text, "weak")).toBe("nsssnn-a");
  });

  it("may differ from the plain one, and may not be stated twice", () => {
    expect(mistakes("v5.8: never; v5.8 weak: sometimes")).toEqual([]);
    expect(mistakes("v5.8 weak: never; v5.7..v5.9 weak: sometimes")).toEqual([
      "PF143 v5.7..v5.9 weak: sometimes: v5.8 is expected to do two different things. Keep one.",
    ]);
  });
});

describe("mistakes in expectations", () => {
  it("are none in what is right", () => {
    expect(mistakes("..v5.8: always; v5.9..: never; peter-xu-v1: sometimes")).toEqual([]);
    expect(mistakes("..v5.9: never; v5.8: never")).toEqual([]);
  });

  it.each([
    ["v5.9-rc5: never", "PF140 v5.9-rc5: No kernel is called `v5.9-rc5`. Did you mean `v5.9-rc4`?"],
    ["..v5.99: never", "PF140 v5.99: No kernel is called `v5.99`. Did you mean `v5.9`?"],
    ["banana: never", "PF140 banana: No kernel is called `banana`. `pinfold kernels` lists them."],
    [
      "v5.8..stable-5.10: never",
      "PF141 stable-5.10: stable-5.10 is not on the mainline lineage, along which a range runs. " +
        "Name it alone: `stable-5.10: never`.",
    ],
    ["v5.9 .. v5.7: never", "PF142 v5.9 .. v5.7: v5.9 comes after v5.7. Write `v5.7..v5.9`."],
    [
      "..v5.9: never; v5.8: always",
      "PF143 v5.8: always: v5.8 is expected to do two different things. Keep one.",
    ],
  ])("are told of %s", (text, expected) => expect(mistakes(text)).toEqual([expected]));

  it("are all told", () => {
    expect(mistakes("v5.77: never; stable-5.10..: never; v6.1..v5.7: always")).toHaveLength(3);
  });
});
