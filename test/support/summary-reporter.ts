/**
 * Prints the summary as the very last lines of a vitest run, after the default reporter.
 */
import type { Reporter, SerializedError, TestCase, TestModule } from "vitest/node";
import { summarise, type TestOutcome } from "./summary.ts";

function outcomeOf(test: TestCase): TestOutcome {
  const result = test.result();
  const name = `${test.module.relativeModuleId} > ${test.fullName}`;
  const reason = result.state === "skipped" ? result.note : undefined;
  const state = result.state === "pending" ? "failed" : result.state;
  return { name, state, reason };
}

export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const outcomes = modules.flatMap((module) =>
      [...module.children.allTests()].map((test) => outcomeOf(test)),
    );
    const before = (process.env.PINFOLD_BROKEN ?? "").split(",").filter((gate) => gate !== "");
    const broken = [
      ...before.map((gate) => `${gate}: failed before the tests`),
      ...modules.flatMap((module) =>
        module.errors().map((error) => `${module.relativeModuleId}: ${firstLine(error.message)}`),
      ),
      ...errors.map((error) => firstLine(error.message)),
    ];
    const { lines, failed } = summarise(outcomes, broken, process.env.PINFOLD_REQUIRE_RIG === "1");
    if (failed) {
      process.exitCode = 1;
    }
    process.stdout.write(`${lines.join("\n")}\n`);
  }
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}
