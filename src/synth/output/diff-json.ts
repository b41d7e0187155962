/** What diff found, as JSON: the schema that scripts read. */
import type { DiffResult, Telling } from "../diff.ts";
import type { LensesResult } from "../lenses.ts";
import type { ToldDecision } from "../told-decisions.ts";

/** One document; `depth` is that of the shallowest search. */
export function diffJson(
  { kernels, tests, complete, searches }: LensesResult,
  decisions: readonly ToldDecision[],
): string {
  const depth = Math.min(...searches.map((search) => search.depth));
  const told = tests.map(tellingJson);
  const document = { schema: 1, kernels, complete, depth, tests: told };
  const differing = decisions.map(({ library, ...one }) => ({ ...one, library: library ?? null }));
  const rest = { decisions: differing, searches: searches.map(searchOf) };
  return `${JSON.stringify({ ...document, ...rest }, null, 2)}\n`;
}

/** A telling test as scripts read it. */
export function tellingJson(telling: Telling): object {
  const { litmus, outcome, verdicts, decisions, commits, length } = telling;
  return { litmus, outcome, verdicts, decisions, commits, length };
}

function searchOf(search: DiffResult): object {
  const { depth, complete, operations, pages, pairs, transitions, notModelled } = search;
  const { unconfirmed, bound = null, families, kinds } = search;
  const size = { families, kinds, operations, pages, pairs, transitions };
  return { depth, complete, bound, ...size, notModelled, unconfirmed };
}
