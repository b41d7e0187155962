/**
 * ` * Result: Never` in a comment, as the Linux kernel's own litmus tests state it: the expectation
 * for every kernel that no `with` names. Both of its spellings are read, and any case.
 */
import type { Diagnostic } from "../step/diagnostic.ts";
import type { TestFile } from "./ast.ts";
import { unknownResult } from "./diagnostics.ts";
import type { Comment } from "./lexer.ts";
import { nearest } from "./nearest.ts";
import { verdictOf } from "./parse-expectations.ts";

const resultLine = /(?:^|\n)[ \t]*[(/]?\*[ \t]*Result:[ \t]*([\w-]+)/g;
/** Words that stand there in the kernel's tests and promise nothing here. */
const otherWords = ["maybe", "deadlock"];

/** The first result that promises something; words that are none are warned of. */
export function readResult(
  comments: readonly Comment[],
  diagnostics: Diagnostic[],
): TestFile["result"] {
  let result: TestFile["result"];
  for (const comment of comments) {
    for (const match of comment.text.matchAll(resultLine)) {
      const word = match[1]!;
      const end = comment.span.start + match.index + match[0].length;
      const span = { start: end - word.length, end };
      const verdict = verdictOf(word);
      if (verdict !== undefined) result ??= { verdict, span };
      else if (!otherWords.includes(word.toLowerCase())) {
        const near = nearest(word, ["Never", "Sometimes", "Always", "Maybe"]);
        diagnostics.push(unknownResult(span, word, near));
      }
    }
  }
  return result;
}
