/**
 * What a test run comes to, in one line that a script can read: `N passed, N failed`, with
 * `, N skipped` behind it when something was skipped. A skipped test is never silent: each one is
 * named with its reason, and where the rig is required (PINFOLD_REQUIRE_RIG=1) it counts as failed.
 */
export interface TestOutcome {
  readonly name: string;
  readonly state: "passed" | "failed" | "skipped";
  readonly reason: string | undefined;
}

export interface Summary {
  /** The lines to print; the last one is the count. */
  readonly lines: readonly string[];
  readonly failed: boolean;
}

/** Counts the outcomes. `broken` are files that could not be loaded and errors outside tests. */
export function summarise(
  outcomes: readonly TestOutcome[],
  broken: readonly string[],
  skipsFail: boolean,
): Summary {
  const skips = outcomes.filter((outcome) => outcome.state === "skipped");
  const passed = outcomes.filter((outcome) => outcome.state === "passed").length;
  const failures = outcomes.filter((outcome) => outcome.state === "failed").length;
  const word = skipsFail ? "FAIL (skipped, and nothing may be)" : "SKIP";
  const lines = [
    ...broken.map((what) => `BROKEN ${what}`),
    ...skips.map((skip) => `${word} ${skip.name}: ${skip.reason ?? "no reason given"}`),
  ];
  const failed = failures + broken.length + (skipsFail ? skips.length : 0);
  const skipped = skipsFail ? 0 : skips.length;
  const nothingRan = passed + failed === 0;
  if (nothingRan) {
    lines.push("BROKEN no test ran at all");
  }
  const failedCount = nothingRan ? 1 : failed;
  const tail = skipped > 0 ? `, ${skipped} skipped` : "";
  lines.push(`${passed} passed, ${failedCount} failed${tail}`);
  return { lines, failed: failedCount > 0 };
}
