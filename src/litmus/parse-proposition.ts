/**
 * Reads conditions as herd spells them: `/\`, `\/`, `~` or `not`, `=>`, `=` or `==`, `!=` or `<>`.
 * `not` binds tightest, then `/\`, `\/`, `=>`; `=>` groups to the right, the others to the left.
 */
import type { Cursor } from "./cursor.ts";
import { badProposition, foreignSign, tooDeep } from "./diagnostics-syntax.ts";
import { spanOf, wordOf } from "./parse-declarations.ts";
import { parsePlace } from "./parse-statements.ts";
import type { RawOperand, RawProposition } from "./raw.ts";

/** Beyond this a reader, and our recursion, would be lost. */
const largestProposition = 500;

const predicates = ["same", "pinned", "anon_exclusive", "soft_dirty", "uffd_wp"];
const measures = ["PTE", "ref", "map"];

/** Reads one proposition; undefined after an error. */
export function parseProposition(cursor: Cursor): RawProposition | undefined {
  return implication({ cursor, size: 0 });
}

interface Reading {
  readonly cursor: Cursor;
  /** Connectives and parentheses so far. */
  size: number;
}

/** Counts one more connective; false, and reported, when there are too many. */
function grow(reading: Reading): boolean {
  reading.size++;
  if (reading.size <= largestProposition) return true;
  reading.cursor.fail((span) => tooDeep(span));
  return false;
}

function implication(reading: Reading): RawProposition | undefined {
  const left = chain(reading, "\\/", "or");
  if (left === undefined || reading.cursor.accept("=>") === undefined) return left;
  if (!grow(reading)) return undefined;
  const right = implication(reading);
  return right === undefined ? undefined : { kind: "implies", left, right };
}

function chain(
  reading: Reading,
  sign: "\\/" | "/\\",
  kind: "or" | "and",
): RawProposition | undefined {
  const next = () => (kind === "or" ? chain(reading, "/\\", "and") : negation(reading));
  let left = next();
  while (left !== undefined) {
    if (foreignConnective(reading.cursor)) return undefined;
    if (reading.cursor.accept(sign) === undefined) return left;
    if (!grow(reading)) return undefined;
    const right = next();
    if (right === undefined) return undefined;
    left = { kind, left, right };
  }
  return left;
}

const herdSigns: Readonly<Record<string, string>> = {
  "&&": "/\\",
  "&": "/\\",
  "||": "\\/",
  "|": "\\/",
  "!": "~",
};

/** Reports a connective of C at the cursor; whether there was one. */
function foreignConnective(cursor: Cursor): boolean {
  const sign = herdSigns[cursor.peek().text];
  if (sign === undefined) return false;
  cursor.fail((span, found) => foreignSign(span, found, sign));
  return true;
}

function negation(reading: Reading): RawProposition | undefined {
  const { cursor } = reading;
  if (cursor.at("!") && foreignConnective(cursor)) return undefined;
  if (cursor.accept("~") === undefined && cursor.accept("not") === undefined) return atom(reading);
  if (!grow(reading)) return undefined;
  const operand = negation(reading);
  return operand === undefined ? undefined : { kind: "not", operand };
}

function atom(reading: Reading): RawProposition | undefined {
  const { cursor } = reading;
  const token = cursor.peek();
  if (cursor.accept("(") !== undefined) {
    if (!grow(reading)) return undefined;
    const inner = implication(reading);
    if (inner === undefined) return undefined;
    if (cursor.accept(")") !== undefined) return inner;
    return cursor.fail((span, found) => badProposition(span, found, "`)`, `/\\`, `\\/` or `=>`"));
  }
  if (cursor.accept("true") !== undefined) return { kind: "true" };
  if (cursor.accept("false") !== undefined) return { kind: "false" };
  const isPredicate = token.kind === "word" && cursor.at("(", 1) && !measures.includes(token.text);
  if (isPredicate) {
    const predicate = wordOf(cursor.take());
    const operands = operandList(cursor, false);
    if (operands === undefined) return undefined;
    return {
      kind: "state",
      predicate,
      operands,
      span: { start: token.start, end: cursor.previous().end },
    };
  }
  return comparison(cursor);
}

function comparison(cursor: Cursor): RawProposition | undefined {
  const left = parseOperand(cursor);
  if (left === undefined) return undefined;
  let operator: "=" | "!=";
  if (cursor.accept("=") ?? cursor.accept("==")) operator = "=";
  else if (cursor.accept("!=") ?? cursor.accept("<>")) operator = "!=";
  else return cursor.fail((span, found) => badProposition(span, found, "`=` or `!=`"));
  const right = parseOperand(cursor);
  return right === undefined ? undefined : { kind: "compare", operator, left, right };
}

/** `(a, b)`; the cursor stands on the parenthesis. */
function operandList(cursor: Cursor, ofMeasure: boolean): readonly RawOperand[] | undefined {
  cursor.take();
  const operands: RawOperand[] = [];
  do {
    // A measure of a measure means nothing, and would nest without end.
    if (ofMeasure && measures.includes(cursor.peek().text) && cursor.at("(", 1)) {
      return cursor.fail((span, found) => badProposition(span, found, "a page"));
    }
    const operand = parseOperand(cursor);
    if (operand === undefined) return undefined;
    operands.push(operand);
  } while (cursor.accept(",") !== undefined);
  if (cursor.accept(")") !== undefined) return operands;
  return cursor.fail((span, found) => badProposition(span, found, "`,` or `)`"));
}

/** `0:r0`, `P0.T1:r0`, `x`, `P1:x[1].lo`, `[x]`, `h.errno`, `PTE(x)`, `ENOMEM`, `2`. */
export function parseOperand(cursor: Cursor): RawOperand | undefined {
  const token = cursor.peek();
  if (token.kind === "number" && !cursor.at(":", 1)) {
    const value = cursor.number(cursor.take());
    return value === undefined ? undefined : { kind: "number", value, span: spanOf(token) };
  }
  if (cursor.at("[") && cursor.peek(1).kind === "word") {
    cursor.take();
    const place = operandPlace(cursor);
    if (place === undefined) return undefined;
    if (cursor.accept("]") !== undefined) return place;
    return cursor.fail((span, found) => badProposition(span, found, "`]`"));
  }
  if (token.kind === "word" && measures.includes(token.text) && cursor.at("(", 1)) {
    const measure = wordOf(cursor.take());
    const operands = operandList(cursor, true);
    if (operands === undefined) return undefined;
    const span = { start: token.start, end: cursor.previous().end };
    return { kind: "measure", measure, operands, span };
  }
  if (token.kind === "word" || token.kind === "number") return operandPlace(cursor);
  return cursor.fail((span, found) =>
    badProposition(span, found, "a register (`P0:r0`), a page, a number or a predicate"),
  );
}

function operandPlace(cursor: Cursor): RawOperand | undefined {
  const first = cursor.peek();
  const isThread = cursor.at(".", 1) && cursor.at(":", 3);
  let actor: { text: string; span: { start: number; end: number } } | undefined;
  if (cursor.at(":", 1) || isThread) {
    const name = first.kind === "number" ? `P${first.text}` : first.text;
    const thread = isThread ? `.${cursor.peek(2).text}` : "";
    for (let left = isThread ? 3 : 1; left > 0; left--) cursor.take();
    actor = { text: name + thread, span: { start: first.start, end: cursor.previous().end } };
    cursor.take();
  }
  if (cursor.peek().kind !== "word") {
    return cursor.fail((span, found) => badProposition(span, found, "a register or a page"));
  }
  const place = parsePlace(cursor);
  if (place === undefined) return undefined;
  return { kind: "place", actor, place, span: { start: first.start, end: place.span.end } };
}

export const predicateNames: readonly string[] = predicates;
export const measureNames: readonly string[] = measures;
