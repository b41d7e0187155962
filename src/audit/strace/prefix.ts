/**
 * What stands before the call on a line: `18890 1795374950.71 `, `[pid 18890<comm>] 19:15:50.82 `,
 * `     0.000037 ` under -r, `(+ 0.000102) `, `[ 425] ` under -n, `[00007f3cab447829] ` under -i.
 * It runs on every line of a log, so it walks characters and allocates nothing.
 */

export interface Prefix {
  /** The thread, or -1 where the line does not say. */
  tid: number;
  /** Where the time stands, or equal when there is none. */
  timeStart: number;
  timeEnd: number;
  /** Where the call, signal or exit begins. */
  body: number;
}

const space = 32;
/** Linux's PID_MAX_LIMIT: a larger leading number is a time in whole seconds. */
const pidLimit = 4194304;

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function skipSpaces(text: string, from: number, end: number): number {
  let at = from;
  while (at < end && text.charCodeAt(at) === space) at++;
  return at;
}

/** `[pid 18890<comm>] `; a comm may hold brackets, so the end is "] " after it. */
function bracketPid(text: string, start: number, end: number, out: Prefix): number {
  let at = skipSpaces(text, start + 4, end);
  let tid = 0;
  while (at < end && isDigit(text.charCodeAt(at))) tid = tid * 10 + text.charCodeAt(at++) - 48;
  const close = text.charCodeAt(at) === 60 ? text.indexOf(">] ", at) + 1 : at;
  if (close <= 0 || text.charCodeAt(close) !== 93) return start;
  out.tid = tid;
  return skipSpaces(text, close + 1, end);
}

/** A leading number that is a pid: followed by a space or `<comm> `. Else it is a time. */
function leadingPid(text: string, start: number, end: number, out: Prefix): number {
  let at = start;
  let value = 0;
  while (at < end && isDigit(text.charCodeAt(at))) value = value * 10 + text.charCodeAt(at++) - 48;
  if (value === 0 || value > pidLimit) return start;
  const code = text.charCodeAt(at);
  if (code === space) {
    out.tid = value;
    return skipSpaces(text, at, end);
  }
  if (code !== 60) return start;
  const close = text.indexOf("> ", at);
  if (close < 0 || close >= end) return start;
  out.tid = value;
  return skipSpaces(text, close + 1, end);
}

function skipTime(text: string, start: number, end: number, out: Prefix): number {
  let at = start;
  if (isDigit(text.charCodeAt(at))) {
    out.timeStart = at;
    while (at < end && text.charCodeAt(at) !== space) at++;
    out.timeEnd = at;
    at = skipSpaces(text, at, end);
  }
  if (text.charCodeAt(at) === 40 && text.charCodeAt(at + 1) === 43) {
    const close = text.indexOf(")", at);
    if (close > 0 && close < end) at = skipSpaces(text, close + 1, end);
  }
  return at;
}

/** `[ 425] ` and `[00007f3cab447829] ` and `[????????????????] `. */
function skipBrackets(text: string, start: number, end: number): number {
  let at = start;
  while (text.charCodeAt(at) === 91) {
    const close = text.indexOf("]", at);
    if (close < 0 || close >= end || close - at > 20) return at;
    at = skipSpaces(text, close + 1, end);
  }
  return at;
}

/** Fills `out` for the line text[start, end). */
export function readPrefix(text: string, start: number, end: number, out: Prefix): void {
  out.tid = -1;
  let at = skipSpaces(text, start, end);
  out.timeStart = at;
  out.timeEnd = at;
  const first = text.charCodeAt(at);
  if (first === 91 && text.startsWith("[pid", at)) at = bracketPid(text, at, end, out);
  else if (isDigit(first) && at === start) at = leadingPid(text, at, end, out);
  else if (isDigit(first)) at = paddedPid(text, at, end, out);
  at = skipTime(text, at, end, out);
  out.body = skipBrackets(text, at, end);
}

/** Leading spaces mean `-r`, unless a whole number stands there: no strace pads pids on the left. */
function paddedPid(text: string, at: number, end: number, out: Prefix): number {
  out.timeStart = at;
  let dot = at;
  while (dot < end && isDigit(text.charCodeAt(dot))) dot++;
  return text.charCodeAt(dot) === space ? leadingPid(text, at, end, out) : at;
}

/** Microseconds of `1795374950.710764`, `19:15:50.820639`, `19:15:50`, `0.000037`; NaN if none. */
export function timeOf(text: string, start: number, end: number): number {
  if (end <= start) return Number.NaN;
  const word = text.slice(start, end);
  if (word.charCodeAt(2) !== 58) {
    const dot = word.indexOf(".");
    if (dot < 0) return Number(word) * 1e6;
    const fraction = Number(`0.${word.slice(dot + 1)}`) * 1e6;
    return Number(word.slice(0, dot)) * 1e6 + fraction;
  }
  const parts = word.split(":");
  return ((Number(parts[0]) * 60 + Number(parts[1])) * 60 + Number(parts[2])) * 1e6;
}

export function isClock(text: string, start: number): boolean {
  return text.charCodeAt(start + 2) === 58;
}

/** The time of a line without reading the line, for merging; NaN when it has none. */
export function peekTime(text: string, start: number, end: number): number {
  readPrefix(text, start, end, peeked);
  return timeOf(text, peeked.timeStart, peeked.timeEnd);
}

/** Whether the line's stamp is a time of day, `00:04:39.25`. */
export function peekIsClock(text: string, start: number, end: number): boolean {
  readPrefix(text, start, end, peeked);
  return peeked.timeEnd > peeked.timeStart && isClock(text, peeked.timeStart);
}

const peeked: Prefix = { tid: -1, timeStart: 0, timeEnd: 0, body: 0 };
