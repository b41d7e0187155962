/**
 * Puts comments and blank lines of a source back between printed lines. A comment behind a statement
 * stays behind it; a comment on lines of its own stays before what follows it.
 */
import type { Span } from "../step/diagnostic.ts";
import type { Line, Origin } from "./layout.ts";
import type { Comment } from "./lexer.ts";

interface Piece {
  readonly text: string;
  readonly span: Span;
}

/** The printed text, comments and all, with a line break at its end. */
export function weave(lines: readonly Line[], origin: Origin | undefined): string {
  const pieces: Piece[] = [];
  const { before, behind, last } = attach(lines, origin);
  for (const line of lines) {
    for (const comment of before.get(line) ?? []) {
      pieces.push({ text: " ".repeat(line.commentIndent) + comment.text, span: comment.span });
    }
    const trailing = behind.get(line) ?? [];
    const indented = line.text.replaceAll("\n", `\n${" ".repeat(line.indent)}`);
    const text = [indented, ...trailing.map((comment) => comment.text)].join(" ");
    const end = Math.max(line.span.end, ...trailing.map((comment) => comment.span.end));
    pieces.push({ text: " ".repeat(line.indent) + text, span: { start: line.span.start, end } });
  }
  for (const comment of last) pieces.push(comment);
  const shown = pieces.map(
    (piece, at) => `${blankBefore(pieces, at, origin)}${piece.text}
`,
  );
  return shown.join("");
}

interface Attached {
  readonly before: ReadonlyMap<Line, readonly Comment[]>;
  readonly behind: ReadonlyMap<Line, readonly Comment[]>;
  readonly last: readonly Comment[];
}

function attach(lines: readonly Line[], origin: Origin | undefined): Attached {
  const before = new Map<Line, Comment[]>();
  const behind = new Map<Line, Comment[]>();
  const last: Comment[] = [];
  if (origin === undefined) return { before, behind, last };
  const byPlace = [...lines].sort((left, right) => left.span.start - right.span.start);
  for (const comment of origin.comments) {
    const { start } = comment.span;
    const next = byPlace.find((line) => line.span.start > start);
    const previous = byPlace.filter((line) => line.span.start <= start).at(-1);
    const sameLine =
      previous !== undefined &&
      !comment.text.includes("\n") &&
      !origin.text.slice(previous.span.end, start).includes("\n");
    // `P1 { /* nothing */ }`: of what follows on its line, not of the opening brace.
    const opening = previous?.text.endsWith("{") === true && start >= previous.span.end;
    const followed = /^[ \t]*\S/.test(origin.text.slice(comment.span.end));
    const inside = previous !== undefined && start < previous.span.end;
    if (previous !== undefined && sameLine && !(opening && followed))
      add(behind, previous, comment);
    else if (previous !== undefined && inside) add(before, previous, comment);
    else if (next !== undefined) add(before, next, comment);
    else last.push(comment);
  }
  return { before, behind, last };
}

function add(map: Map<Line, Comment[]>, line: Line, comment: Comment): void {
  const known = map.get(line);
  if (known === undefined) map.set(line, [comment]);
  else known.push(comment);
}

/** A line break more where the source has a blank line, except at a block's edges. */
function blankBefore(pieces: readonly Piece[], at: number, origin: Origin | undefined): string {
  const previous = pieces[at - 1];
  const piece = pieces[at]!;
  if (origin === undefined || previous === undefined) return "";
  if (previous.text.endsWith("{") || piece.text.trim() === "}") return "";
  const between = origin.text.slice(previous.span.end, piece.span.start);
  return /\n[ \t\r]*\n/.test(between) ? "\n" : "";
}
