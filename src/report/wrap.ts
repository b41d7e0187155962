/**
 * Lines of a given width. Words are never broken: a word that is wider than the line stands alone
 * on one. A test's name may part behind a `+`, where its own words end.
 */

const escapeCharacter = String.fromCharCode(27);
const escapes = new RegExp(`${escapeCharacter}\\[[0-9;]*m`, "g");

/** Columns that a text takes on a terminal, without its colours. */
export function visibleWidth(text: string): number {
  return [...text.replace(escapes, "")].length;
}

/** Fills up with blanks to a width. */
export function padded(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - visibleWidth(text)));
}

/** Breaks a text at its blanks into lines of at most `width` columns where its words allow it. */
export function wrapWords(text: string, width: number): readonly string[] {
  const words = text.split(/\s+/).filter((word) => word !== "");
  return fill(words, " ", width);
}

/** Puts pieces on as few lines as fit, with a separator between pieces on one line. */
export function fill(pieces: readonly string[], separator: string, width: number): string[] {
  const lines: string[] = [];
  let line: string | undefined;
  for (const piece of pieces) {
    const joined: string = line === undefined ? piece : line + separator + piece;
    if (line !== undefined && visibleWidth(joined) > width) {
      lines.push(line.trimEnd());
      line = piece;
    } else {
      line = joined;
    }
  }
  return line === undefined ? lines : [...lines, line];
}

/** Breaks a test's name behind its `+` signs. */
export function wrapName(name: string, width: number): readonly string[] {
  return fill(name.split(/(?<=\+)/), "", width);
}

/** Words under a first-line head, the later lines indented to the same column. */
export function hang(head: string, text: string, width: number): readonly string[] {
  const indent = " ".repeat(visibleWidth(head));
  const lines = wrapWords(text, Math.max(12, width - indent.length));
  return lines.length === 0
    ? [head.trimEnd()]
    : lines.map((line, index) => (index === 0 ? head : indent) + line);
}
