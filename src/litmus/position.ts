/** Offsets into a text as the lines and columns that people and editors count. */

export interface Position {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
}

/** The line and column of an offset; an offset beyond the text is its end. */
export function position(text: string, offset: number): Position {
  const end = Math.max(0, Math.min(offset, text.length));
  let line = 1;
  let lineStart = 0;
  for (;;) {
    const newLine = text.indexOf("\n", lineStart);
    if (newLine === -1 || newLine >= end) break;
    line++;
    lineStart = newLine + 1;
  }
  return { line, column: end - lineStart + 1 };
}
