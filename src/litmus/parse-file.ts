/** The whole way from a text to a test: read it, judge it, and tell everything that is wrong. */
import type { Diagnostic, Result } from "../step/diagnostic.ts";
import type { TestFile } from "./ast.ts";
import { checkFile } from "./checker.ts";
import { type Parsed, parse } from "./parser.ts";
import { readResult } from "./result-comment.ts";

/** A file and what a formatter needs beside it. */
export interface Source {
  readonly file: TestFile;
  readonly parsed: Parsed;
}

/** As parseFile, with the comments and the places of the parts. */
export function parseSource(text: string): Result<Source> {
  const parsed = parse(text);
  const found: Diagnostic[] = [...parsed.diagnostics];
  const result = readResult(parsed.comments, found);
  const checked = parsed.file === undefined ? undefined : checkFile(parsed.file, result);
  const diagnostics = [...found, ...(checked?.diagnostics ?? [])].sort(
    (left, right) => left.span.start - right.span.start || left.span.end - right.span.end,
  );
  const failed = diagnostics.some((diagnostic) => diagnostic.severity === "error");
  if (failed || checked?.file === undefined) return { ok: false, diagnostics };
  return { ok: true, value: { file: checked.file, parsed }, diagnostics };
}

/**
 * Reads a litmus file. All mistakes are told, in the order of the text; warnings may stand beside a
 * value. Never throws, whatever the text.
 *
 * @example
 * const result = parseFile(text);
 * if (result.ok) console.log(result.value.name);
 */
export function parseFile(text: string): Result<TestFile> {
  const source = parseSource(text);
  if (!source.ok) return source;
  return { ok: true, value: source.value.file, diagnostics: source.diagnostics };
}
