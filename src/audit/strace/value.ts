/**
 * Single values as strace writes them: decimal, octal and hexadecimal numbers, flag words under all
 * three `-X` styles, descriptors with and without paths, escaped byte strings, return values.
 */
import type { DescriptorRef } from "../event.ts";
import { flagValues } from "./constants.ts";

/** A number at the start of the text (`0x1f`, `0644`, `-1`, `8192*1024`, `NULL`), or undefined. */
export function numberOf(text: string | undefined): number | undefined {
  if (text === undefined || text === "") return undefined;
  const first = text.charCodeAt(0);
  if (first === 78 && text.startsWith("NULL")) return 0;
  if (first === 45) {
    const positive = numberOf(text.slice(1));
    return positive === undefined ? undefined : -positive;
  }
  if (first < 48 || first > 57) return undefined;
  if (first === 48 && text.charCodeAt(1) === 120) {
    const value = Number.parseInt(text, 16);
    return Number.isNaN(value) ? undefined : value;
  }
  if (first === 48 && text.charCodeAt(1) >= 48 && text.charCodeAt(1) <= 55) {
    return Number.parseInt(text, 8);
  }
  const value = Number.parseInt(text, 10);
  const times = text.indexOf("*");
  if (times > 0) {
    const factor = numberOf(text.slice(times + 1));
    if (factor !== undefined) return value * factor;
  }
  return value;
}

/** A descriptor's number; raw mode writes -1 and AT_FDCWD as 32-bit hexadecimal. */
export function descriptorOf(text: string | undefined): DescriptorRef | undefined {
  const value = numberOf(text);
  if (value === undefined || text === undefined) return undefined;
  const number = value >= 0x80000000 ? value - 0x100000000 : value;
  const open = text.indexOf("<");
  if (open < 0) return { number, path: undefined };
  const close = text.lastIndexOf(">");
  return { number, path: unescapePath(text.slice(open + 1, close > open ? close : text.length)) };
}

function unescapePath(path: string): string {
  return path.includes("\\") ? bytesToText(bytesOf(`"${path}"`)?.bytes ?? []) : path;
}

function bytesToText(bytes: readonly number[]): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/**
 * Flags as one number: `A|B`, `0x3`, `0x3 /* A|B *\/`, `0x1200000|17`, `A|0x40`. A word that the
 * table does not hold makes `unknown` true.
 */
export function flagsOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const known = remembered.get(text);
  if (known !== undefined) return known;
  const value = readFlags(text);
  if (value !== undefined && remembered.size < rememberedMax) remembered.set(text, value);
  return value;
}

/** A log repeats a few dozen flag words; each is taken apart once. */
const remembered = new Map<string, number>();
const rememberedMax = 4096;

function readFlags(text: string): number | undefined {
  const plain = text.includes("/*") ? text.replace(/\/\*.*?\*\//g, "") : text;
  let sum = 0;
  let found = false;
  for (const word of plain.split("|")) {
    const name = word.trim();
    const value = numberOf(name) ?? flagValues.get(name);
    if (value !== undefined) {
      sum = orWide(sum, value);
      found = true;
    }
  }
  return found ? sum : undefined;
}

/** Bitwise or beyond 31 bits (clone3 flags reach 2^33). */
function orWide(a: number, b: number): number {
  const high = Math.floor(a / 0x100000000) | Math.floor(b / 0x100000000);
  return high * 0x100000000 + ((a | b) >>> 0);
}

/** Whether a symbol stands in the text, or its bit is set when the text is a number. */
export function hasFlag(flags: number | undefined, bit: number): boolean {
  if (flags === undefined) return false;
  if (bit >= 0x100000000) return Math.floor(flags / bit) % 2 === 1;
  return (flags & bit) !== 0;
}

export interface Bytes {
  readonly bytes: readonly number[];
  /** False when strace cut the string (`"..."...`). */
  readonly whole: boolean;
}

const simpleEscapes: Readonly<Record<string, number>> = {
  n: 10,
  r: 13,
  t: 9,
  v: 11,
  f: 12,
  "\\": 92,
  '"': 34,
  "'": 39,
};

/** `"\0\20a"` or `"\x00\x10\x61"` as bytes. */
export function bytesOf(text: string | undefined): Bytes | undefined {
  if (text === undefined || text.charCodeAt(0) !== 34) return undefined;
  const bytes: number[] = [];
  let index = 1;
  while (index < text.length) {
    const char = text[index] as string;
    if (char === '"') return { bytes, whole: !text.startsWith("...", index + 1) };
    if (char !== "\\") {
      bytes.push(text.charCodeAt(index) & 0xff);
      index++;
      continue;
    }
    const next = text[index + 1] ?? "";
    const code = /^(?:x([0-9a-f]{1,2})|([0-7]{1,3}))/.exec(text.slice(index + 1, index + 4));
    if (code !== null) {
      const value =
        code[1] === undefined
          ? Number.parseInt(code[2] as string, 8)
          : Number.parseInt(code[1], 16);
      bytes.push(value & 0xff);
      index += 1 + code[0].length;
    } else {
      bytes.push(simpleEscapes[next] ?? next.charCodeAt(0));
      index += 2;
    }
  }
  return { bytes, whole: false };
}

/** A quoted string as text (paths under `-xx` are escaped throughout). */
export function textOf(text: string | undefined): string | undefined {
  if (text?.endsWith('"') === true && text.startsWith('"') && !text.includes("\\")) {
    return text.slice(1, -1);
  }
  const bytes = bytesOf(text);
  return bytes === undefined ? undefined : bytesToText(bytes.bytes);
}

/** Little-endian unsigned number of `size` bytes at `offset`, or undefined when cut off. */
export function littleEndian(
  bytes: readonly number[],
  offset: number,
  size: number,
): number | undefined {
  if (offset + size > bytes.length) return undefined;
  let value = 0;
  for (let index = size - 1; index >= 0; index--)
    value = value * 256 + (bytes[offset + index] as number);
  return value;
}

export interface Returned {
  /** Undefined for `?`. */
  readonly value: number | undefined;
  readonly errno: string | undefined;
  /** What `-y` says of a returned descriptor, or the comm of a returned pid. */
  readonly path: string | undefined;
}

/** The part after the closing parenthesis: ` = 3</tmp/f> (INJECTED) <0.000012>`, or undefined. */
export function returnOf(text: string, from: number, end: number): Returned | undefined {
  let at = from;
  while (at < end && text.charCodeAt(at) === 32) at++;
  if (text.charCodeAt(at) !== 61) return undefined;
  at++;
  while (at < end && text.charCodeAt(at) === 32) at++;
  const rest = text.slice(at, end);
  if (rest.startsWith("?")) {
    return { value: undefined, errno: /^\? (E[A-Z]+)/.exec(rest)?.[1], path: undefined };
  }
  const value = numberOf(rest);
  if (value === undefined) return undefined;
  if (value < 0) return { value, errno: /^-\d+ (E[A-Z0-9]+)/.exec(rest)?.[1], path: undefined };
  const path = /^(?:0x[0-9a-f]+|\d+)<(.*?)>(?:\(deleted\))?(?= |$)/.exec(rest)?.[1];
  return { value, errno: undefined, path };
}

/** Seconds as printed by `-T` at a line's end, in microseconds, or NaN. */
export function durationOf(rest: string): number {
  if (!rest.endsWith(">")) return Number.NaN;
  const open = rest.lastIndexOf("<");
  const text = rest.slice(open + 1, -1);
  return /^\d+\.\d+$/.test(text) ? Number(text) * 1e6 : Number.NaN;
}
