/**
 * Promoting: a file's `with` clause written anew from what each kernel is expected to do, in the
 * fewest ranges. Everything else of the file stays as it is, comments included; what is promised
 * under weak memory order stays, too.
 */
import type { Expectation, ExpectedVerdict, TestFile } from "./ast.ts";
import { kernelsOf } from "./expectation.ts";

interface Names {
  readonly lineage: readonly string[];
  /** Kernels beside the line, in the order in which they are written. */
  readonly others: readonly string[];
}

/** `text`, the source of `file`, with `wanted` (kernel -> verdict) as its sequential promises. */
export function promoted(
  text: string,
  file: Pick<TestFile, "expectations">,
  wanted: ReadonlyMap<string, ExpectedVerdict>,
  names: Names,
): string {
  const weak = file.expectations
    .filter(({ memory }) => memory === "weak")
    .map(({ span }) => text.slice(span.start, span.end));
  const clause = `with ${[...rangesOf(wanted, names), ...weak].join("; ")}`;
  const place = clausePlace(text, file.expectations);
  if (place === undefined) return `${text.trimEnd()}\n${clause}\n`;
  return text.slice(0, place.start) + clause + text.slice(place.end);
}

function clausePlace(text: string, expectations: readonly Expectation[]) {
  const [first] = expectations;
  const last = expectations.at(-1);
  if (first === undefined || last === undefined) return undefined;
  return { start: text.lastIndexOf("with", first.span.start), end: last.span.end };
}

/** "..v5.8: never", "v5.9-rc4: always", "stable-5.7: never" */
function rangesOf(
  wanted: ReadonlyMap<string, ExpectedVerdict>,
  { lineage, others }: Names,
): readonly string[] {
  const groups: { first: number; last: number; verdict: ExpectedVerdict }[] = [];
  lineage.forEach((kernel, at) => {
    const verdict = wanted.get(kernel);
    if (verdict === undefined) return;
    const open = groups.at(-1);
    if (open?.last === at - 1 && open.verdict === verdict) open.last = at;
    else groups.push({ first: at, last: at, verdict });
  });
  const end = lineage.length - 1;
  const ranges = groups.map(({ first, last, verdict }) => {
    if (first === last) return `${lineage[first]}: ${verdict}`;
    const from = first === 0 ? "" : lineage[first];
    return `${from}..${last === end ? "" : lineage[last]}: ${verdict}`;
  });
  const beside = others.filter((kernel) => wanted.has(kernel));
  return [...ranges, ...beside.map((kernel) => `${kernel}: ${wanted.get(kernel)}`)];
}

/** What `with` promises, kernel by kernel, in sequential order; the Result comment left aside. */
export function promisesOf(
  { expectations }: Pick<TestFile, "expectations">,
  lineage: readonly string[],
): Map<string, ExpectedVerdict> {
  const found = new Map<string, ExpectedVerdict>();
  for (const { range, verdict, memory } of expectations) {
    if (memory === "weak") continue;
    for (const kernel of kernelsOf(range, lineage))
      if (!found.has(kernel)) found.set(kernel, verdict);
  }
  return found;
}
