/**
 * A litmus text as words, numbers and signs. Comments are put aside with their places, so that the
 * printer can give them back. After `with` the words are kernel names, which hold dots and dashes.
 */
import type { Diagnostic, Span } from "../step/diagnostic.ts";
import { unclosedComment } from "./diagnostics-syntax.ts";

export interface Token {
  readonly kind: "word" | "number" | "variable" | "sign" | "kernel" | "unknown" | "end";
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Whether a line break stands before it: a forgotten `;` is told from a stray word by that. */
  readonly startsLine: boolean;
}

export interface Comment {
  /** With its signs, as written. */
  readonly text: string;
  readonly span: Span;
}

export interface Lexed {
  /** The last token is always the end, placed right behind the last real one. */
  readonly tokens: readonly Token[];
  readonly comments: readonly Comment[];
  readonly diagnostics: readonly Diagnostic[];
}

const blank = /\s+/y;
const lineComment = /\/\/[^\n]*/y;
const pointerArgument = /^\w\(\*[A-Za-z_]/;
const restOfLine = /[^\n]*/y;
const openers = [
  { open: "(*", close: "*)" },
  { open: "/*", close: "*/" },
] as const;

/** Matches a sticky expression at an offset; its text or undefined. */
export function matchAt(expression: RegExp, text: string, offset: number): string | undefined {
  expression.lastIndex = offset;
  return expression.exec(text)?.[0];
}

/** `WRITE_ONCE(*x, 1)`, as herd's C tests have it, begins no comment. */
function isPointer(text: string, offset: number): boolean {
  if (offset === 0 || !pointerArgument.test(text.slice(offset - 1, offset + 3))) return false;
  return !(matchAt(restOfLine, text, offset) ?? "").includes("*)");
}

/** Reads over blanks and comments. A comment that never closes reaches to the end of the text. */
export function skipBlanks(
  text: string,
  from: number,
  comments: Comment[],
  diagnostics: Diagnostic[],
): number {
  let offset = from;
  for (;;) {
    const start = offset;
    offset += matchAt(blank, text, offset)?.length ?? 0;
    const line = matchAt(lineComment, text, offset);
    if (line !== undefined) {
      const kept = line.trimEnd();
      comments.push({ text: kept, span: { start: offset, end: offset + kept.length } });
      offset += line.length;
      continue;
    }
    const opener = openers.find(({ open }) => text.startsWith(open, offset));
    if (opener !== undefined && isPointer(text, offset)) return offset;
    if (opener !== undefined) {
      const close = text.indexOf(opener.close, offset + 2);
      if (close === -1) {
        diagnostics.push(unclosedComment({ start: offset, end: offset + 2 }, opener.close));
        return text.length;
      }
      const end = close + 2;
      comments.push({ text: text.slice(offset, end), span: { start: offset, end } });
      offset = end;
      continue;
    }
    if (offset === start) return offset;
  }
}

const bodyTokens: readonly (readonly [Token["kind"], RegExp])[] = [
  ["word", /[A-Za-z_]\w*(?:-[A-Za-z]\w*)*/y],
  ["number", /\d\w*/y],
  ["variable", /\$[A-Za-z_][\w-]*/y],
  ["sign", /=>|==|!=|<>|\/\\|\\\/|\.\.|&&?|\|\||[={}()[\];,:.|~*!$]/y],
];

const kernelTokens: readonly (readonly [Token["kind"], RegExp])[] = [
  ["kernel", /[A-Za-z0-9_][\w+]*(?:[.-]\w[\w+]*)*/y],
  ["sign", /\.\.|[={}()[\];,:.|~*$]/y],
];

/** A page or register called `with` is a mistake of its own and begins no expectations. */
const beforeEquals = /^\s*=/;

const unknown = /[^\s]/uy;

/** Splits a text into tokens from an offset on. Never fails: what it does not know is a token too. */
export function lex(text: string, from: number): Lexed {
  const tokens: Token[] = [];
  const comments: Comment[] = [];
  const diagnostics: Diagnostic[] = [];
  let offset = from;
  let table = bodyTokens;
  let lastEnd = from;
  for (;;) {
    offset = skipBlanks(text, offset, comments, diagnostics);
    if (offset >= text.length) break;
    const startsLine = text.slice(lastEnd, offset).includes("\n");
    let kind: Token["kind"] = "unknown";
    let found: string | undefined;
    for (const [candidate, expression] of table) {
      found = matchAt(expression, text, offset);
      if (found !== undefined) {
        kind = candidate;
        break;
      }
    }
    found ??= matchAt(unknown, text, offset) ?? text[offset]!;
    lastEnd = offset + found.length;
    tokens.push({ kind, text: found, start: offset, end: lastEnd, startsLine });
    if (found === "with" && !beforeEquals.test(text.slice(lastEnd, lastEnd + 8))) {
      table = kernelTokens;
    }
    offset = lastEnd;
  }
  tokens.push({ kind: "end", text: "", start: lastEnd, end: lastEnd, startsLine: true });
  return { tokens, comments, diagnostics };
}
