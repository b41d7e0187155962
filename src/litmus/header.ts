/**
 * The lines before the declarations: `Linux NAME`, the quoted consequence, `Key=value` lines. They
 * are read by line, as herd does, because a value may hold any sign.
 */
import type { Diagnostic, Span } from "../step/diagnostic.ts";
import type { InfoLine } from "./ast.ts";
import {
  badHeader,
  badInfoLine,
  missingDeclarations,
  quote,
  unclosedDoc,
  unopenedDeclarations,
} from "./diagnostics-syntax.ts";
import { type Comment, matchAt, skipBlanks } from "./lexer.ts";
import { nearest } from "./nearest.ts";

export interface Header {
  readonly name: string;
  readonly nameSpan: Span;
  readonly doc: string | undefined;
  readonly docSpan: Span | undefined;
  readonly info: readonly InfoLine[];
  /** Where the declarations begin; undefined if the text is so strange that reading on is idle. */
  readonly bodyStart: number | undefined;
  /** False when the body begins with an actor or a bare declaration: already reported. */
  readonly opensDeclarations: boolean;
}

const architecture = /[A-Za-z_][\w-]*/y;
const testName = /[\w/.+[\]:-]+/y;
const restOfLine = /[^\n]*/y;
const infoLine = /[A-Za-z][\w-]*[ \t]*=[^\n]*/y;
const actorStart = /[PDK]\d+[\w.]*\s*[{(]/y;
const declarationStart = /(?:page|for)\b/y;
/** A doc string that lost its closing quote ends where something else plainly begins. */
const afterDoc = /\n\s*(?:\{|[A-Za-z][\w-]*=)/g;

interface Reading {
  readonly text: string;
  readonly comments: Comment[];
  readonly diagnostics: Diagnostic[];
}

/** Reads the header; what is wrong with it goes to the diagnostics. */
export function readHeader(text: string, comments: Comment[], diagnostics: Diagnostic[]): Header {
  const reading = { text, comments, diagnostics };
  const title = readTitle(reading);
  let doc: string | undefined;
  let docSpan: Span | undefined;
  const info: InfoLine[] = [];
  const header = (bodyStart: number | undefined, opensDeclarations: boolean): Header => ({
    name: title.name,
    nameSpan: title.nameSpan,
    doc,
    docSpan,
    info,
    bodyStart,
    opensDeclarations,
  });
  if (title.end === undefined) return header(undefined, false);
  let offset = title.end;
  for (;;) {
    offset = skipBlanks(text, offset, comments, diagnostics);
    if (offset >= text.length) {
      if (diagnostics.length === 0) {
        const end = text.trimEnd().length;
        diagnostics.push(missingDeclarations({ start: end, end }, "the end of the file"));
      }
      return header(undefined, false);
    }
    if (text[offset] === "{") return header(offset, true);
    if (text[offset] === '"' && doc === undefined) {
      docSpan = readDoc(reading, offset);
      doc = text
        .slice(offset + 1, docSpan.end)
        .replace(/"$/, "")
        .replace(/\r\n/g, "\n");
      offset = docSpan.end;
      continue;
    }
    const actor = matchAt(actorStart, text, offset)?.replace(/\W*$/, "");
    const bare = actor ?? matchAt(declarationStart, text, offset);
    if (bare !== undefined) {
      const span = { start: offset, end: offset + bare.length };
      const missing = actor === undefined ? unopenedDeclarations : missingDeclarations;
      diagnostics.push(missing(span, quote(bare)));
      return header(offset, false);
    }
    offset = readInfo(reading, offset, info);
  }
}

function readTitle({ text, comments, diagnostics }: Reading): {
  readonly name: string;
  readonly nameSpan: Span;
  readonly end: number | undefined;
} {
  const start = skipBlanks(text, 0, comments, diagnostics);
  const nowhere = { start, end: start };
  const word = matchAt(architecture, text, start);
  const wordSpan = { start, end: start + (word ?? text[start] ?? "").length };
  const expected = "`Linux NAME`, where NAME is the file's name without .litmus";
  const hopeless = (found: string) => {
    if (diagnostics.length === 0) diagnostics.push(badHeader(wordSpan, found, expected));
    return { name: "", nameSpan: nowhere, end: undefined };
  };
  if (start >= text.length) return hopeless("an empty file");
  if (word === undefined) return hopeless(quote(text[start]!));
  const nameStart = wordSpan.end + (matchAt(/[ \t]*/y, text, wordSpan.end)?.length ?? 0);
  const name = matchAt(testName, text, nameStart);
  if (word !== "Linux") {
    const looksLikeTitle = name !== undefined && /^[A-Za-z]+$/.test(word) && word !== "page";
    if (!looksLikeTitle) return hopeless(quote(word));
    const fix = { span: wordSpan, replacement: "Linux" };
    const near = nearest(word, ["Linux"]) ?? "Linux";
    diagnostics.push(badHeader(wordSpan, quote(word), `\`${near} ${name}\``, fix));
  } else if (name === undefined) {
    const end = { start: wordSpan.end, end: wordSpan.end };
    diagnostics.push(badHeader(end, "no name", expected));
  }
  const nameSpan = { start: nameStart, end: nameStart + (name?.length ?? 0) };
  return { name: name ?? "", nameSpan, end: endOfTitle({ text, comments, diagnostics }, nameSpan) };
}

/** Whatever follows the name on its line, comments and the next part apart, is an error. */
function endOfTitle({ text, diagnostics }: Reading, nameSpan: Span): number {
  const rest = matchAt(restOfLine, text, nameSpan.end) ?? "";
  const words = rest.trim();
  if (words === "" || /^(?:\/\/|\/\*|\(\*|"|\{)/.test(words)) return nameSpan.end;
  const start = nameSpan.end + rest.indexOf(words);
  const span = { start, end: start + words.length };
  if (diagnostics.length === 0) {
    diagnostics.push(
      badHeader(
        span,
        quote(words),
        "a name of letters, digits and _ / . - + [ ] : alone on its line",
      ),
    );
  }
  return span.end;
}

function readDoc({ text, diagnostics }: Reading, start: number): Span {
  const close = text.indexOf('"', start + 1);
  if (close !== -1) return { start, end: close + 1 };
  diagnostics.push(unclosedDoc({ start, end: start + 1 }));
  afterDoc.lastIndex = start;
  return { start, end: afterDoc.exec(text)?.index ?? text.length };
}

function readInfo({ text, diagnostics }: Reading, offset: number, info: InfoLine[]): number {
  const line = matchAt(infoLine, text, offset);
  if (line === undefined) {
    const rest = (matchAt(restOfLine, text, offset) ?? "").trimEnd();
    diagnostics.push(badInfoLine({ start: offset, end: offset + rest.length }, rest));
    return offset + Math.max(1, rest.length);
  }
  const equals = line.indexOf("=");
  // A comment sign inside an address (https://...) is no comment; behind a blank it is one.
  const value = line.slice(equals + 1).replace(/(^|\s+)(?:\/\/|\/\*|\(\*).*$/, "");
  const end = offset + equals + 1 + value.trimEnd().length;
  info.push({
    key: line.slice(0, equals).trim(),
    value: value.trim(),
    span: { start: offset, end },
  });
  return end;
}
