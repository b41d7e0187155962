/**
 * The numbers that a test stores, as the model's. A cell is too small for what a word holds, and the model
 * only asks whether two words are equal and whether one is 0: a large number gets a small one that the test
 * does not use. Of words that are stored by halves each half has a code of its own, 8 bits wide.
 */
import type { Statement, Test } from "../litmus/ast.ts";
import { HIGH, half_of, LOW, with_half } from "../mm/page.ts";
import { ERRNO } from "../mm/state.ts";

export interface DataWords {
  /** Whether the test looks at halves. */
  readonly halves: boolean;
  /** The codes of the numbers, or halves, that are not their own. */
  readonly codes: ReadonlyMap<number, number>;
  readonly numbers: ReadonlyMap<number, number>;
  /** Whether there are more halves than codes. */
  readonly tooMany: boolean;
}

/** Codes from here on mean something else: errnos among words, and of halves the high ones of these. */
const limitOf = (halves: boolean): number => (halves ? ERRNO >> 8 : ERRNO);
/** A word has 32 bits, a half 16. */
const highFactor = 2 ** 16;

export function dataWordsOf(test: Test): DataWords {
  const statements = test.actors.flatMap((actor) => actor.statements);
  const halves = statements.some(looksAtHalf);
  const limit = limitOf(halves);
  const numbers = statements.flatMap(numbersOf);
  const stored = new Set(halves ? numbers.flatMap(halvesOf) : numbers);
  const codes = new Map<number, number>();
  let code = limit - 1;
  for (const number of stored) {
    if (number < limit) continue;
    while (stored.has(code)) code--;
    codes.set(number, code--);
  }
  const back = new Map([...codes].map(([number, one]) => [one, number]));
  return { halves, codes, numbers: back, tooMany: code < -1 };
}

function looksAtHalf(statement: Statement): boolean {
  if (statement.kind === "store" || statement.kind === "load")
    return statement.place.half !== undefined;
  if (statement.kind !== "call") return false;
  return statement.arguments.some((one) => one.kind === "place" && one.place.half !== undefined);
}

function numbersOf(statement: Statement): readonly number[] {
  if (statement.kind === "store") return [statement.value];
  if (statement.kind !== "call") return [];
  return statement.arguments.flatMap((one) => (one.kind === "value" ? [one.value] : []));
}

/** The low half of a word, and the high one. */
export function halvesOf(word: number): readonly [number, number] {
  return [halfOf(word, "lo"), halfOf(word, "hi")];
}

export function joined(low: number, high: number): number {
  return low + high * highFactor;
}

/** One half of a word, or all of it. */
export function halfOf(word: number, half: "lo" | "hi" | undefined): number {
  if (half === undefined) return word;
  return half === "lo" ? word % highFactor : Math.floor(word / highFactor);
}

/** The cell for a number that the test stores, in a word or in a half. */
export function encoded({ halves, codes }: DataWords, number: number): number {
  if (!halves) return codes.get(number) ?? number;
  const [low, high] = halvesOf(number).map((half) => codes.get(half) ?? half);
  return with_half(low!, HIGH, high!);
}

/** The number that a cell of data, or of a register, says. */
export function decoded({ halves, numbers }: DataWords, cell: number): number {
  if (!halves) return numbers.get(cell) ?? cell;
  const [low, high] = [half_of(cell, LOW), half_of(cell, HIGH)];
  return joined(numbers.get(low) ?? low, numbers.get(high) ?? high);
}

/** The cell that says a number; undefined when none can. */
export function cellOf(words: DataWords, number: number): number | undefined {
  const parts = words.halves ? halvesOf(number) : [number];
  const limit = limitOf(words.halves);
  const said = (part: number) =>
    words.codes.has(part) || (part < limit && !words.numbers.has(part));
  return parts.every(said) ? encoded(words, number) : undefined;
}
