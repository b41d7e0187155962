/**
 * A check as strict nested KTAP: one test a file's test, one subtest a kernel, each leaf's name
 * unique even where a reader flattens the nesting.
 */
import type { CheckedTest, CheckReport, Outcome } from "./check-report.ts";
import type { GridCase, GridTest } from "./grid.ts";
import { verdictWord } from "./words.ts";

const version = "KTAP version 1";

/** The KTAP text, ending in a line break. */
export function reportKtap(report: CheckReport): string {
  const broken = report.broken.map(({ file }) => file);
  const lines = [version, `1..${report.tests.length + broken.length}`];
  report.tests.forEach((test, index) => {
    lines.push(...testLines(test, index + 1));
  });
  broken.forEach((file, index) => {
    lines.push(`not ok ${report.tests.length + index + 1} ${described(file)}`);
  });
  return `${lines.join("\n")}\n`;
}

/** Real runs or comparisons, ending in a line break. */
export function reportGridKtap(tests: readonly GridTest[]): string {
  const lines = tests.flatMap(({ name, cases }, index) => {
    const failed = cases.some(({ state }) => state === "failed");
    const skipped = cases.every(({ state }) => state === "skipped");
    const directive = skipped ? " # SKIP no rig gave a verdict" : "";
    return [
      `  ${version}`,
      `  1..${cases.length}`,
      ...cases.flatMap((one, at) => gridLines(name, one, at + 1)).map((line) => `  ${line}`),
      `${failed ? "not ok" : "ok"} ${index + 1} ${described(name)}${directive}`,
    ];
  });
  return `${[version, `1..${tests.length}`, ...lines].join("\n")}\n`;
}

function gridLines(
  test: string,
  { name, state, why }: GridCase,
  number: number,
): readonly string[] {
  const leaf = described(`${test}.${name}`);
  const reason = why.replaceAll("#", "").replaceAll(/\s+/g, " ");
  switch (state) {
    case "passed":
      return [`# ${leaf}: ${reason}`, `ok ${number} ${leaf}`];
    case "failed":
      return [`# ${leaf}: ${reason}`, `not ok ${number} ${leaf}`];
    case "skipped":
      return [`ok ${number} ${leaf} # SKIP ${reason}`];
  }
}

function testLines(test: CheckedTest, number: number): readonly string[] {
  const leaves = test.outcomes.flatMap((outcome, index) => leafLines(test, outcome, index + 1));
  const failed = test.outcomes.filter(isFailure).length;
  const skipped = test.outcomes.every(isSkip);
  const directive = skipped && failed === 0 ? " # SKIP no kernel gave a verdict" : "";
  return [
    `  ${version}`,
    `  1..${test.outcomes.length}`,
    ...leaves.map((line) => `  ${line}`),
    `${failed === 0 ? "ok" : "not ok"} ${number} ${described(test.name)}${directive}`,
  ];
}

function leafLines(test: CheckedTest, outcome: Outcome, number: number): readonly string[] {
  const name = described(`${test.name}.${outcome.kernel}`);
  const word = verdictWord(outcome);
  const line = `${isFailure(outcome) ? "not ok" : "ok"} ${number} ${name}`;
  if (isSkip(outcome)) {
    return [`${line} # SKIP ${[word, ...outcome.why].join(": ").replaceAll("#", "")}`];
  }
  return isFailure(outcome)
    ? [`# ${name}: expected ${outcome.expected}, the model says ${word}`, line]
    : [line];
}

const isFailure = ({ judgement }: Outcome): boolean => judgement === "not-as-expected";
const isSkip = ({ judgement }: Outcome): boolean =>
  judgement === "inconclusive" || judgement === "not-modelled" || judgement === "not-run";

/** A description holds no `#`, which would begin a directive. */
function described(name: string): string {
  return name.replaceAll("#", "_").replaceAll(/\s+/g, "_");
}
