/** What diff found, as JSON: the schema that scripts read. */
import type { DiffResult } from "../diff.ts";

/** One document. */
export function diffJson(result: DiffResult): string {
  const { complete, depth, operations, pages, pairs, transitions, bound, notModelled } = result;
  const tests = result.tests.map(({ litmus, outcome, verdicts, decisions, commits, length }) => ({
    litmus,
    outcome,
    verdicts,
    decisions,
    commits,
    length,
  }));
  const head = { schema: 1, kernels: result.kernels, complete, depth, tests };
  const search = { operations, pages, pairs, transitions, bound: bound ?? null, notModelled };
  return `${JSON.stringify({ ...head, search, unconfirmed: result.unconfirmed }, null, 2)}\n`;
}
