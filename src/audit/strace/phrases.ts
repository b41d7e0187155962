/**
 * How strace's text and the program's own run into each other: calls behind output, calls cut in two,
 * prose that looks like a call.
 */
import type { Moment } from "../event.ts";
import { durationOf } from "./value.ts";

const unfinished = " <unfinished ...>";

/** A call that stands behind program output on one line: only calls that decide something. */
export const gluedCall =
  /(?:\[pid\s+\d+\] )?(?:clone3?|v?fork|io_uring_(?:setup|register|enter)|madvise|munmap|mmap|mremap|execve|io_submit|vmsplice|setsockopt|exit_group)\(.*(?:= (?:-?\d|\?)|<unfinished \.\.\.>)/;

/** strace prints nothing but a result behind the closing parenthesis. */
export function isProse(rest: string): boolean {
  const words = rest.trimStart();
  return words !== "" && !words.startsWith("=") && !/strace: (?:Process|\[)/.test(words);
}

/** The end of a call that stands on one line, by `-T`. */
export function later(text: string, now: Moment, begin: Moment): Moment {
  const duration = now.order === begin.order ? durationOf(text) : Number.NaN;
  return Number.isNaN(duration) ? now : { ...now, time: now.time + duration };
}

/** Where the call stops for now: `<unfinished ...>` or `<pid changed to N ...>`. */
export function pendingTail(
  text: string,
): { readonly at: number; readonly newTid: number | undefined } | undefined {
  if (text.endsWith(unfinished)) return { at: text.length - unfinished.length, newTid: undefined };
  const moved = / <pid changed to (\d+) \.\.\.>$/.exec(text);
  return moved === null ? undefined : { at: moved.index, newTid: Number(moved[1]) };
}

/** What ends a call that was cut: `, child_tidptr=0x1) = 5`, ` <unfinished ...>`, `8hello) = 8`. */
export function restOfCall(words: string): string | undefined {
  const plain = /^(?:[),]| <unfinished| => ).*$/.exec(words);
  return (plain ?? /\)\s+= (?:-?\d|\?).*$/.exec(words))?.[0];
}
