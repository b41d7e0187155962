/** Inputs as text in pieces; whoever opens files decides how they come. */

export interface TraceSource {
  readonly name: string;
  /** One byte a character (latin1), so that a log of any encoding can be read. */
  readonly chunks: Iterable<string>;
}

/**
 * A text that holds no other text alive: an engine may keep the whole piece of a log for the sake of
 * one word in it, and words are kept long.
 */
export function ownText(text: string): string {
  return ` ${text}`.slice(1);
}

/** A `-ff` file's thread is its name's last part: `log.12345`. */
export function threadOfName(name: string): number | undefined {
  const match = /\.(\d+)$/.exec(name);
  return match === null ? undefined : Number(match[1]);
}

/** Lines of chunks without copying: calls back with the text that holds the line. */
export function eachLine(
  chunks: Iterable<string>,
  line: (text: string, start: number, end: number) => void,
): void {
  let rest = "";
  for (const chunk of chunks) {
    const text = rest === "" ? chunk : rest + chunk;
    let start = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", start)) {
      line(text, start, end);
      start = end + 1;
    }
    rest = start === 0 ? text : text.slice(start);
    if (rest.length > lineMax) {
      line(rest, 0, rest.length);
      rest = "";
    }
  }
  if (rest !== "") line(rest, 0, rest.length);
}

/** No line that matters is longer; binary junk without newlines must not fill memory. */
const lineMax = 16 * 1024 * 1024;

/** Pulls one line at a time, for merging several files by time. */
export class LineCursor {
  readonly #chunks: Iterator<string>;
  text = "";
  start = 0;
  end = 0;
  #done = false;

  constructor(chunks: Iterable<string>) {
    this.#chunks = chunks[Symbol.iterator]();
  }

  /** Moves to the next line; false when there is none. */
  next(): boolean {
    const from = this.text === "" ? 0 : this.end + 1;
    const newline = this.text.indexOf("\n", from);
    if (newline >= 0) {
      this.start = from;
      this.end = newline;
      return true;
    }
    const rest = this.text.slice(from);
    return this.#refill(rest);
  }

  #refill(before: string): boolean {
    let rest = before;
    while (!this.#done) {
      const step = this.#chunks.next();
      if (step.done === true) {
        this.#done = true;
        break;
      }
      rest += step.value;
      const newline = rest.indexOf("\n");
      if (newline >= 0) {
        this.text = rest;
        this.start = 0;
        this.end = newline;
        return true;
      }
    }
    if (rest === "") return false;
    this.text = rest;
    this.start = 0;
    this.end = rest.length;
    return true;
  }
}
