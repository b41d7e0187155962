/**
 * What a test expects of a kernel, and whether a result is that. Ranges run along the mainline
 * lineage; kernels off the line are named one by one; ` * Result:` speaks for all that no `with`
 * names.
 */
import type { ExpectedVerdict, KernelRange, Test } from "../litmus/ast.ts";
import { observe } from "./observation.ts";
import type { CheckResult } from "./result.ts";

/** `inconclusive`: nothing is proved either way. `not-modelled`: the model leaves it out. */
export type Judgement =
  | "as-expected"
  | "not-as-expected"
  | "nothing-expected"
  | "inconclusive"
  | "not-modelled";

/** The word a test expects on a kernel. A kernel named on its own wins over a range. */
export function expectedVerdict(
  test: Pick<Test, "expectations" | "result">,
  kernel: string,
  lineage: readonly string[],
): ExpectedVerdict | undefined {
  const named = test.expectations.find(
    ({ range }) => range.kind === "one" && range.name === kernel,
  );
  const covering = test.expectations.find(
    ({ range }) => range.kind === "range" && covers(range, kernel, lineage),
  );
  return (named ?? covering ?? test.result)?.verdict;
}

/** Whether a range of the lineage holds a kernel; both ends belong to it. */
export function covers(range: KernelRange, kernel: string, lineage: readonly string[]): boolean {
  if (range.kind === "one") {
    return range.name === kernel;
  }
  const position = lineage.indexOf(kernel);
  const from = range.from === undefined ? 0 : lineage.indexOf(range.from);
  const to = range.to === undefined ? lineage.length - 1 : lineage.indexOf(range.to);
  return position >= 0 && from >= 0 && to >= 0 && from <= position && position <= to;
}

/**
 * Holds a result against the expected word. A vacuous test never passes: where something was
 * expected, it is not as expected. A search that was cut is judged by what it did see: one bad end
 * refutes "never", one good end refutes "always".
 */
export function judge(result: CheckResult, expected: ExpectedVerdict | undefined): Judgement {
  if (result.verdict === "unknown" && result.notModelled.length > 0) {
    return "not-modelled";
  }
  if (result.verdict === "vacuous") {
    return expected === undefined ? "inconclusive" : "not-as-expected";
  }
  if (result.verdict !== "unknown") {
    if (expected === undefined) {
      return "nothing-expected";
    }
    return result.verdict === expected ? "as-expected" : "not-as-expected";
  }
  return refuted(result, expected) ? "not-as-expected" : "inconclusive";
}

function refuted(result: CheckResult, expected: ExpectedVerdict | undefined): boolean {
  const { positive, negative } = observe(result);
  return (expected === "never" && positive > 0) || (expected === "always" && negative > 0);
}
