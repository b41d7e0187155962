/** Whether a result is what the test expects of the kernel. */
import type { ExpectedVerdict } from "../litmus/ast.ts";
import { observe } from "./observation.ts";
import type { CheckResult } from "./result.ts";

/** `inconclusive`: nothing is proved either way. `not-modelled`: the model leaves it out. */
export type Judgement =
  | "as-expected"
  | "not-as-expected"
  | "nothing-expected"
  | "inconclusive"
  | "not-modelled";

/**
 * A kernel that breaks what it promises of every state is not as expected, whatever the verdict.
 * Holds a result against the expected word. A vacuous test never passes: where something was
 * expected, it is not as expected; but where the kernel refused the operation, "never" is not
 * contradicted. A search that was cut is judged by what it did see: one bad end
 * refutes "never", one good end refutes "always".
 */
export function judge(result: CheckResult, expected: ExpectedVerdict | undefined): Judgement {
  if (result.verdict === "unknown" && result.notModelled.length > 0) {
    return "not-modelled";
  }
  if (result.broken !== undefined) return "not-as-expected";
  if (result.verdict === "vacuous") {
    if (expected === undefined) return "inconclusive";
    const refused = (result.refused ?? []).length > 0;
    return refused && expected === "never" ? "as-expected" : "not-as-expected";
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
