/** A check as JSON: schema 1, one result for each test and kernel, in the order of the report. */
import { position } from "../litmus/position.ts";
import { observe } from "../verdict/observation.ts";
import type { ShownClasses } from "../verdict/result.ts";
import type { BrokenFile, CheckedTest, CheckReport, Outcome } from "./check-report.ts";

export const jsonSchema = 1;

/**
 * The JSON text, ending in a line break, in pieces of one result each: a library's runs on all
 * kernels are longer than a string can be.
 */
export function* reportJson(report: CheckReport): Generator<string> {
  yield `{\n  "schema": ${jsonSchema},\n  "results": [`;
  let between = "\n    ";
  for (const test of report.tests) {
    for (const outcome of test.outcomes) {
      yield between + indented(resultObject(test, outcome), "    ");
      between = ",\n    ";
    }
  }
  yield between.startsWith(",") ? "\n  ]" : "]";
  if (report.interrupted) yield ',\n  "interrupted": true';
  if (report.broken.length > 0)
    yield `,\n  "errors": ${indented(report.broken.flatMap(errorObjects), "  ")}`;
  yield "\n}\n";
}

function indented(value: object, indent: string): string {
  return JSON.stringify(value, undefined, 2).replaceAll("\n", `\n${indent}`);
}

function resultObject(test: CheckedTest, outcome: Outcome): object {
  const { result } = outcome;
  return {
    test: test.name,
    kernel: outcome.kernel,
    verdict: result?.verdict ?? "unknown",
    complete: result?.complete ?? false,
    bound: result?.bound ?? null,
    schedule: result?.schedule ?? null,
    memory: result?.memory.order ?? null,
    reorderings: result?.memory.reorderings ?? [],
    expected: outcome.expected ?? null,
    judgement: outcome.judgement,
    observation: result === undefined ? null : observationObject(result),
    valuations: result?.valuations ?? [],
    states: result?.states ?? 0,
    transitions: result?.transitions ?? 0,
    seconds: result?.seconds ?? 0,
    run: result?.run?.steps ?? [],
    pictures: result?.run?.pictures ?? [],
    ...(result?.classes === undefined ? {} : { classes: classesObject(result.classes) }),
    notes: result?.notes ?? [],
    broken: result?.broken ?? null,
    restsOn: result?.asks ?? [],
    notModelled: [...(result?.notModelled ?? []), ...outcome.why],
    file: test.file,
    hash: test.hash,
  };
}

function observationObject(result: NonNullable<Outcome["result"]>): object {
  const { positive, negative, validated } = observe(result);
  return { positive, negative, validated };
}

function classesObject({ classes, complete }: ShownClasses): object {
  const shown = classes.map(({ run, runs, stuck }) => ({
    runs,
    stuck,
    end: run.end,
    steps: run.steps,
  }));
  return { complete, classes: shown };
}

function errorObjects({ file, text, diagnostics }: BrokenFile): readonly object[] {
  return diagnostics.map(({ code, severity, message, span, fix }) => ({
    file,
    ...position(text, span.start),
    code,
    severity,
    message,
    ...(fix === undefined ? {} : { write: fix.replacement }),
  }));
}
