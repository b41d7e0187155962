/**
 * A place in the tokens. Reading functions return undefined after they have reported what stopped
 * them, exactly once; whoever called them skips to the end of the piece and reads on, so that a
 * mistake in one statement never reaches the next.
 */
import type { Diagnostic, Span } from "../step/diagnostic.ts";
import { badNumber, quote, unknownCharacter } from "./diagnostics-syntax.ts";
import type { Token } from "./lexer.ts";

/** The largest value a page's word holds in the model and in the emitted C. */
export const largestValue = 0xffffffff;
/** The most that half a word holds. */
export const largestHalf = 0xffff;

export class Cursor {
  private readonly tokens: readonly Token[];
  private index = 0;
  readonly diagnostics: Diagnostic[];

  constructor(tokens: readonly Token[], diagnostics: Diagnostic[]) {
    this.tokens = tokens;
    this.diagnostics = diagnostics;
  }

  peek(ahead = 0): Token {
    return this.tokens[Math.min(this.index + ahead, this.tokens.length - 1)]!;
  }

  /** The token before the current one; the current one at the very start. */
  previous(): Token {
    return this.tokens[Math.max(0, this.index - 1)]!;
  }

  /** Takes the current token; the end is never passed. */
  take(): Token {
    const token = this.peek();
    if (token.kind !== "end") this.index++;
    return token;
  }

  at(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.text === text && token.kind !== "unknown";
  }

  /** Takes the current token if it is this text. */
  accept(text: string): Token | undefined {
    return this.at(text) ? this.take() : undefined;
  }

  atEnd(): boolean {
    return this.peek().kind === "end";
  }

  /** Reports the current token, unless it is a sign of no language: then that is the mistake. */
  fail(make: (span: Span, found: string) => Diagnostic): undefined {
    const token = this.peek();
    const span = { start: token.start, end: token.end };
    this.diagnostics.push(
      token.kind === "unknown" ? unknownCharacter(span, token.text) : make(span, describe(token)),
    );
    return undefined;
  }

  /** A number's value; what is written like `1x` or does not fit a word is reported. */
  number(token: Token): number | undefined {
    const span = { start: token.start, end: token.end };
    if (!/^(?:0[xX][0-9a-fA-F]+|\d+)$/.test(token.text)) {
      this.diagnostics.push(badNumber(span, token.text, "is no number"));
      return undefined;
    }
    const value = Number(token.text);
    if (value > largestValue) {
      this.diagnostics.push(badNumber(span, token.text, `is more than ${largestValue}`));
      return undefined;
    }
    return value;
  }

  /** Skips to behind the next `;` of this block, or to its `}`; blocks on the way are stepped over. */
  skipPiece(): void {
    let depth = 0;
    while (!this.atEnd()) {
      if (depth === 0 && (this.at("}") || startsActor(this) || startsTail(this))) return;
      const token = this.take();
      if (token.text === "{") depth++;
      if (token.text === "}") depth--;
      if (token.text === ";" && depth === 0) return;
    }
  }
}

/** A token as a message names it. */
export function describe(token: Token): string {
  return token.kind === "end" ? "the end of the file" : quote(token.text);
}

export const actorName = /^[PDK](?:0|[1-9]\d{0,5})$/;

/** `P1 {`, `P0.T1 {`: no statement begins so, and one that seems to means a forgotten `}`. */
export function startsActor(cursor: Cursor): boolean {
  if (!actorName.test(cursor.peek().text)) return false;
  return cursor.at("{", 1) || (cursor.at(".", 1) && cursor.at("{", 3));
}

const tailWords = ["exists", "forall", "final", "locations", "filter", "with"];

/** The words after the last actor. Inside a block they mean a forgotten `}` too. */
export function startsTail(cursor: Cursor): boolean {
  if (cursor.at("~") && cursor.at("exists", 1)) return true;
  if (!tailWords.includes(cursor.peek().text)) return false;
  return !cursor.at("=", 1);
}
