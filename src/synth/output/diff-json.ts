/** What diff found, as JSON: the schema that scripts read. */
import type { DiffResult, Telling } from "../diff.ts";
import type { LensesResult } from "../lenses.ts";

/** One document; `depth` is that of the shallowest search. */
export function diffJson({ kernels, tests, complete, searches }: LensesResult): string {
  const depth = Math.min(...searches.map((search) => search.depth));
  const told = tests.map(tellingJson);
  const document = { schema: 1, kernels, complete, depth, tests: told };
  return `${JSON.stringify({ ...document, searches: searches.map(searchOf) }, null, 2)}\n`;
}

/** A telling test as scripts read it. */
export function tellingJson(telling: Telling): object {
  const { litmus, outcome, verdicts, decisions, commits, length } = telling;
  return { litmus, outcome, verdicts, decisions, commits, length };
}

function searchOf(search: DiffResult): object {
  const { depth, complete, operations, pages, pairs, transitions, notModelled } = search;
  const { unconfirmed, bound = null } = search;
  const size = { operations, pages, pairs, transitions };
  return { depth, complete, bound, ...size, notModelled, unconfirmed };
}
