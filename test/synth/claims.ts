/** What diff claims, asked again: each found test is read from its text and handed to the checker. */
import { findKernel, type Kernel } from "../../src/kernels/index.ts";
import { expand, parseFile, type Test } from "../../src/litmus/index.ts";
import type { Telling } from "../../src/synth/diff.ts";
import { check } from "../../src/verdict/check.ts";

/** The one test of a litmus text. */
export function testOf(litmus: string): Test {
  const parsed = parseFile(litmus);
  if (!parsed.ok || parsed.diagnostics.length > 0)
    throw new Error(`${JSON.stringify(parsed.diagnostics)}\n${litmus}`);
  return expand(parsed.value)[0]!;
}

/** Where the checker does not say what a found test claims of a kernel; empty: it says all of it. */
export function contradictions(
  tellings: readonly Pick<Telling, "litmus" | "verdicts">[],
  find: (name: string) => Kernel = (name) => findKernel(name)!,
): readonly string[] {
  return tellings.flatMap(({ litmus, verdicts }) => {
    const test = testOf(litmus);
    const said = Object.entries(verdicts);
    const wrong = said.flatMap(([name, claimed]) => {
      const { verdict } = check(test, find(name));
      return verdict === claimed ? [] : [`${name}: ${verdict}, claimed ${claimed}\n${litmus}`];
    });
    const alike = said[0]![1] === said[1]![1] ? [`tells nothing apart\n${litmus}`] : [];
    return [...wrong, ...alike];
  });
}
