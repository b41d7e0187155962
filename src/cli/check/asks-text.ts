/**
 * What a verdict rests on, as one text: a check of a library has millions of such words, and a text
 * crosses from thread to thread much faster than objects do.
 */
import type { AskedDecision } from "../../verdict/result.ts";

export function asksText(asks: readonly AskedDecision[]): string {
  return asks
    .map(({ name, evidence, seenOn }) => `${name} ${evidence} ${seenOn.join(",")}`)
    .join("\n");
}

/** Reads such texts; what was read before is not read again. */
export function asksReader(): (text: string) => readonly AskedDecision[] {
  const lists = new Map<string, readonly AskedDecision[]>();
  const words = new Map<string, AskedDecision>();
  const word = (text: string): AskedDecision => {
    const known = words.get(text);
    if (known !== undefined) return known;
    const [name, evidence, real] = text.split(" ") as [
      AskedDecision["name"],
      AskedDecision["evidence"],
      string,
    ];
    const made = { name, evidence, seenOn: real === "" ? [] : real.split(",") };
    words.set(text, made);
    return made;
  };
  return (text) => {
    const known = lists.get(text);
    if (known !== undefined) return known;
    const made = text === "" ? [] : text.split("\n").map(word);
    lists.set(text, made);
    return made;
  };
}
