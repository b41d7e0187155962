/**
 * Reads what an actor does: stores, loads and calls. A call's arguments stay words until the checker
 * looks the operation up.
 */
import type { Span } from "../step/diagnostic.ts";
import { type Cursor, startsActor, startsTail } from "./cursor.ts";
import {
  badStatement,
  foreignSpelling,
  missingSemicolon,
  unclosedBlock,
} from "./diagnostics-syntax.ts";
import { findOperation, usage } from "./operations.ts";
import { spanOf, wordOf } from "./parse-declarations.ts";
import type { RawArgument, RawCall, RawPlace, RawStatement, RawWord } from "./raw.ts";

export interface RawBlock {
  readonly statements: readonly RawStatement[];
  readonly broken: boolean;
  readonly end: number;
}

/** Reads `{ STATEMENTS }`; the cursor stands on its `{`. */
export function parseBlock(cursor: Cursor, what: string): RawBlock {
  const opened = spanOf(cursor.take());
  const statements: RawStatement[] = [];
  let broken = false;
  let excused = false;
  while (cursor.accept("}") === undefined) {
    if (cursor.atEnd() || startsActor(cursor) || startsTail(cursor)) {
      if (!excused) {
        cursor.fail((span, found) => unclosedBlock(span, found, `the block of ${what}`, opened));
      }
      return { statements, broken: true, end: cursor.previous().end };
    }
    if (cursor.accept(";") !== undefined) continue;
    const statement = parseStatement(cursor);
    const ended = statement !== undefined && acceptSemicolon(cursor);
    excused = statement === undefined || !ended;
    if (ended) statements.push(statement);
    else {
      broken = true;
      cursor.skipPiece();
    }
  }
  return { statements, broken, end: cursor.previous().end };
}

/** A missing `;` at the end of a line or block is one; elsewhere the stray word is the mistake. */
function acceptSemicolon(cursor: Cursor): boolean {
  if (cursor.accept(";") !== undefined) return true;
  const before = cursor.previous();
  const next = cursor.peek();
  // Where the block itself is cut short, that is the mistake.
  if (next.kind === "end" || startsActor(cursor) || startsTail(cursor)) return true;
  if (next.kind !== "unknown" && (next.startsLine || next.text === "}")) {
    cursor.diagnostics.push(missingSemicolon(before.end, before.text));
    return true;
  }
  if (next.kind === "word" && (cursor.at("(", 1) || cursor.at("=", 1))) {
    cursor.diagnostics.push(missingSemicolon(before.end, before.text));
    return true;
  }
  const replaceable = next.text === "," || next.text === ":";
  cursor.fail((span, found) =>
    badStatement(span, found, "`;`", replaceable ? { span, replacement: ";" } : undefined),
  );
  return false;
}

const cTypes = ["int", "char", "long", "unsigned", "uint32_t", "uint64_t", "u32", "u64"];

function parseStatement(cursor: Cursor): RawStatement | undefined {
  const first = cursor.peek();
  if (cursor.at("*")) return starred(cursor);
  if (first.kind !== "word") {
    return cursor.fail((span, found) =>
      badStatement(span, found, "a statement, such as `x = 1;`, `r0 = x;` or `fork(P1);`"),
    );
  }
  if (cTypes.includes(first.text) && cursor.peek(1).kind === "word") {
    const end = cursor.peek(1).start;
    return cursor.fail((span, found) =>
      foreignSpelling(span, found, "Registers need no type: write `r0 = x;`.", {
        span: { start: first.start, end },
        replacement: "",
      }),
    );
  }
  if (cursor.at("may") && cursor.at("fail", 1)) return parseMayFail(cursor);
  if (cursor.at("must") || cursor.at("may")) {
    const word = cursor.take();
    const force = { word: word.text === "must" ? "must" : "may", span: spanOf(word) } as const;
    if (cursor.peek().kind === "word" && cursor.at("(", 1)) {
      return parseCall(cursor, {
        start: word.start,
        force,
        result: undefined,
        receiver: undefined,
      });
    }
    return cursor.fail((span, found) =>
      badStatement(span, found, `an operation after \`${word.text}\`, such as \`reclaim(x)\``),
    );
  }
  if (cursor.at("(", 1)) {
    return parseCall(cursor, {
      start: first.start,
      force: undefined,
      result: undefined,
      receiver: undefined,
    });
  }
  const target = parsePlace(cursor);
  if (target === undefined) return undefined;
  if (target.field !== undefined && cursor.at("(")) return parseMethod(cursor, target, undefined);
  if (cursor.accept("=") === undefined) {
    const operation = findOperation(target.name);
    const call = operation === undefined ? "" : `: write \`${usage(operation)};\``;
    return cursor.fail((span, found) => badStatement(span, found, `\`=\` or \`(\`${call}`));
  }
  return parseRight(cursor, target);
}

/** What stands behind `=`: a number, a page or a call. */
function parseRight(cursor: Cursor, target: RawPlace): RawStatement | undefined {
  const start = target.span.start;
  const token = cursor.peek();
  if (token.kind === "number") {
    const value = cursor.number(cursor.take());
    if (value === undefined) return undefined;
    return { kind: "store", place: target, value, span: { start, end: cursor.previous().end } };
  }
  if (cursor.at("*")) return starred(cursor);
  if (token.kind !== "word") {
    return cursor.fail((span, found) =>
      badStatement(span, found, "a number to store, a page to load or a call"),
    );
  }
  if (cursor.at("(", 1)) {
    return parseCall(cursor, { start, force: undefined, result: target, receiver: undefined });
  }
  const place = parsePlace(cursor);
  if (place === undefined) return undefined;
  if (place.field !== undefined && cursor.at("(")) return parseMethod(cursor, place, target);
  return { kind: "load", target, place, span: { start, end: cursor.previous().end } };
}

function starred(cursor: Cursor): undefined {
  return cursor.fail((span, found) =>
    foreignSpelling(span, found, "A page is named without a star: write `x = 1;` or `r0 = x;`.", {
      span,
      replacement: "",
    }),
  );
}

function parseMayFail(cursor: Cursor): RawStatement | undefined {
  const start = cursor.take().start;
  cursor.take();
  if (cursor.accept("alloc") === undefined) {
    return cursor.fail((span, found) => badStatement(span, found, "`alloc`: `may fail alloc;`"));
  }
  return { kind: "mayFail", span: { start, end: cursor.previous().end } };
}

/** `x`, `x[1]`, `x.lo`, `x[1].lo`, and `h.post` for the caller to look at. */
export function parsePlace(cursor: Cursor): RawPlace | undefined {
  const name = cursor.take();
  let index: number | undefined;
  let field: RawWord | undefined;
  if (cursor.accept("[") !== undefined) {
    if (cursor.peek().kind !== "number") {
      return cursor.fail((span, found) => badStatement(span, found, "an index, such as `x[1]`"));
    }
    index = cursor.number(cursor.take());
    if (index === undefined) return undefined;
    if (cursor.accept("]") === undefined) {
      return cursor.fail((span, found) => badStatement(span, found, "`]`"));
    }
  }
  if (cursor.accept(".") !== undefined) {
    if (cursor.peek().kind !== "word") {
      return cursor.fail((span, found) =>
        badStatement(
          span,
          found,
          "`lo` or `hi` of a page, `post`, `complete` or `errno` of a handle",
        ),
      );
    }
    field = wordOf(cursor.take());
  }
  const span = { start: name.start, end: cursor.previous().end };
  return { name: name.text, nameSpan: spanOf(name), index, field, span };
}

interface Beginning {
  readonly start: number;
  readonly force: RawCall["force"];
  readonly result: RawPlace | undefined;
  readonly receiver: RawPlace | undefined;
}

function parseMethod(
  cursor: Cursor,
  receiver: RawPlace,
  result: RawPlace | undefined,
): RawStatement | undefined {
  const start = (result ?? receiver).span.start;
  const bare = { ...receiver, field: undefined };
  const operation = receiver.field!;
  return parseArguments(cursor, { start, force: undefined, result, receiver: bare }, operation);
}

function parseCall(cursor: Cursor, beginning: Beginning): RawStatement | undefined {
  return parseArguments(cursor, beginning, wordOf(cursor.take()));
}

function parseArguments(
  cursor: Cursor,
  beginning: Beginning,
  operation: RawWord,
): RawStatement | undefined {
  cursor.take();
  const found: RawArgument[] = [];
  if (cursor.accept(")") === undefined) {
    do {
      const argument = parseArgument(cursor, operation);
      if (argument === undefined) return undefined;
      found.push(argument);
    } while (cursor.accept(",") !== undefined);
    if (cursor.accept(")") === undefined) {
      return cursor.fail((span, text) => badStatement(span, text, "`,` or `)`"));
    }
  }
  const times = parseTimes(cursor);
  if (times === null) return undefined;
  const { start, ...rest } = beginning;
  const span: Span = { start, end: cursor.previous().end };
  return { kind: "call", ...rest, operation, arguments: found, times, span };
}

function parseArgument(cursor: Cursor, operation: RawWord): RawArgument | undefined {
  const token = cursor.peek();
  if (token.kind === "number") {
    const value = cursor.number(cursor.take());
    return value === undefined ? undefined : { kind: "value", value, span: spanOf(token) };
  }
  if (cursor.at("*")) return starred(cursor);
  if (token.kind !== "word") {
    return cursor.fail((span, found) =>
      badStatement(span, found, `an argument of \`${operation.text}\``),
    );
  }
  if (cursor.at("[", 1) || cursor.at(".", 1)) {
    const place = parsePlace(cursor);
    return place === undefined ? undefined : { kind: "place", place, span: place.span };
  }
  const words = [wordOf(cursor.take())];
  while (cursor.accept("|") !== undefined) {
    if (cursor.peek().kind !== "word") {
      return cursor.fail((span, found) => badStatement(span, found, "a flag after `|`"));
    }
    words.push(wordOf(cursor.take()));
  }
  return { kind: "words", words, span: { start: token.start, end: cursor.previous().end } };
}

/** `times 1024`: undefined without it, null after an error. */
function parseTimes(cursor: Cursor): RawCall["times"] | null {
  const times = cursor.accept("times");
  if (times === undefined) return undefined;
  if (cursor.peek().kind !== "number") {
    cursor.fail((span, found) => badStatement(span, found, "a number after `times`"));
    return null;
  }
  const token = cursor.take();
  const value = cursor.number(token);
  if (value === undefined) return null;
  return { value, span: { start: times.start, end: token.end } };
}
