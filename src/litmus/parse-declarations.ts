/**
 * Reads `page x[4] = swapped anon;` and `for kind in anon, thp { page x = $kind; }`. Which words
 * make a page's kind is the checker's matter.
 */
import type { Span } from "../step/diagnostic.ts";
import { type Cursor, startsActor, startsTail } from "./cursor.ts";
import {
  badDeclaration,
  foreignSpelling,
  missingSemicolon,
  quote,
  suggestion,
  unclosedBlock,
} from "./diagnostics-syntax.ts";
import type { Token } from "./lexer.ts";
import { nearest } from "./nearest.ts";
import type { RawMatrix, RawPage, RawWord } from "./raw.ts";

export interface RawDeclarations {
  readonly declarations: readonly (RawPage | RawMatrix)[];
  readonly broken: boolean;
}

export function spanOf(token: Token): Span {
  return { start: token.start, end: token.end };
}

export function wordOf(token: Token): RawWord {
  return { text: token.text, span: spanOf(token) };
}

const cTypes = ["int", "char", "long", "unsigned", "void", "atomic_t", "uint32_t", "uint64_t"];

/** Reads the block of declarations from its `{`, or from its first word where `{` is missing. */
export function parseDeclarations(cursor: Cursor, opens: boolean): RawDeclarations {
  const opened = spanOf(cursor.peek());
  if (opens) cursor.take();
  const declarations: (RawPage | RawMatrix)[] = [];
  let broken = !opens;
  // Where `{` was missing or the last piece ran into the next actor, `}` is not missed as well.
  let excused = !opens;
  while (cursor.accept("}") === undefined) {
    if (cursor.atEnd() || startsActor(cursor) || startsTail(cursor)) {
      if (!excused) {
        cursor.fail((span, found) => unclosedBlock(span, found, "the declarations", opened));
      }
      return { declarations, broken: true };
    }
    if (cursor.accept(";") !== undefined) continue;
    const matrix = cursor.at("for");
    const declaration = matrix ? parseMatrix(cursor) : parsePage(cursor);
    excused = declaration === undefined || !opens;
    if (declaration !== undefined) declarations.push(declaration);
    else if (!matrix) cursor.skipPiece();
    broken ||= declaration === undefined;
  }
  return { declarations, broken };
}

function parsePage(cursor: Cursor): RawPage | undefined {
  const start = cursor.peek();
  if (!acceptPageWord(cursor)) return undefined;
  if (cursor.peek().kind !== "word" || cursor.at("=")) {
    return cursor.fail((span, found) => badDeclaration(span, found, "the page's name"));
  }
  const name = wordOf(cursor.take());
  const count = parseCount(cursor);
  if (count === null) return undefined;
  if (cursor.accept("=") === undefined) {
    return cursor.fail((span, found) => badDeclaration(span, found, "`=` and the page's kind"));
  }
  const words = parseWords(cursor);
  if (words === undefined) return undefined;
  const end = acceptSemicolon(cursor);
  if (end === undefined) return undefined;
  return { kind: "page", name, count, words, span: { start: start.start, end } };
}

function acceptPageWord(cursor: Cursor): boolean {
  const token = cursor.peek();
  if (cursor.accept("page") !== undefined) return true;
  if (token.kind === "word" && cTypes.includes(token.text)) {
    cursor.fail((span, found) =>
      foreignSpelling(span, found, "Declare a page: `page x = anon;`. It begins as 0."),
    );
    return false;
  }
  const near = cursor.peek(1).kind === "word" ? nearest(token.text, ["page", "for"]) : undefined;
  cursor.fail((span, found) => {
    const { words, fix } = suggestion(near, span);
    const diagnostic = badDeclaration(span, found, "`page`, `for` or `}`");
    return fix === undefined
      ? diagnostic
      : { ...diagnostic, message: diagnostic.message + words, fix };
  });
  return false;
}

/** `[4]`: undefined without one, null after an error. */
function parseCount(cursor: Cursor): RawPage["count"] | null {
  const open = cursor.accept("[");
  if (open === undefined) return undefined;
  if (cursor.peek().kind !== "number") {
    cursor.fail((span, found) => badDeclaration(span, found, "a number of base pages"));
    return null;
  }
  const value = cursor.number(cursor.take());
  if (value === undefined) return null;
  if (cursor.accept("]") === undefined) {
    cursor.fail((span, found) => badDeclaration(span, found, "`]`"));
    return null;
  }
  return { value, span: { start: open.start, end: cursor.previous().end } };
}

/** One or more kind, modifier and `$variable` words. */
function parseWords(cursor: Cursor): readonly RawWord[] | undefined {
  const words: RawWord[] = [];
  for (;;) {
    const token = cursor.peek();
    // On a new line a `page` begins the next declaration: the `;` before it is missing.
    const next = token.startsLine && (token.text === "page" || token.text === "for");
    if ((token.kind !== "word" && token.kind !== "variable") || (next && words.length > 0)) break;
    words.push(wordOf(cursor.take()));
  }
  if (words.length > 0) return words;
  return cursor.fail((span, found) => badDeclaration(span, found, "a page kind, such as anon"));
}

/** The `;` of a declaration: the end of it, or undefined after an error that ends the piece. */
function acceptSemicolon(cursor: Cursor): number | undefined {
  const semicolon = cursor.accept(";");
  if (semicolon !== undefined) return semicolon.end;
  const before = cursor.previous();
  const next = cursor.peek();
  // Where the block itself is cut short, that is the mistake.
  if (next.kind === "end" || startsActor(cursor) || startsTail(cursor)) return before.end;
  if (next.startsLine || next.text === "}") {
    cursor.diagnostics.push(missingSemicolon(before.end, before.text));
    return before.end;
  }
  return cursor.fail((span, found) => badDeclaration(span, found, "`;`"));
}

function parseMatrix(cursor: Cursor): RawMatrix | undefined {
  const start = cursor.take();
  const bad = (expected: string) =>
    cursor.fail((span, found) => ({
      ...badDeclaration(span, found, expected),
      message: `Found ${found}, expected ${expected}. Write \`for kind in anon, shmem { page x = $kind; }\`.`,
    }));
  if (cursor.peek().kind !== "word") return skipMatrix(cursor, bad("the matrix variable's name"));
  const variable = wordOf(cursor.take());
  if (cursor.accept("in") === undefined) return skipMatrix(cursor, bad("`in`"));
  const values: (readonly RawWord[])[] = [];
  do {
    const words = parseWords(cursor);
    if (words === undefined) return skipMatrix(cursor, undefined);
    values.push(words);
  } while (cursor.accept(",") !== undefined);
  const open = cursor.peek();
  if (cursor.accept("{") === undefined) return skipMatrix(cursor, bad("`,` or `{`"));
  const body: RawPage[] = [];
  let broken = false;
  while (cursor.accept("}") === undefined) {
    if (cursor.atEnd() || startsActor(cursor) || startsTail(cursor)) {
      if (broken) return undefined;
      return cursor.fail((span, found) =>
        unclosedBlock(span, found, `the matrix over ${quote(variable.text)}`, spanOf(open)),
      );
    }
    if (cursor.accept(";") !== undefined) continue;
    const page = parsePage(cursor);
    if (page === undefined) {
      broken = true;
      cursor.skipPiece();
    } else body.push(page);
  }
  if (broken) return undefined;
  const span = { start: start.start, end: cursor.previous().end };
  return { kind: "matrix", variable, values, body, span };
}

/** After a broken `for ...`: leaves its block out, so that its pages are no second mistake. */
function skipMatrix(cursor: Cursor, failure: undefined): undefined {
  while (!cursor.atEnd() && !cursor.at("{") && !cursor.at("}") && !cursor.at(";")) cursor.take();
  if (cursor.accept("{") !== undefined) {
    while (!cursor.atEnd() && !cursor.at("}") && !startsActor(cursor)) cursor.take();
    cursor.accept("}");
  }
  return failure;
}
