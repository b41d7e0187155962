/** docs/history.md: what it says of every test holds in the checker, and no decision is left out. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { top } from "../../scripts/repository.ts";
import {
  type DecisionName,
  findKernel,
  type Kernel,
  kernels,
  withDecisions,
} from "../../src/kernels/index.ts";
import { expand, parseFile } from "../../src/litmus/index.ts";
import { differingDecisions } from "../../src/synth/cause.ts";
import { stepsOf } from "../../src/synth/history.ts";
import { check } from "../../src/verdict/check.ts";

const page = readFileSync(join(top, "docs/history.md"), "utf8");

interface Section {
  readonly to: string;
  readonly decision: DecisionName;
  readonly text: string;
}

const sections: readonly Section[] = page
  .split(/^### /m)
  .slice(1)
  .map((text) => {
    const [, to, decision] = /^(\S+): (\S+) = /.exec(text)!;
    return { to: to!, decision: decision as DecisionName, text };
  });

/** "v5.9", "v5.9-with-D", "v5.11-without-D" */
function kernelNamed(name: string, { to, decision }: Section): Kernel {
  const known = findKernel(name);
  if (known !== undefined) return known;
  const newer = findKernel(to)!;
  const older = findKernel(newer.extends!)!;
  const [base, donor] = name.includes("-without-") ? [newer, older] : [older, newer];
  return withDecisions(base, name, { [decision]: donor.decisions[decision].value });
}

const withTests = sections.filter(({ text }) => text.includes("```litmus"));

describe("docs/history.md", () => {
  test("has a section for every decision of every step", () => {
    const wanted = stepsOf(kernels).flatMap(([from, to]) =>
      differingDecisions(from, to).map((decision) => `${to.name} ${decision}`),
    );
    expect(sections.map(({ to, decision }) => `${to} ${decision}`).sort()).toEqual(wanted.sort());
  });

  test.each(withTests.map((one) => [`${one.to} ${one.decision}`, one] as const))("%s", (_, one) => {
    const litmus = /```litmus\n([\s\S]*?)```/.exec(one.text)![1]!;
    const said = /\. ((?:\S+: (?:never|sometimes|always|vacuous)(?:; )?)+)\./.exec(one.text)![1]!;
    const parsed = parseFile(litmus);
    expect(parsed.ok ? [] : parsed.diagnostics).toEqual([]);
    const [read] = parsed.ok ? expand(parsed.value) : [];
    const verdicts = said.split("; ").map((part) => part.split(": ") as [string, string]);
    expect(new Set(verdicts.map(([, verdict]) => verdict)).size).toBe(2);
    for (const [name, verdict] of verdicts)
      expect(check(read!, kernelNamed(name, one)).verdict).toBe(verdict);
  });
});
