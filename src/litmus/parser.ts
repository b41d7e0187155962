/**
 * From a text to its parts: header, declarations, actors, and the lines behind them. As herd does,
 * the text is read piece by piece, so that an error in one piece cannot reach another and every
 * piece has its say: several errors a file, one for each mistake.
 */
import type { Diagnostic, Span } from "../step/diagnostic.ts";
import { actorName, Cursor, describe, startsActor, startsTail } from "./cursor.ts";
import {
  badActor,
  badProposition,
  missingCondition,
  repeatedSection,
  strayText,
} from "./diagnostics-syntax.ts";
import { readHeader } from "./header.ts";
import { type Comment, lex, type Token } from "./lexer.ts";
import { nearest } from "./nearest.ts";
import { parseDeclarations } from "./parse-declarations.ts";
import { parseExpectations } from "./parse-expectations.ts";
import { parseOperand, parseProposition } from "./parse-proposition.ts";
import { parseBlock } from "./parse-statements.ts";
import type {
  RawActor,
  RawCondition,
  RawExpectation,
  RawFile,
  RawOperand,
  RawProposition,
} from "./raw.ts";

export interface Parsed {
  /** Undefined only when the header was beyond reading. */
  readonly file: RawFile | undefined;
  readonly comments: readonly Comment[];
  readonly diagnostics: readonly Diagnostic[];
  /** Where the parts stand, for the formatter. */
  readonly places: SourcePlaces;
}

/** Spans of parts that the AST has no node for. */
export interface SourcePlaces {
  readonly doc: Span | undefined;
  readonly declarations: Span | undefined;
  readonly locations: Span | undefined;
  readonly filter: Span | undefined;
}

interface Sections {
  readonly actors: RawActor[];
  locations: readonly RawOperand[];
  filter: RawProposition | undefined;
  condition: RawCondition | undefined;
  expectations: readonly RawExpectation[];
  statementsBroken: boolean;
  /** The first place of each section that may stand once. */
  readonly seen: Map<string, Span>;
}

/** Reads a text. Every mistake is in the diagnostics; what was understood is in the file. */
export function parse(text: string): Parsed {
  const comments: Comment[] = [];
  const diagnostics: Diagnostic[] = [];
  const header = readHeader(text, comments, diagnostics);
  const sections: Sections = {
    actors: [],
    locations: [],
    filter: undefined,
    condition: undefined,
    expectations: [],
    statementsBroken: false,
    seen: new Map(),
  };
  const nowhere = { doc: header.docSpan, declarations: undefined };
  if (header.bodyStart === undefined) {
    const places = { ...nowhere, locations: undefined, filter: undefined };
    return { file: undefined, comments, diagnostics, places };
  }
  const lexed = lex(text, header.bodyStart);
  const cursor = new Cursor(lexed.tokens, diagnostics);
  const block = parseDeclarations(cursor, header.opensDeclarations);
  const declarations = { start: header.bodyStart, end: cursor.previous().end };
  parseSections(cursor, sections);
  const file: RawFile = {
    name: header.name,
    nameSpan: header.nameSpan,
    doc: header.doc,
    info: header.info,
    declarations: block.declarations,
    actors: sections.actors,
    locations: sections.locations,
    filter: sections.filter,
    condition: sections.condition,
    expectations: sections.expectations,
    broken: { declarations: block.broken, statements: sections.statementsBroken },
  };
  return {
    file,
    comments: [...comments, ...lexed.comments],
    diagnostics: withUnclosed(diagnostics, lexed.diagnostics),
    places: {
      doc: header.docSpan,
      declarations,
      locations: sections.seen.get("locations"),
      filter: sections.seen.get("filter"),
    },
  };
}

/** An unclosed comment swallows the rest of the text: what is missing behind it is no mistake. */
function withUnclosed(
  found: readonly Diagnostic[],
  unclosed: readonly Diagnostic[],
): readonly Diagnostic[] {
  const cut = unclosed[0]?.span.start ?? Number.POSITIVE_INFINITY;
  const before = found.filter((diagnostic) => diagnostic.span.end < cut && !atCut(diagnostic));
  function atCut(diagnostic: Diagnostic): boolean {
    return unclosed.length > 0 && diagnostic.message.startsWith("Found the end of the file");
  }
  return [...before, ...unclosed];
}

function parseSections(cursor: Cursor, sections: Sections): void {
  let failed = false;
  while (!cursor.atEnd()) {
    const before = cursor.diagnostics.length;
    const isActor = parseSection(cursor, sections);
    if (cursor.diagnostics.length > before && !isActor) failed = true;
  }
  const end = cursor.peek().start;
  const cutShort = cursor.diagnostics.some((diagnostic) => diagnostic.span.start >= end);
  if (!failed && !cutShort && !sections.seen.has("condition")) {
    cursor.fail((span, found) => missingCondition({ start: span.end, end: span.end }, found));
  }
}

/** Reads one part behind the declarations and takes a token at least; whether it was an actor. */
function parseSection(cursor: Cursor, sections: Sections): boolean {
  const negated = (cursor.at("~") || cursor.at("not")) && cursor.at("exists", 1);
  const quantified = ["exists", "forall", "final", "("].some((word) => cursor.at(word));
  if (cursor.accept(";") !== undefined) return false;
  if (cursor.at("locations")) parseLocations(cursor, sections);
  else if (cursor.at("filter")) parseFilter(cursor, sections);
  else if (cursor.at("with")) parseWith(cursor, sections);
  else if (negated || quantified) parseCondition(cursor, sections);
  else if (cursor.peek().kind === "word" && actorBlockFollows(cursor)) {
    parseActor(cursor, sections);
    return true;
  } else parseStray(cursor, sections);
  return false;
}

function parseStray(cursor: Cursor, sections: Sections): void {
  const token = cursor.peek();
  const words = ["exists", "~exists", "forall", "filter", "locations", "with"];
  const near = nearest(token.text, words);
  cursor.fail((span, found) => strayText(span, found, near));
  cursor.take();
  if (near !== undefined && near !== "with" && near !== "locations") {
    // A misspelt quantifier's proposition is read all the same: it may hold a mistake of its own.
    if (near === "filter") sections.filter = parseProposition(cursor);
    else sections.seen.set("condition", { start: token.start, end: token.end });
    if (near !== "filter") parseProposition(cursor);
  }
  skipSection(cursor);
}

/** Whether a block opens behind this word, its `.T1` or its herd-style `(...)`. */
function actorBlockFollows(cursor: Cursor): boolean {
  let ahead = cursor.at(".", 1) ? 3 : 1;
  if (cursor.at("(", ahead)) {
    while (!cursor.at(")", ahead) && cursor.peek(ahead).kind !== "end" && ahead < 64) ahead++;
    ahead++;
  }
  return cursor.at("{", ahead);
}

function parseActor(cursor: Cursor, sections: Sections): void {
  const first = cursor.take();
  let last: Token = first;
  let name = first.text;
  if (cursor.accept(".") !== undefined) {
    last = cursor.take();
    name = `${name}.${last.text}`;
  }
  const nameSpan = { start: first.start, end: last.end };
  const isThread = /^P(?:0|[1-9]\d*)\.T[1-9]\d*$/.test(name);
  const known = isThread || actorName.test(name);
  if (!known) {
    const near = nearestActor(name);
    cursor.diagnostics.push(badActor(nameSpan, describe({ ...first, text: name }), near));
    sections.statementsBroken = true;
  }
  // Herd's parameter list: the pages are known anyhow.
  if (cursor.at("(")) while (!cursor.atEnd() && cursor.take().text !== ")");
  const block = parseBlock(cursor, name);
  if (block.broken) sections.statementsBroken = true;
  if (!known) return;
  const span = { start: first.start, end: block.end };
  sections.actors.push({ name, nameSpan, statements: block.statements, span });
}

/** `p1` and `P01` are meant as P1; other names have no near one. */
function nearestActor(name: string): string | undefined {
  const match = /^([pdk])0*(\d+)(?:\.t0*(\d+))?$/i.exec(name);
  if (match === null) return undefined;
  const thread = match[3] === undefined ? "" : `.T${match[3]}`;
  return `${match[1]!.toUpperCase()}${match[2]}${thread}`;
}

/** Notes a section's first place; a second one is reported and not kept. */
function once(
  cursor: Cursor,
  sections: Sections,
  key: string,
  word: Token,
  kept: boolean,
): boolean {
  const span = { start: word.start, end: cursor.previous().end };
  const first = sections.seen.get(key);
  if (first === undefined) sections.seen.set(key, span);
  else if (kept) {
    const at = { start: word.start, end: word.end };
    cursor.diagnostics.push(repeatedSection(at, key, first));
  }
  return first === undefined && kept;
}

function parseLocations(cursor: Cursor, sections: Sections): void {
  const word = cursor.take();
  const operands = parseOperandList(cursor);
  if (operands === undefined) skipSection(cursor);
  else if (once(cursor, sections, "locations", word, true)) sections.locations = operands;
}

/** `[P0:r0; x]`, with `;` or `,` between and perhaps behind. */
function parseOperandList(cursor: Cursor): readonly RawOperand[] | undefined {
  const fail = (expected: string) =>
    cursor.fail((span, found) => ({
      ...badProposition(span, found, expected),
      message: `Found ${found}, expected ${expected}. Write \`locations [P0:r0; x]\`.`,
    }));
  if (cursor.accept("[") === undefined) return fail("`[`");
  const operands: RawOperand[] = [];
  while (cursor.accept("]") === undefined) {
    const operand = parseOperand(cursor);
    if (operand === undefined) return undefined;
    operands.push(operand);
    const separated = cursor.accept(";") ?? cursor.accept(",");
    if (separated === undefined && !cursor.at("]")) return fail("`;` or `]`");
  }
  return operands;
}

function parseFilter(cursor: Cursor, sections: Sections): void {
  const word = cursor.take();
  const proposition = parseProposition(cursor);
  const kept = proposition !== undefined;
  if (once(cursor, sections, "filter", word, kept)) sections.filter = proposition;
  if (!kept) skipSection(cursor);
}

function parseCondition(cursor: Cursor, sections: Sections): void {
  const word = cursor.peek();
  const negated = cursor.accept("~") !== undefined || cursor.accept("not") !== undefined;
  const forall = cursor.accept("forall") !== undefined;
  if (!forall && cursor.accept("exists") === undefined) cursor.accept("final");
  const proposition = parseProposition(cursor);
  const kept = proposition !== undefined;
  const quantifier = forall ? "forall" : negated ? "~exists" : "exists";
  const span = { start: word.start, end: cursor.previous().end };
  if (once(cursor, sections, "condition", word, kept) && kept) {
    sections.condition = { quantifier, proposition, span };
  }
  if (!kept) skipSection(cursor);
}

function parseWith(cursor: Cursor, sections: Sections): void {
  if (!sections.seen.has("condition")) {
    cursor.fail((span, found) => missingCondition(span, found));
    while (!cursor.atEnd()) cursor.take();
    return;
  }
  cursor.take();
  sections.expectations = parseExpectations(cursor);
}

function skipSection(cursor: Cursor): void {
  while (!cursor.atEnd() && !startsActor(cursor) && !startsTail(cursor)) cursor.take();
}
