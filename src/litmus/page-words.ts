/**
 * The words behind `page x =`: modifiers, of one word or two, in any order beside the words of the
 * kind, which may be two as well.
 */
import { type PageKind, type PageModifier, pageKinds, pageModifiers } from "./ast.ts";

export interface PageWords<W> {
  /** Each modifier with the words that spell it. */
  readonly modifiers: readonly { readonly name: PageModifier; readonly words: readonly W[] }[];
  /** What is left: the kind, if all is well. */
  readonly rest: readonly W[];
}

/** Parts modifiers from the rest. */
export function splitPageWords<W extends { readonly text: string }>(
  words: readonly W[],
): PageWords<W> {
  const modifiers: { name: PageModifier; words: readonly W[] }[] = [];
  const rest: W[] = [];
  for (let at = 0; at < words.length; at++) {
    const first = words[at]!;
    const pair = `${first.text} ${words[at + 1]?.text}`;
    const name = pageModifiers.find((modifier) => modifier === first.text || modifier === pair);
    if (name === undefined) rest.push(first);
    else if (name === first.text) modifiers.push({ name, words: [first] });
    else modifiers.push({ name, words: [first, words[++at]!] });
  }
  return { modifiers, rest };
}

/** The kind that the words spell, or undefined. */
export function kindOfWords(words: readonly { readonly text: string }[]): PageKind | undefined {
  const text = words.map((word) => word.text).join(" ");
  return pageKinds.find((kind) => kind === text);
}

/** Modifiers in the one order that the AST and the printer keep. */
export function sortModifiers(modifiers: readonly PageModifier[]): readonly PageModifier[] {
  return pageModifiers.filter((modifier) => modifiers.includes(modifier));
}
