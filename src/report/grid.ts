/**
 * Real runs and comparisons as the machine formats that a continuous integration reads: one suite a
 * test, one case a rig, each passed, failed or skipped with a reason.
 */
import type { Comparison } from "../verdict/compare.ts";
import type { Judged } from "./real-json.ts";

export interface GridCase {
  readonly name: string;
  readonly state: "passed" | "failed" | "skipped";
  readonly why: string;
}

export interface GridTest {
  readonly name: string;
  readonly cases: readonly GridCase[];
}

/** `pinfold run`: a failure is a result that was not expected, a skip one that is none. */
export function realGrid(judged: readonly Judged[]): readonly GridTest[] {
  return grouped(
    judged.map(({ result, expected, asExpected }) => {
      const { test, rig, verdict, hits, trials, status, why } = result;
      const shown = `${verdict} ${hits}/${trials}`;
      if (asExpected === false) {
        const words = `expected ${expected}, the kernel showed ${shown}`;
        return { test, name: rig, state: "failed", why: words };
      }
      const whole = status === "ok" && trials > 0;
      const lost = [status, why].filter((word) => word !== "").join(": ");
      return { test, name: rig, state: whole ? "passed" : "skipped", why: whole ? shown : lost };
    }),
  );
}

const failures: ReadonlySet<Comparison["status"]> = new Set([
  "forbid-seen",
  "fail",
  "panic",
  "hang",
  "no-boot",
]);

/** `pinfold compare`: a failure is whatever the model forbids, a panic included. */
export function comparisonGrid(comparisons: readonly Comparison[]): readonly GridTest[] {
  return grouped(
    comparisons.map((comparison) => {
      const { test, kernel, rig } = comparison;
      const words = comparisonWords(comparison);
      const state = stateOf(comparison);
      return { test, name: `${kernel} on ${rig}`, state, why: words };
    }),
  );
}

function stateOf({ status, asExpected }: Comparison): GridCase["state"] {
  if (failures.has(status) || asExpected === false) {
    return "failed";
  }
  return status === "skip" || status === "refused" ? "skipped" : "passed";
}

/** "agree", "forbid-seen: the model forbids ...", "agree, but the test expects never" */
export function comparisonWords({ status, why, expected, asExpected }: Comparison): string {
  const unlike = asExpected === false ? `, but the test expects ${expected}` : "";
  return `${status}${unlike}${why === "" ? "" : `: ${why}`}`;
}

function grouped(rows: readonly (GridCase & { readonly test: string })[]): readonly GridTest[] {
  const names = [...new Set(rows.map(({ test }) => test))];
  return names.map((name) => ({ name, cases: rows.filter(({ test }) => test === name) }));
}
