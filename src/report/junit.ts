/** A check as JUnit XML: one suite a test, one case a kernel. */
import { position } from "../litmus/position.ts";
import type { BrokenFile, CheckedTest, CheckReport, Outcome } from "./check-report.ts";
import { tally } from "./check-report.ts";
import type { GridCase, GridTest } from "./grid.ts";
import { verdictWord } from "./words.ts";

/** The XML text, ending in a line break. */
export function reportJunit(report: CheckReport): string {
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="pinfold check" ${counts(report.tests, report.broken.length)}>`,
    ...report.tests.flatMap(suiteLines),
    ...report.broken.flatMap(brokenLines),
    "</testsuites>",
  ];
  return `${lines.join("\n")}\n`;
}

/** Real runs or comparisons; the XML text, ending in a line break. */
export function reportGridJunit(tests: readonly GridTest[], title: string): string {
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${quoted(title)}" ${gridCounts(tests)}>`,
    ...tests.flatMap((test) => [
      `  <testsuite name="${quoted(test.name)}" ${gridCounts([test])}>`,
      ...test.cases.flatMap((one) => gridLines(test.name, one)),
      "  </testsuite>",
    ]),
    "</testsuites>",
  ];
  return `${lines.join("\n")}\n`;
}

function gridCounts(tests: readonly GridTest[]): string {
  const cases = tests.flatMap((test) => test.cases);
  const count = (wanted: GridCase["state"]): number =>
    cases.filter(({ state }) => state === wanted).length;
  const failures = `failures="${count("failed")}" errors="0"`;
  return `tests="${cases.length}" ${failures} skipped="${count("skipped")}"`;
}

function gridLines(test: string, { name, state, why }: GridCase): readonly string[] {
  const head = `    <testcase classname="${quoted(test)}" name="${quoted(name)}"`;
  if (state === "passed") {
    return [`${head}/>`];
  }
  const word = state === "failed" ? "failure" : "skipped";
  return [`${head}>`, `      <${word} message="${quoted(why)}"/>`, "    </testcase>"];
}

function counts(tests: readonly CheckedTest[], errors: number): string {
  const count = tally({ tests });
  const cases = tests.reduce((sum, test) => sum + test.outcomes.length, errors);
  const skipped = count.inconclusive + count.notModelled + count.notRun;
  return `tests="${cases}" failures="${count.notAsExpected}" errors="${errors}" skipped="${skipped}"`;
}

function suiteLines(test: CheckedTest): readonly string[] {
  return [
    `  <testsuite name="${quoted(test.name)}" file="${quoted(test.file)}" ${counts([test], 0)}>`,
    ...test.outcomes.flatMap((outcome) => caseLines(test, outcome)),
    "  </testsuite>",
  ];
}

function caseLines(test: CheckedTest, outcome: Outcome): readonly string[] {
  const seconds = (outcome.result?.seconds ?? 0).toFixed(3);
  const head = `    <testcase classname="${quoted(test.name)}" name="${quoted(outcome.kernel)}" time="${seconds}"`;
  const word = verdictWord(outcome);
  switch (outcome.judgement) {
    case "as-expected":
    case "nothing-expected":
      return [`${head}/>`];
    case "not-as-expected":
      return [
        `${head}>`,
        `      <failure message="expected ${quoted(outcome.expected ?? "")}, the model says ${quoted(word)}"/>`,
        "    </testcase>",
      ];
    case "inconclusive":
    case "not-modelled":
    case "not-run":
      return [
        `${head}>`,
        `      <skipped message="${quoted([word, ...outcome.why].join(": "))}"/>`,
        "    </testcase>",
      ];
  }
}

function brokenLines({ file, text, diagnostics }: BrokenFile): readonly string[] {
  const messages = diagnostics.map(({ code, message, span }) => {
    const { line, column } = position(text, span.start);
    return `${file}:${line}:${column}: ${code}: ${message}`;
  });
  return [
    `  <testsuite name="${quoted(file)}" tests="1" failures="0" errors="1" skipped="0">`,
    `    <testcase classname="${quoted(file)}" name="parse">`,
    `      <error message="${quoted(messages.join("\n"))}"/>`,
    "    </testcase>",
    "  </testsuite>",
  ];
}

/** Text inside an attribute. Control characters have no place in XML 1.0 at all. */
function quoted(text: string): string {
  const printable = [...text].filter((character) => character >= " " || "\n\t".includes(character));
  return printable
    .join("")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("\n", "&#10;");
}
