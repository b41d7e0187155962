import { describe, expect, test } from "vitest";
import { drawDiagnostic, drawDiagnostics } from "../../src/report/diagnostics.ts";
import { plainLook } from "../../src/report/style.ts";
import type { Diagnostic } from "../../src/step/diagnostic.ts";

const text = "Linux T\n{ page x = anon; }\nP0 {\n\tfrok(P1);\n}\n";
const start = text.indexOf("frok");
const typo: Diagnostic = {
  code: "PF101",
  severity: "error",
  message: "there is no operation frok",
  span: { start, end: start + 4 },
  notes: [{ message: "P1 is meant to be forked", span: { start: text.indexOf("P1"), end: 38 } }],
  fix: { span: { start, end: start + 4 }, replacement: "fork" },
};

describe("a diagnostic", () => {
  test("place, code, message, the line with carets, the note, what to write", () => {
    expect(
      `\n${drawDiagnostic(typo, { file: "t.litmus", text }, plainLook)}\n`,
    ).toMatchInlineSnapshot(`
      "
      t.litmus:4:2: error PF101: there is no operation frok
        4 |  frok(P1);
          |  ^^^^
        note: t.litmus:4:7: P1 is meant to be forked
        4 |  frok(P1);
          |       ^
        write: fork
      "
    `);
  });

  test("carets stand under the span even where the line is cut to a narrow terminal", () => {
    const long = `${"a ".repeat(60)}frok(P1);`;
    const at = long.indexOf("frok");
    const diagnostic: Diagnostic = { ...typo, span: { start: at, end: at + 4 }, notes: [] };
    const lines = drawDiagnostic(
      diagnostic,
      { file: "t", text: long },
      { color: false, width: 40 },
    );
    const [, source = "", carets = ""] = lines.split("\n");
    expect(source.slice(carets.indexOf("^"), carets.lastIndexOf("^") + 1)).toBe("frok");
    expect(source.length).toBeLessThanOrEqual(40);
  });

  test("several are drawn in the order of their places", () => {
    const first: Diagnostic = { ...typo, code: "PF100", span: { start: 0, end: 5 } };
    const drawn = drawDiagnostics([typo, first], { file: "t", text }, plainLook);
    expect(drawn.indexOf("PF100")).toBeLessThan(drawn.indexOf("PF101"));
  });

  test("an offset behind the end of the file is its end", () => {
    const end: Diagnostic = { ...typo, span: { start: 999, end: 1000 }, notes: [] };
    expect(drawDiagnostic(end, { file: "t", text }, plainLook)).toContain("t:6:1:");
  });

  test("colour only where it is asked for", () => {
    const escapeCharacter = String.fromCharCode(27);
    const source = { file: "t", text };
    expect(drawDiagnostic(typo, source, plainLook)).not.toContain(escapeCharacter);
    expect(drawDiagnostic(typo, source, { color: true, width: 80 })).toContain(escapeCharacter);
  });
});
