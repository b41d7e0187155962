/** Every mistake is told once, at its place, in words that say what to write. */
import { describe, expect, it } from "vitest";
import { diagnosticCodes, parseFile, position } from "../../src/litmus/index.ts";
import { rightParts, textOf } from "./typo.ts";
import { meaningTypos } from "./typos-meaning.ts";
import { syntaxTypos } from "./typos-syntax.ts";

const typos = [...syntaxTypos, ...meaningTypos];

function seen(text: string) {
  return parseFile(text).diagnostics.map(({ code, span, message }) => {
    const { line, column } = position(text, span.start);
    return { code, at: `${line}:${column}`, message };
  });
}

describe("a mistake makes one error at its place", () => {
  it("finds nothing wrong with the test that the mistakes are made in", () => {
    expect(seen(textOf({}))).toEqual([]);
  });

  it.each(typos)("$code at $at: $wrong", ({ wrong, code, at, message }) => {
    expect(seen(textOf(wrong))).toEqual([{ code, at, message }]);
  });

  it.each(typos.filter(({ cured }) => cured))("offers the cure of $wrong", ({ wrong }) => {
    const text = textOf(wrong);
    const fix = parseFile(text).diagnostics[0]?.fix;
    expect(fix).toBeDefined();
    const { span, replacement } = fix!;
    const cured = text.slice(0, span.start) + replacement + text.slice(span.end);
    expect(seen(cured)).toEqual([]);
  });

  it("uses only codes that are described", () => {
    for (const { code } of typos) expect(Object.keys(diagnosticCodes)).toContain(code);
  });
});

describe("several mistakes", () => {
  it("are all told, in the order of the text", () => {
    const text = textOf({
      declarations: "{ page x = anno; page y = thp; }",
      first:
        "P0 {\n  frok(P1);\n  y[9] = 1;\n  h = pin(y, WRIT)\n  dma_write(hh, 2);\n  r0 = y;\n}",
      condition: "exists (P0:r1 = 1 /\\ P7:r0 = 2)",
      expectations: "with ..v5.7: alway; v5.8..: never",
    });
    expect(seen(text).map(({ code, at }) => `${code} ${at}`)).toEqual([
      "PF109 3:12",
      "PF101 5:3",
      "PF112 6:3",
      "PF103 7:14",
      "PF008 7:19",
      "PF105 8:13",
      "PF118 12:12",
      "PF108 12:22",
      "PF014 13:14",
    ]);
  });

  it("of one name are told once", () => {
    const first = "P0 { fork(P1); y = 1; y = 2; r0 = y; r0 = x; }";
    expect(seen(textOf({ first })).map(({ code }) => code)).toEqual(["PF104"]);
  });
});

describe("what is broken is not missed elsewhere", () => {
  it("does not miss a handle whose making cannot be read", () => {
    const first = "P0 { fork(P1); h = pin(x WRITE); dma_write(h, 2); r0 = x; }";
    expect(seen(textOf({ first })).map(({ code }) => code)).toEqual(["PF010"]);
  });

  it("does not miss a page whose declaration cannot be read", () => {
    expect(seen(textOf({ declarations: "{ page x anon; }" })).map(({ code }) => code)).toEqual([
      "PF009",
    ]);
  });

  it("but misses both in a test that reads well", () => {
    const first = "P0 { fork(P1); dma_write(h, 2); r0 = y; }";
    expect(seen(textOf({ first })).map(({ code }) => code)).toEqual(["PF105", "PF104"]);
  });
});

describe("the ends of the text", () => {
  it.each([
    ["", "PF004 1:1"],
    ["  \n", "PF004 2:1"],
    ["Linux T", "PF006 1:8"],
    ["Linux T\n{", "PF007 2:2"],
    ["Linux T\n{ page x = anon;", "PF007 2:17"],
    ["Linux T\n{ page x = anon; } P0 { x = 1", "PF007 2:30"],
    ["Linux T\n{ page x = anon; } P0 { x = 1; }", "PF013 2:33"],
    ["Linux T\n{ page x = anon; } P0 { x = 1; } exists (", "PF012 2:42"],
    ["Linux T\n{ page x = anon; } P0 { x = 1; } exists (x = 1) with", "PF014 2:53"],
  ])("points into %j", (text, expected) => {
    const all = seen(text).map(({ code, at }) => `${code} ${at}`);
    expect(all[0]).toBe(expected);
    expect(all).toHaveLength(1);
  });

  it("takes a file without docs, expectations or a last semicolon", () => {
    const { title, declarations, first, second, condition } = rightParts;
    expect(seen([title, declarations, first, second, condition].join("\n"))).toEqual([]);
  });
});
