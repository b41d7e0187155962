/** Whatever the text, reading it answers: never an exception, never a place outside the text. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatText, parseFile, printFile } from "../../src/litmus/index.ts";
import { samples, withoutSpans } from "./support.ts";

function mustAnswer(text: string): void {
  const result = parseFile(text);
  const faults: string[] = [];
  const failed = result.diagnostics.some(({ severity }) => severity === "error");
  if (result.ok === failed) faults.push("a value beside an error, or none without");
  let last = 0;
  for (const { span, fix, message } of result.diagnostics) {
    if (span.start < last) faults.push(`out of order: ${message}`);
    if (span.end < span.start || span.end > text.length) faults.push(`nowhere: ${message}`);
    if (/undefined|NaN|\[object|\n/.test(message)) faults.push(`no words: ${message}`);
    if (fix !== undefined && fix.span.end > text.length) faults.push(`mends nothing: ${message}`);
    last = span.start;
  }
  expect(faults).toEqual([]);
  if (result.ok) mustRoundTrip(text);
}

/** What is read from a mutation must survive printing and formatting like anything else. */
function mustRoundTrip(text: string): void {
  const file = parseFile(text);
  if (!file.ok) return;
  const again = parseFile(printFile(file.value));
  expect(again.ok && withoutSpans(again.value)).toEqual(withoutSpans(file.value));
  const once = formatText(text);
  const onceText = once.ok ? once.value : "";
  const formatted = parseFile(onceText);
  expect(formatted.ok && withoutSpans(formatted.value)).toEqual(withoutSpans(file.value));
  const twice = formatText(onceText);
  expect(twice.ok && twice.value).toBe(onceText);
}

const sampleTexts = fc.constantFrom(
  ...samples.map(({ text }) => text),
  [
    "Linux K",
    "{ for k in anon, swapped thp { page x[2] = $k; } page y = shmem; }",
    "P0 { may fail alloc; h = pin(y) times 3; h.post(1); h.complete(); fork(P1); wait(P1); }",
    "P1 { exit(); }",
    "K0 { must ksm(x, y); }",
    "D0 { r0 = dma_read(h); }",
    "locations [x; D0:r0]",
    "filter (x = 1 => PTE(y) = none)",
    "forall (same(P0:x, P1:x) \\/ ~(h.errno = EFAULT))",
    "with v5.9: never",
    "",
  ].join("\n"),
);
const pieces = [
  ...'{}()[];,:.|~*$="/\\-&!@#\n ',
  ...["(*", "*)", "/*", "//", "exists", "P0 {", "}", "with", "..", "fork(P1);", "x", "for", "1e9"],
  ...["page", "$k", "must ", "may ", "\u00e9", "\ud83d", "\u0000", "locations [", "filter", "h."],
];

describe("reading anything", () => {
  it("answers to any string", () => {
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 80 }), mustAnswer), {
      numRuns: 500,
    });
  });

  it("answers to the language's words in any order", () => {
    const texts = fc
      .array(fc.constantFrom(...pieces), { maxLength: 60 })
      .map((words) => `Linux T\n{ page x = anon; }\n${words.join(" ")}`);
    fc.assert(fc.property(texts, mustAnswer), { numRuns: 300 });
  });

  it("answers to samples with a part cut out", () => {
    const cut = fc.tuple(sampleTexts, fc.nat(), fc.nat(12)).map(([text, at, length]) => {
      const start = at % text.length;
      return text.slice(0, start) + text.slice(start + length);
    });
    fc.assert(fc.property(cut, mustAnswer), { numRuns: 400 });
  });

  it("answers to samples with something put in", () => {
    const grown = fc
      .tuple(sampleTexts, fc.nat(), fc.constantFrom(...pieces))
      .map(([text, at, piece]) => {
        const start = at % text.length;
        return text.slice(0, start) + piece + text.slice(start);
      });
    fc.assert(fc.property(grown, mustAnswer), { numRuns: 400 });
  });

  it("answers to samples cut short", () => {
    const short = fc
      .tuple(sampleTexts, fc.nat())
      .map(([text, at]) => text.slice(0, at % text.length));
    fc.assert(fc.property(short, mustAnswer), { numRuns: 300 });
  });

  it.each([
    ["parentheses", `exists ${"(".repeat(20_000)}`],
    ["negations", `exists ${"~".repeat(20_000)} true`],
    ["connectives", `exists (true${" /\\ true".repeat(20_000)})`],
    ["implications", `exists (true${" => true".repeat(20_000)})`],
    ["measures", `exists (${"PTE(".repeat(20_000)}`],
    ["second measures", `exists (${"PTE(x, ".repeat(20_000)}`],
    ["braces", "P0 ".concat("{".repeat(20_000))],
    ["matrices", `${"for k in anon { ".repeat(20_000)}`],
  ])("answers to endless %s", (_what, text) => {
    mustAnswer(`Linux T\n{ page x = anon; }\nP0 { }\n${text}`);
    mustAnswer(`Linux T\n{ ${text}`);
  });
});
