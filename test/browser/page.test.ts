/**
 * If the engine used something that Node has and a page has not, or evaluated text, or searched in
 * another order there, a page under a strict policy would not answer, or would answer otherwise.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { top } from "../../scripts/repository.ts";
import { findKernel } from "../../src/kernels/index.ts";
import { expand, parseFile } from "../../src/litmus/index.ts";
import { check } from "../../src/verdict/check.ts";
import { memoryOf } from "../../src/verdict/memory.ts";
import { askPage, chromium } from "./chromium.ts";

interface Question {
  readonly text: string;
  readonly kernel: string;
  readonly memory: "sequential" | "weak";
  readonly schedule: "free" | "serial";
}

function question(file: string, kernel: string, more: Partial<Question> = {}): Question {
  const text = readFileSync(join(top, "litmus", `${file}.litmus`), "utf8");
  return { text, kernel, memory: "sequential", schedule: "free", ...more };
}

const questions: readonly Question[] = [
  question("seed/FORK+gup-fast", "v5.9"),
  question("seed/FORK+gup-fast", "v5.11"),
  question("seed/FORK+gup-fast", "v5.9-rc7", { memory: "weak" }),
  question("races/RECLAIM+gup-fast", "v5.18"),
  question("races/KSM+gup-fast+ro", "v6.1"),
  question("races/FORK+gup-fast+hugetlb", "v5.17"),
  question("races/TEAR+two-pages", "v6.12"),
  question("races/COW+two-threads", "v4.19", { schedule: "serial" }),
];

/** What Node says, as it comes out of JSON; the time it took is nobody's business. */
function inNode({ text, kernel, memory, schedule }: Question): unknown {
  const file = parseFile(text);
  if (!file.ok) throw new Error(file.diagnostics[0]!.message);
  const options = { memory: memoryOf(memory), schedule };
  const result = check(expand(file.value)[0]!, findKernel(kernel)!, options);
  return JSON.parse(JSON.stringify({ ...result, seconds: 0 }));
}

const isReady = chromium !== undefined && existsSync(join(top, "dist/index.js"));

describe.skipIf(!isReady)("a page under a policy without eval", () => {
  it("gives Node's verdicts, counts and runs", { timeout: 180_000 }, async () => {
    const answer = (await askPage(questions, 150)) as Record<string, unknown>;
    expect(answer.error).toBeUndefined();
    expect(answer.evaluates).toBe(false);
    const results = answer.results as readonly { readonly verdict: string }[];
    expect(results.map(({ verdict }) => verdict)).toContain("sometimes");
    expect(results.map(({ verdict }) => verdict)).toContain("never");
    expect(results).toEqual(questions.map(inNode));
  });

  it("says what went wrong there: the comparison can fail", { timeout: 180_000 }, async () => {
    const wrong = [{ ...questions[0]!, text: "Linux" }];
    const answer = (await askPage(wrong, 150)) as { readonly error?: string };
    expect(answer.error).toContain("TypeError");
  });
});
