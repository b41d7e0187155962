/** The words of pin(x, WRITE | FAST), mprotect(x, RW) or madvise(x, DONTFORK). */
import { repeatedFlag, tooManyFlags, unknownFlag } from "./diagnostics.ts";
import { nearest } from "./nearest.ts";
import { type ArgumentShape, otherFlags } from "./operations.ts";
import type { RawWord } from "./raw.ts";
import { type Report, report } from "./scope.ts";

type FlagShape = Extract<ArgumentShape, { readonly kind: "flags" }>;

/** The flags in the order written, or undefined after reporting the first that is wrong. */
export function checkFlags(
  operation: string,
  shape: FlagShape,
  words: readonly RawWord[],
  to: Report,
): readonly string[] | undefined {
  for (const [at, { text, span }] of words.entries()) {
    if (!shape.words.includes(text)) {
      report(to, unknownFlag(span, operation, text, shape.words, meantFlag(text, shape.words)));
      return undefined;
    }
    if (words.findIndex((word) => word.text === text) < at) {
      report(to, repeatedFlag(span, text));
      return undefined;
    }
  }
  if (words.length > 1 && !shape.many) {
    const span = { start: words[0]!.span.start, end: words[words.length - 1]!.span.end };
    report(to, tooManyFlags(span, operation, shape.words));
    return undefined;
  }
  return words.map((word) => word.text);
}

const prefixes = /^(?:FOLL_|MADV_|PROT_|VFIO_DMA_MAP_FLAG_|IBV_ACCESS_)/;

/** FOLL_WRITE means WRITE, PROT_READ means R; else the nearest word. */
function meantFlag(text: string, known: readonly string[]): string | undefined {
  const bare = text.replace(prefixes, "");
  if (known.includes(bare)) return bare;
  const other = otherFlags.get(text) ?? otherFlags.get(bare);
  if (other?.split(" | ").every((word) => known.includes(word))) return other;
  return nearest(bare, known);
}
