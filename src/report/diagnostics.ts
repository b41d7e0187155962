/**
 * The only place that draws a diagnostic: where, which code, what was found, the source line with
 * its carets, the notes, and what to write instead.
 */
import { position } from "../litmus/position.ts";
import type { Diagnostic, Span } from "../step/diagnostic.ts";
import { type Look, type Palette, paletteOf } from "./style.ts";
import { hang } from "./wrap.ts";

export interface SourceText {
  readonly file: string;
  readonly text: string;
}

/** All diagnostics of one file, in the order of their places, an empty line between them. */
export function drawDiagnostics(
  diagnostics: readonly Diagnostic[],
  source: SourceText,
  look: Look,
): string {
  const ordered = [...diagnostics].sort((one, other) => one.span.start - other.span.start);
  return ordered.map((diagnostic) => `${drawDiagnostic(diagnostic, source, look)}\n`).join("\n");
}

/** One diagnostic, without a line break at its end. */
export function drawDiagnostic(diagnostic: Diagnostic, source: SourceText, look: Look): string {
  const paint = paletteOf(look);
  const { line, column } = position(source.text, diagnostic.span.start);
  const severity = diagnostic.severity === "error" ? paint.bad : paint.unsure;
  const where = paint.strong(`${source.file}:${line}:${column}:`);
  const what = severity(`${diagnostic.severity} ${diagnostic.code}:`);
  const lines = [
    `${where} ${what} ${diagnostic.message}`,
    ...excerpt(source.text, diagnostic.span, severity, look),
  ];
  for (const note of diagnostic.notes ?? []) {
    const place = note.span === undefined ? undefined : position(source.text, note.span.start);
    const head = place === undefined ? "" : `${source.file}:${place.line}:${place.column}: `;
    lines.push(...hang(paint.faint("  note: "), head + note.message, look.width));
    if (note.span !== undefined) {
      lines.push(...excerpt(source.text, note.span, paint.faint, look));
    }
  }
  if (diagnostic.fix !== undefined) {
    lines.push(...drawFix(diagnostic.fix.replacement, paint));
  }
  return lines.join("\n");
}

function drawFix(replacement: string, paint: Palette): readonly string[] {
  const [first = "", ...more] = replacement.trim().split("\n");
  if (first === "") {
    return [`  ${paint.good("write:")} nothing here; take it out`];
  }
  return [`  ${paint.good("write:")} ${first}`, ...more.map((line) => `         ${line}`)];
}

/** The source line and the carets under the span, cut to the terminal's width around the span. */
function excerpt(
  text: string,
  span: Span,
  paint: (text: string) => string,
  look: Look,
): readonly string[] {
  const { line, column } = position(text, span.start);
  const content = (text.split("\n")[line - 1] ?? "").replace(/\r$/, "");
  const gutter = `  ${line} | `;
  const room = Math.max(20, look.width - gutter.length);
  const length = Math.max(1, Math.min(span.end - span.start, content.length - column + 1));
  const shift = column - 1 + length <= room ? 0 : Math.max(0, column - 1 - Math.floor(room / 3));
  const shown = cut(content.replaceAll("\t", " "), shift, room);
  const start = Math.min(column - 1 - shift, room - 1);
  const carets = "^".repeat(Math.max(1, Math.min(length, room - start)));
  const blank = `${" ".repeat(gutter.length - 2)}| `;
  return [gutter + shown, blank + " ".repeat(start) + paint(carets)];
}

/** So many characters from `shift` on; dots say where something was left out. */
function cut(content: string, shift: number, room: number): string {
  const shown = content.slice(shift, shift + room);
  const open = shift > 0 ? `...${shown.slice(3)}` : shown;
  return shift + room < content.length ? `${open.slice(0, -3)}...` : open;
}
