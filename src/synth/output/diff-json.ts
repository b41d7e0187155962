/** What diff found, as JSON: the schema that scripts read. */
import type { DiffResult } from "../diff.ts";
import type { LensesResult } from "../lenses.ts";

/** One document; `depth` is that of the shallowest search. */
export function diffJson({ kernels, tests, complete, searches }: LensesResult): string {
  const depth = Math.min(...searches.map((search) => search.depth));
  const told = tests.map(({ litmus, outcome, verdicts, decisions, commits, length }) => ({
    litmus,
    outcome,
    verdicts,
    decisions,
    commits,
    length,
  }));
  const document = { schema: 1, kernels, complete, depth, tests: told };
  return `${JSON.stringify({ ...document, searches: searches.map(searchOf) }, null, 2)}\n`;
}

function searchOf(search: DiffResult): object {
  const { depth, complete, operations, pages, pairs, transitions, notModelled } = search;
  const { unconfirmed, bound = null } = search;
  const size = { operations, pages, pairs, transitions };
  return { depth, complete, bound, ...size, notModelled, unconfirmed };
}
