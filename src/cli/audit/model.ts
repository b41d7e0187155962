/** The modelled kernels as the auditor asks them: one litmus text, one kernel, an answer. */
import type { Answer, Model } from "../../audit/verdicts.ts";
import { expand, parseFile, type Test } from "../../litmus/index.ts";
import { check } from "../../verdict/check.ts";
import type { Run } from "../../verdict/result.ts";
import type { NamedKernel } from "../synth/kernel-argument.ts";

/** A question is small; one that is not is left open rather than waited for. */
const statesMax = 400_000;

/** Statement by statement, with the paths a kernel developer knows; repeated paths once. */
function runWords(run: Run): readonly string[] {
  const words: string[] = [];
  let before = "";
  for (const step of run.steps) {
    const path = step.path[step.path.length - 1];
    const changed = step.changes
      .filter(({ what }) => !what.endsWith("lock"))
      .map(({ what, after }) => `${what} = ${after}`)
      .join(", ");
    if (changed === "") continue;
    const head = `${step.actor}: ${step.statement}`;
    words.push(
      `${head === before ? " ".repeat(head.length) : head}  ${path ?? step.label}: ${changed}`,
    );
    before = head;
  }
  return words;
}

export function makeModel(kernels: readonly NamedKernel[], lineage: readonly string[]): Model {
  const tests = new Map<string, Test | undefined>();
  const byName = new Map(kernels.map((named) => [named.kernel.name, named]));
  const testOf = (text: string): Test | undefined => {
    if (!tests.has(text)) {
      const parsed = parseFile(text);
      tests.set(text, parsed.ok ? expand(parsed.value)[0] : undefined);
    }
    return tests.get(text);
  };
  return {
    kernels: kernels.map(({ kernel }) => kernel.name),
    lineage: lineage.filter((name) => byName.has(name)),
    ask: (text, name): Answer => {
      const test = testOf(text);
      const named = byName.get(name);
      if (test === undefined || named === undefined) return { verdict: "unknown" };
      const { kernel, machine } = named;
      const own = machine === undefined ? {} : { machine };
      const result = check(test, kernel, { maxStates: statesMax, ...own });
      const bad = result.verdict === "sometimes" || result.verdict === "always";
      if (!bad || result.run === undefined) return { verdict: result.verdict };
      return { verdict: result.verdict, run: runWords(result.run) };
    },
  };
}
