/** What a kernel breaks: as JSON, and for people. */
import { type Look, paletteOf } from "../../report/style.ts";
import type { PromiseResult } from "../promises.ts";
import { boundText, searchedText } from "./bound.ts";

/** One document. */
export function promisesJson(result: PromiseResult): string {
  const { kernel, complete, depth, operations, pages, states, bound, notModelled } = result;
  const tests = result.broken.map(({ litmus, outcome, families, kinds, result: checked }) => ({
    litmus,
    outcome,
    verdict: checked.verdict,
    needs: families,
    kinds,
  }));
  const search = { operations, pages, states, bound: bound ?? null, notModelled };
  return `${JSON.stringify({ schema: 1, kernel, complete, depth, tests, search }, null, 2)}\n`;
}

/** Each program that breaks a promise, then how far was looked. */
export function promisesText(result: PromiseResult, look: Look): string {
  const { strong } = paletteOf(look);
  const blocks = result.broken.map(
    ({ outcome, litmus, result: checked }) => `${strong(outcome)} (${checked.verdict})\n${litmus}`,
  );
  const cut = boundText(result);
  const tail = `${searchedText(result)}${cut === undefined ? "" : `; ${cut}`}`;
  const many = result.broken.length;
  const said =
    many === 0
      ? `${result.kernel} keeps every promise in all ${tail}`
      : `${result.kernel} breaks promises in ${many} ways: ${tail}`;
  return `${[...blocks, said].join("\n")}\n`;
}
