/**
 * The lines of a printed test, each with the place it comes from, so that comments and blank lines
 * of a source can be put back. A block stays on one line if the source has it so and it fits.
 */
import type { Span } from "../step/diagnostic.ts";
import type { Actor, Declaration, Expectation, Proposition, TestFile } from "./ast.ts";
import type { Comment } from "./lexer.ts";
import type { SourcePlaces } from "./parser.ts";
import {
  printExpectation,
  printMatrixHead,
  printOperand,
  printPage,
  printProposition,
  printStatement,
} from "./print-parts.ts";

export interface Line {
  readonly text: string;
  readonly indent: number;
  /** How far a comment before this line is indented: before `}` as the block's inside. */
  readonly commentIndent: number;
  readonly span: Span;
}

/** What a formatter knows beside the test. */
export interface Origin {
  readonly text: string;
  readonly comments: readonly Comment[];
  readonly places: SourcePlaces;
}

export const widest = 108;
/** Without a source, blocks of more statements than this get a line each. */
const mostOnOneLine = 3;

interface Item {
  readonly lines: readonly Line[];
  readonly span: Span;
}

const nowhere: Span = { start: -1, end: -1 };

/** All lines of a file in their order. */
export function layout(file: TestFile, origin: Origin | undefined): readonly Line[] {
  const { places } = origin ?? {};
  return [
    ...headerLines(file, origin),
    ...block("{", file.declarations.map(declarationItem(origin)), places?.declarations, origin),
    ...file.actors.flatMap((actor) => actorLines(actor, origin)),
    ...tailLines(file, origin),
  ];
}

function line(text: string, span: Span | undefined, indent = 0): Line {
  return { text, indent, commentIndent: indent, span: span ?? nowhere };
}

function headerLines(file: TestFile, origin: Origin | undefined): readonly Line[] {
  const { start, end } = file.nameSpan;
  const title = origin === undefined ? start : Math.max(0, origin.text.lastIndexOf("Linux", start));
  const lines = [line(`Linux ${file.name}`, { start: title, end })];
  if (file.doc !== undefined) lines.push(line(`"${file.doc}"`, origin?.places.doc));
  for (const { key, value, span } of file.info) lines.push(line(`${key}=${value}`, span));
  if (origin === undefined && file.result !== undefined) {
    const { verdict } = file.result;
    const word = verdict[0]!.toUpperCase() + verdict.slice(1);
    lines.push(line(`(*\n * Result: ${word}\n *)`, undefined));
  }
  return lines;
}

function declarationItem(origin: Origin | undefined): (declaration: Declaration) => Item {
  return (declaration) => {
    const { span } = declaration;
    if (declaration.kind === "page") return { lines: [line(printPage(declaration), span)], span };
    const body = declaration.body.map((page) => ({
      lines: [line(printPage(page), page.span)],
      span: page.span,
    }));
    const head = fill(`${printMatrixHead(declaration)} {`.split(/(?<=,) /), 4, widest - 2);
    return { lines: block(head, body, span, origin), span };
  };
}

function actorLines(actor: Actor, origin: Origin | undefined): readonly Line[] {
  const items = actor.statements.map((statement) => ({
    lines: [line(printStatement(statement), statement.span)],
    span: statement.span,
  }));
  return block(`${actor.name} {`, items, actor.span, origin);
}

/** `HEAD ITEM ITEM }` on one line or several. */
function block(
  head: string,
  items: readonly Item[],
  span: Span | undefined,
  origin: Origin | undefined,
): readonly Line[] {
  const flat = items.every(({ lines }) => lines.length === 1 && !lines[0]!.text.includes("\n"));
  const inner = items.map(({ lines }) => lines[0]!.text).join(" ");
  const oneLine = items.length === 0 ? `${head} }` : `${head} ${inner} }`;
  if (
    flat &&
    !head.includes("\n") &&
    oneLine.length <= widest &&
    wantsOneLine(items, span, origin)
  ) {
    return [line(oneLine, span)];
  }
  const opening = span === undefined ? undefined : openingSpan(span, origin);
  const closing = span === undefined ? undefined : { start: span.end - 1, end: span.end };
  const indented = items.flatMap(({ lines }) =>
    lines.map((one) => ({
      ...one,
      indent: one.indent + 2,
      commentIndent: one.commentIndent + 2,
    })),
  );
  return [line(head, opening), ...indented, { ...line("}", closing), commentIndent: 2 }];
}

function openingSpan(span: Span, origin: Origin | undefined): Span {
  const brace = origin?.text.indexOf("{", span.start) ?? -1;
  return { start: span.start, end: brace === -1 ? span.start : brace + 1 };
}

function wantsOneLine(
  items: readonly Item[],
  span: Span | undefined,
  origin: Origin | undefined,
): boolean {
  if (origin === undefined || span === undefined) return items.length <= mostOnOneLine;
  if (items.length === 0 && !hasComment(span, origin)) return true;
  return !origin.text.slice(span.start, span.end).includes("\n") && !hasComment(span, origin);
}

function hasComment(span: Span, origin: Origin): boolean {
  return origin.comments.some(
    (comment) => comment.span.start > span.start && comment.span.end < span.end,
  );
}

function tailLines(file: TestFile, origin: Origin | undefined): readonly Line[] {
  const lines: Line[] = [];
  if (file.locations.length > 0) {
    const operands = file.locations.map((operand) => printOperand(operand)).join("; ");
    lines.push(line(`locations [${operands}]`, origin?.places.locations));
  }
  if (file.filter !== undefined) {
    lines.push(line(propositionLine("filter", file.filter), origin?.places.filter));
  }
  const { quantifier, proposition, span } = file.condition;
  lines.push(line(propositionLine(quantifier, proposition), span));
  return [...lines, ...expectationLines(file.expectations, origin)];
}

/** Breaks a proposition that is too long for a line behind its outermost connectives. */
function propositionLine(word: string, proposition: Proposition): string {
  const oneLine = `${word} (${printProposition(proposition)})`;
  if (oneLine.length <= widest) return oneLine;
  const { kind } = proposition;
  if (kind !== "and" && kind !== "or") return oneLine;
  const parts: Proposition[] = [];
  let rest: Proposition = proposition;
  while (rest.kind === kind) {
    parts.unshift(rest.right);
    rest = rest.left;
  }
  parts.unshift(rest);
  const sign = kind === "and" ? " /\\" : " \\/";
  const indent = `\n${" ".repeat(word.length + 2)}`;
  const shown = parts.map((part) => grouped(part, kind));
  return `${word} (${shown.join(`${sign}${indent}`)})`;
}

function grouped(part: Proposition, within: "and" | "or"): string {
  const text = printProposition(part);
  const looser = part.kind === "implies" || part.kind === within || part.kind === "or";
  return looser ? `(${text})` : text;
}

/** The expectations fill the lines; with comments between them each has its own. */
function expectationLines(
  expectations: readonly Expectation[],
  origin: Origin | undefined,
): readonly Line[] {
  const first = expectations[0];
  const last = expectations[expectations.length - 1];
  if (first === undefined || last === undefined) return [];
  const span = { start: first.span.start, end: last.span.end };
  const shown = expectations.map((expectation) => {
    const text = `${expectation === first ? "with " : ""}${printExpectation(expectation)}`;
    return `${text}${expectation === last ? "" : ";"}`;
  });
  const spread = origin?.comments.some(({ span: place, text }) => {
    // A comment of several lines within the first will stand before it.
    const from = text.includes("\n") ? first.span.end : first.span.start;
    return place.start >= from && place.end <= last.span.start;
  });
  if (!spread) {
    return [line(fill(shown, 5, widest), span)];
  }
  return expectations.map((expectation, at) => {
    const indent = at === 0 ? 0 : 5;
    return { ...line(shown[at]!, expectation.span, indent), commentIndent: indent };
  });
}

/** Words on as few lines as the width allows, the later ones indented. */
function fill(words: readonly string[], indent: number, width: number): string {
  const lines: string[] = [];
  for (const word of words) {
    const line = lines.pop();
    if (line === undefined) lines.push(word);
    else if (line.length + 1 + word.length <= width) lines.push(`${line} ${word}`);
    else lines.push(line, " ".repeat(indent) + word);
  }
  return lines.join("\n");
}
