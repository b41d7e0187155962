/**
 * Takes a call as strace prints it apart: `name(a, {b=1, c=[2]}, "x,\"y", 3</tmp/f>) = 0 <0.1>`.
 * Strings, comments, structures and descriptor paths may hold commas and brackets, so this walks
 * the characters once and counts; a regular expression would be fooled by the first odd file name.
 */

const quote = 34;
const openParen = 40;
const closeParen = 41;
const star = 42;
const comma = 44;
const dash = 45;
const slash = 47;
const less = 60;
const greater = 62;
const openBracket = 91;
const backslash = 92;
const closeBracket = 93;
const openBrace = 123;
const closeBrace = 125;

export interface SplitCall {
  readonly args: readonly string[];
  /** Index just after the closing parenthesis, or -1 when the text ends before it. */
  readonly after: number;
}

/** Index of the quote that closes the one at `at`, or the end. */
function skipString(text: string, at: number, end: number): number {
  for (let index = at + 1; index < end; index++) {
    const code = text.charCodeAt(index);
    if (code === backslash) index++;
    else if (code === quote) return index;
  }
  return end;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** `3</tmp/a,b>` and `5<TCP:[1.2.3.4:5->6.7.8.9:10]>`: the `>` that ends the path, else `at`. */
function skipPath(text: string, at: number, end: number): number {
  for (let index = at + 1; index < end; index++) {
    const code = text.charCodeAt(index);
    if (code === greater && text.charCodeAt(index - 1) !== dash) return index;
  }
  return at;
}

/** Splits from the character after an opening bracket to its closing one. */
export function splitFrom(text: string, from: number, end: number): SplitCall {
  const args: string[] = [];
  let depth = 0;
  let start = from;
  for (let index = from; index < end; index++) {
    const code = text.charCodeAt(index);
    if (code > openBracket && code < closeBracket) continue;
    if (code === quote) index = skipString(text, index, end);
    else if (code === openParen || code === openBracket || code === openBrace) depth++;
    else if (code === closeParen || code === closeBracket || code === closeBrace) {
      if (depth === 0) {
        const last = text.slice(start, index).trim();
        if (last !== "" || args.length > 0) args.push(last);
        return { args, after: index + 1 };
      }
      depth--;
    } else if (code === comma && depth === 0) {
      args.push(text.slice(start, index).trim());
      start = index + 1;
    } else if (code === less && index > from && isPathStart(text, index)) {
      index = skipPath(text, index, end);
    } else if (code === slash && text.charCodeAt(index + 1) === star) {
      const close = text.indexOf("*/", index + 2);
      index = close < 0 || close > end ? end : close + 1;
    }
  }
  const last = text.slice(start, end).trim();
  if (last !== "") args.push(last);
  return { args, after: -1 };
}

function isPathStart(text: string, index: number): boolean {
  const before = text.charCodeAt(index - 1);
  return isDigit(before) || (before === 68 && text.startsWith("AT_FDCWD", index - 8));
}

/** The elements of a printed array or the fields of a printed structure, outer brackets off. */
export function splitBody(text: string): readonly string[] {
  const first = text.charCodeAt(0);
  if (first !== openBracket && first !== openBrace) return [];
  return splitFrom(text, 1, text.length).args;
}

/** The field `name=` of a printed structure. */
export function field(text: string, name: string): string | undefined {
  for (const part of splitBody(text)) {
    if (part.startsWith(name) && part.charCodeAt(name.length) === 61) {
      return part.slice(name.length + 1);
    }
  }
  return undefined;
}
