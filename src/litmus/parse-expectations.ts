/** Reads `with ..v5.8: always; v5.9-rc4: never; v5.9-rc7 weak: sometimes`. Whether such kernels exist is asked later. */
import type { ExpectedVerdict, KernelRange } from "./ast.ts";
import type { Cursor } from "./cursor.ts";
import { badExpectation } from "./diagnostics-syntax.ts";
import { nearest } from "./nearest.ts";
import { wordOf } from "./parse-declarations.ts";
import type { RawExpectation, RawWord } from "./raw.ts";

export const verdictWords: readonly ExpectedVerdict[] = ["never", "sometimes", "always"];

/** A verdict word in any case, or undefined. */
export function verdictOf(word: string): ExpectedVerdict | undefined {
  return verdictWords.find((verdict) => verdict === word.toLowerCase());
}

/** Reads the expectations behind `with` to the end of the text. */
export function parseExpectations(cursor: Cursor): readonly RawExpectation[] {
  const expectations: RawExpectation[] = [];
  do {
    if (cursor.atEnd() && expectations.length > 0) break;
    const expectation = parseExpectation(cursor);
    if (expectation !== undefined) expectations.push(expectation);
    const ended = cursor.at(";") || cursor.atEnd();
    if (expectation !== undefined && !ended) {
      cursor.fail((span, found) => badExpectation(span, found, "`;`"));
    }
    while (!cursor.at(";") && !cursor.atEnd()) cursor.take();
  } while (cursor.accept(";") !== undefined);
  return expectations;
}

function parseExpectation(cursor: Cursor): RawExpectation | undefined {
  const start = cursor.peek().start;
  const range = parseRange(cursor);
  if (range === undefined) return undefined;
  const memory = cursor.accept("weak") === undefined ? {} : { memory: "weak" as const };
  if (cursor.accept(":") === undefined) {
    return cursor.fail((span, found) => badExpectation(span, found, "`:` and a verdict"));
  }
  const word = cursor.peek();
  const verdict = verdictOf(word.text);
  if (verdict === undefined) {
    return cursor.fail((span, found) =>
      badExpectation(span, found, "never, sometimes or always", nearest(word.text, verdictWords)),
    );
  }
  cursor.take();
  return { range, ...memory, verdict, span: { start, end: word.end } };
}

/** `v5.9`, `v5.9..v5.18`, `..v5.8`, `v5.9..` or `..`. */
function parseRange(cursor: Cursor): KernelRange | undefined {
  const from = parseKernel(cursor);
  if (cursor.accept("..") !== undefined) {
    const to = parseKernel(cursor);
    const spans = { fromSpan: from?.span, toSpan: to?.span };
    return { kind: "range", from: from?.text, to: to?.text, ...spans };
  }
  if (from !== undefined) return { kind: "one", name: from.text, nameSpan: from.span };
  return cursor.fail((span, found) =>
    badExpectation(span, found, "a kernel or a range of kernels"),
  );
}

function parseKernel(cursor: Cursor): RawWord | undefined {
  return cursor.peek().kind === "kernel" && !cursor.at("weak") ? wordOf(cursor.take()) : undefined;
}
