/** A review as JSON. */
import { printFile } from "../../litmus/index.ts";
import { briefRun } from "../../report/brief-run.ts";
import type { CheckResult } from "../../verdict/result.ts";
import type { Review } from "../review.ts";
import type { RealReview } from "./review-real.ts";

const runOf = ({ run }: CheckResult) => (run === undefined ? null : briefRun(run));

/** One document; `real` only where rigs were named. */
export function reviewJson(review: Review, real?: RealReview): string {
  const { kernel, base, library, cost } = review;
  const { changed: changedToo, ...further } = review.further;
  const changed = [...review.changed, ...changedToo].map(({ test, from, to, shown }) => ({
    test: test.name,
    doc: test.doc ?? null,
    from,
    to,
    litmus: printFile(test),
    run: runOf(shown),
  }));
  const unmended = review.unmended.map(({ test, verdict, shown }) => ({
    test: test.name,
    verdict,
    run: runOf(shown),
  }));
  const broken = review.broken.map(({ litmus, outcome, isNew, kinds, families, result }) => ({
    outcome,
    new: isNew,
    kinds,
    needs: families,
    verdict: result.verdict,
    litmus,
    run: runOf(result),
  }));
  const breaches = review.breaches.map(({ test, breach: { run, ...said } }) => ({
    test: test.name,
    ...said,
    litmus: printFile(test),
    run: run === undefined ? null : briefRun(run),
  }));
  const tests = review.tests.map(({ litmus, outcome, verdicts, decisions }) => ({
    litmus,
    outcome,
    verdicts,
    decisions,
  }));
  const searches = review.searches.map(({ depth, complete, bound, operations, pages }) => ({
    depth,
    complete,
    bound: bound ?? null,
    operations: operations.length,
    pages: pages.length,
  }));
  const guards = review.guards.map(({ label, reached, excluded }) => ({
    label,
    reached: reached.mappings,
    excluded: excluded?.mappings ?? null,
    notModelled: reached.notModelled,
  }));
  const found = {
    changed,
    unmended,
    breaches,
    broken,
    tests,
    cost,
    guards,
    library,
    further,
    searches,
  };
  const seen = real === undefined ? {} : { real };
  return `${JSON.stringify({ schema: 1, kernel, base, ...found, ...seen }, null, 2)}\n`;
}
