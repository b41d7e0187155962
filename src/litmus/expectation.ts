/**
 * What a file promises of each kernel. Ranges run along the mainline lineage; kernels beside it are
 * named one by one. The lists of kernels are passed in: the language knows none.
 */
import type { Diagnostic } from "../step/diagnostic.ts";
import type { Expectation, ExpectedVerdict, KernelRange, TestFile } from "./ast.ts";
import { expectedTwice, offTheLine, reversedRange, unknownKernel } from "./diagnostics.ts";
import { nearest } from "./nearest.ts";

type Expecting = Pick<TestFile, "expectations" | "result">;

/** The kernels of a range that exist, in the lineage's order. */
export function kernelsOf(range: KernelRange, lineage: readonly string[]): readonly string[] {
  if (range.kind === "one") return [range.name];
  const from = range.from === undefined ? 0 : lineage.indexOf(range.from);
  const to = range.to === undefined ? lineage.length - 1 : lineage.indexOf(range.to);
  return from === -1 || to === -1 ? [] : lineage.slice(from, to + 1);
}

/**
 * The promise for one kernel: that of the `with` part that covers it, else that of the Result
 * comment, else none. Under weak memory order a part marked `weak` goes before the others, which
 * hold there too.
 */
export function expectationFor(
  file: Expecting,
  kernel: string,
  lineage: readonly string[],
  memory: "sequential" | "weak" = "sequential",
): ExpectedVerdict | undefined {
  const covering = file.expectations.filter(({ range }) =>
    kernelsOf(range, lineage).includes(kernel),
  );
  const weak = covering.find((one) => one.memory === "weak");
  const stated = covering.find((one) => one.memory === undefined);
  return (memory === "weak" ? weak : undefined)?.verdict ?? stated?.verdict ?? file.result?.verdict;
}

/**
 * Judges the kernels' names in `with`: unknown ones, ranges that leave the lineage or run backwards,
 * and kernels that are promised two different things.
 */
export function checkExpectations(
  file: Expecting,
  kernelNames: readonly string[],
  lineage: readonly string[],
): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const promised = new Map<string, Expectation>();
  const key = (kernel: string, { memory }: Expectation) => `${kernel} ${memory ?? ""}`;
  for (const expectation of file.expectations) {
    const wrong = wrongRange(expectation, kernelNames, lineage);
    if (wrong !== undefined) {
      diagnostics.push(wrong);
      continue;
    }
    const twice = kernelsOf(expectation.range, lineage).find((kernel) => {
      const first = promised.get(key(kernel, expectation));
      return first !== undefined && first.verdict !== expectation.verdict;
    });
    if (twice !== undefined) {
      const first = promised.get(key(twice, expectation))!;
      diagnostics.push(expectedTwice(expectation.span, twice, first.span));
    }
    for (const kernel of kernelsOf(expectation.range, lineage)) {
      const at = key(kernel, expectation);
      if (!promised.has(at)) promised.set(at, expectation);
    }
  }
  return diagnostics;
}

function wrongRange(
  { range, span }: Expectation,
  kernelNames: readonly string[],
  lineage: readonly string[],
): Diagnostic | undefined {
  const ends =
    range.kind === "one"
      ? [{ name: range.name, place: range.nameSpan ?? span }]
      : [
          { name: range.from, place: range.fromSpan ?? span },
          { name: range.to, place: range.toSpan ?? span },
        ];
  for (const { name, place } of ends) {
    if (name === undefined) continue;
    const candidates = range.kind === "one" ? kernelNames : lineage;
    if (!kernelNames.includes(name) && !lineage.includes(name)) {
      return unknownKernel(place, name, nearest(name, candidates) ?? nearest(name, kernelNames));
    }
    if (range.kind === "range" && !lineage.includes(name)) return offTheLine(place, name);
  }
  if (range.kind === "one" || range.from === undefined || range.to === undefined) return undefined;
  if (lineage.indexOf(range.from) <= lineage.indexOf(range.to)) return undefined;
  const place = {
    start: range.fromSpan?.start ?? span.start,
    end: range.toSpan?.end ?? span.end,
  };
  return reversedRange(place, range.from, range.to);
}
