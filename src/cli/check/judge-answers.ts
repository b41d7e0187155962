/** From answers to a report: what was expected, whether it came, and what the process says then. */
import { expectationFor, printCondition } from "../../litmus/index.ts";
import type { MemoryOrder } from "../../mm/reorderings.ts";
import type { CheckedTest, CheckReport, KernelName, Outcome } from "../../report/check-report.ts";
import { tally } from "../../report/check-report.ts";
import { judge } from "../../verdict/judgement.ts";
import { exitCodes } from "../exit-codes.ts";
import type { LoadedTest } from "../litmus-tests.ts";
import type { CheckAnswer } from "./jobs.ts";

/** The outcome of one job; no answer means that the check was interrupted before it. */
export function outcomeOf(
  test: LoadedTest,
  { name: kernel, expectedOf }: KernelName,
  line: readonly string[],
  { schedule, memory }: { readonly schedule: "free" | "serial"; readonly memory: MemoryOrder },
  answer: CheckAnswer | undefined,
): Outcome {
  const stated = expectationFor(test.test, expectedOf ?? kernel, line, memory);
  // Expectations are stated for the free class. Its never and always hold for every order of whole
  // statements too; of a sometimes nothing follows.
  const expected = schedule === "serial" && stated === "sometimes" ? undefined : stated;
  const none = ["crashed", "forced", "unusable"] as const;
  if (answer === undefined || isOneOf(answer, none)) {
    return { kernel, expected, judgement: "not-run", result: undefined, why: [] };
  }
  if (answer.kind === "refused") {
    const why = answer.diagnostics.map(({ code, message }) => `${message} (${code})`);
    return { kernel, expected, judgement: "not-modelled", result: undefined, why };
  }
  const { result } = answer;
  return {
    kernel,
    expected,
    judgement: judge(result, expected),
    result,
    why: result.notModelled,
  };
}

function isOneOf<Kind extends CheckAnswer["kind"]>(
  answer: CheckAnswer,
  kinds: readonly Kind[],
): answer is Extract<CheckAnswer, { readonly kind: Kind }> {
  return kinds.some((kind) => kind === answer.kind);
}

/** A test's place in the report. */
export function checkedTest(loaded: LoadedTest, outcomes: readonly Outcome[]): CheckedTest {
  const { test, file, hash } = loaded;
  return {
    name: test.name,
    file,
    doc: test.doc,
    hash,
    quantifier: test.condition.quantifier,
    condition: printCondition(test.condition),
    outcomes,
  };
}

/** The exit code of a check. The gravest thing that happened decides. */
export function exitCodeOf(report: CheckReport): number {
  if (report.interrupted) {
    return exitCodes.interrupted;
  }
  if (report.broken.length > 0) {
    return exitCodes.usage;
  }
  const count = tally(report);
  if (count.notAsExpected > 0) {
    return exitCodes.notAsExpected;
  }
  const outcomes = report.tests.flatMap((test) => test.outcomes);
  const open = outcomes.filter(({ judgement }) => judgement === "inconclusive");
  if (open.some(({ result }) => result?.complete === false)) {
    return exitCodes.limitReached;
  }
  const told = count.asExpected + count.nothingExpected;
  return open.length > 0 || told === 0 ? exitCodes.inconclusive : exitCodes.asExpected;
}
