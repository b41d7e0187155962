/** A review as JSON. */
import { printFile } from "../../litmus/index.ts";
import type { Review } from "../review.ts";

/** One document. */
export function reviewJson(review: Review): string {
  const { kernel, base, library, cost } = review;
  const changed = review.changed.map(({ test, from, to }) => ({
    test: test.name,
    doc: test.doc ?? null,
    from,
    to,
    litmus: printFile(test),
  }));
  const broken = review.broken.map(({ litmus, outcome, isNew, kinds, families, result }) => ({
    outcome,
    new: isNew,
    kinds,
    needs: families,
    verdict: result.verdict,
    litmus,
  }));
  const tests = review.tests.map(({ litmus, outcome, verdicts, decisions }) => ({
    litmus,
    outcome,
    verdicts,
    decisions,
  }));
  const searches = review.searches.map(({ depth, complete, operations, pages }) => ({
    depth,
    complete,
    operations: operations.length,
    pages: pages.length,
  }));
  const document = { schema: 1, kernel, base, changed, broken, tests, cost, library, searches };
  return `${JSON.stringify(document, null, 2)}\n`;
}
