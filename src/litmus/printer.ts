/** A test as text again, in the one layout: what `pinfold fmt` writes and hashes are made of. */
import type { Result } from "../step/diagnostic.ts";
import type { TestFile } from "./ast.ts";
import { layout, type Origin } from "./layout.ts";
import { parseSource } from "./parse-file.ts";
import { weave } from "./weave.ts";

/**
 * Prints a file. With its origin the comments and blank lines come back, and blocks keep to the
 * number of lines they had. Reading the text again gives an equal file, spans apart.
 */
export function printFile(file: TestFile, origin?: Origin): string {
  return weave(layout(file, origin), origin);
}

/** A text in the canonical layout, comments kept; the diagnostics if it does not parse. */
export function formatText(text: string): Result<string> {
  const source = parseSource(text);
  if (!source.ok) return source;
  const { file, parsed } = source.value;
  const origin = { text, comments: parsed.comments, places: parsed.places };
  return { ok: true, value: printFile(file, origin), diagnostics: source.diagnostics };
}
