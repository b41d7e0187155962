/** Were an answer shared between kernels that differ where it matters, a broken one would be called safe. */
import { describe, expect, test } from "vitest";
import { findKernel, kernels } from "../../src/kernels/index.ts";
import { mmMachine } from "../../src/mm/index.ts";
import type { Machine } from "../../src/step/index.ts";
import { type CheckOptions, check } from "../../src/verdict/check.ts";
import { SharedAnswers } from "../../src/verdict/shared-answers.ts";
import { library } from "./library.ts";

const maxStates = 3000;
const sample = library()
  .map(({ test }) => test)
  .filter((_, at) => at % 24 === 0);

function answersOf(test: (typeof sample)[number], machine: Machine, shared: boolean) {
  const answers = shared ? { answers: new SharedAnswers() } : {};
  return kernels.map((kernel) => {
    const { seconds: _, ...rest } = check(test, kernel, { maxStates, machine, ...answers });
    return rest;
  });
}

describe("answers shared between kernels", () => {
  test.each(sample.map((one) => [one.name, one] as const))("%s", (_, one) => {
    expect(answersOf(one, mmMachine(), true)).toEqual(answersOf(one, mmMachine(), false));
  });

  test("are of one way to search", () => {
    const answers = new SharedAnswers();
    const [one] = library("seed").filter(({ test }) => test.name === "FORK+gup-fast");
    const found = (options: CheckOptions) =>
      check(one!.test, findKernel("v5.9")!, { answers, ...options });
    const plain = found({ reduce: { ample: false } });
    const reduced = found({ plainStates: 0 });
    expect(reduced.states).toBeLessThan(plain.states);
    // Shared with itself each way, as the same list shows.
    expect(found({ reduce: { ample: false } }).valuations).toBe(plain.valuations);
    expect(found({ plainStates: 0 }).valuations).toBe(reduced.valuations);
  });

  test("are wrong if a step hides what it asks", () => {
    const machine = mmMachine();
    const nowhere = new Uint8Array(1000);
    const silent: Machine = {
      schema: machine.schema,
      compiled: {
        ...machine.compiled,
        bind: (offsets, base, stride, halted, programs, decisions) =>
          machine.compiled.bind(offsets, base, stride, halted, programs, decisions, nowhere),
      },
      entries: machine.entries,
      traced: machine.traced,
      steps: machine.steps,
    };
    const differs = sample.some(
      (one) =>
        JSON.stringify(answersOf(one, silent, true)) !==
        JSON.stringify(answersOf(one, machine, false)),
    );
    expect(differs).toBe(true);
  });
});
