/**
 * Debian's control paragraphs (deb822): `Field: value` lines, continuation lines that begin with a
 * space, paragraphs parted by empty lines. Package indexes and `.sources` files are written so.
 */

export type Paragraph = ReadonlyMap<string, string>;

/** Reads one paragraph; field names in lower case, continuation lines joined by newlines. */
export function readParagraph(text: string): Paragraph {
  const fields = new Map<string, string>();
  let field: string | undefined;
  for (const line of text.split("\n")) {
    if (line.startsWith("#")) continue;
    if (/^[ \t]/.test(line)) {
      if (field !== undefined) fields.set(field, `${fields.get(field)}\n${line.slice(1)}`);
      continue;
    }
    const colon = line.indexOf(":");
    if (colon <= 0) continue;
    field = line.slice(0, colon).toLowerCase();
    fields.set(field, line.slice(colon + 1).trim());
  }
  return fields;
}

/** Reads all paragraphs of a text. */
export function readParagraphs(text: string): Paragraph[] {
  return text
    .replaceAll("\r\n", "\n")
    .split(/\n[ \t]*\n+/)
    .map(readParagraph)
    .filter((paragraph) => paragraph.size > 0);
}
