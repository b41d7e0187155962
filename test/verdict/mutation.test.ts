/**
 * If a decision could be flipped and no test of the library noticed, the library would not protect
 * it. Each decision of a few kernels is set to every other value that some kernel has; the verdicts
 * of a sample of the library have to change somewhere. Survivors are printed, and known.
 */
import { describe, expect, test } from "vitest";
import {
  type DecisionName,
  decisionNames,
  decisionValues,
  findKernel,
  type Kernel,
  lineage,
  withDecisions,
} from "../../src/kernels/index.ts";
import { expectationFor, type Test } from "../../src/litmus/index.ts";
import { standing } from "./expectations.ts";
import { type LibraryTest, library } from "./library.ts";

const statesMax = 2_000;
/** Tests that a kernel answers within so many states: enough to notice, cheap enough to repeat. */
const small = 300;
const sample = ["v5.11"];

interface Flip {
  readonly kernel: Kernel;
  readonly name: DecisionName;
  readonly value: string | boolean;
}

const flips: readonly Flip[] = sample.flatMap((kernelName) => {
  const kernel = findKernel(kernelName)!;
  return decisionNames.flatMap((name) =>
    decisionValues(name)
      .filter((value) => value !== kernel.decisions[name].value)
      .map((value) => ({ kernel, name, value })),
  );
});

const kernelsOf = (some: readonly Flip[]): readonly Kernel[] => [
  ...new Set(some.map(({ kernel }) => kernel)),
];

const flipName = ({ kernel, name, value }: Flip): string => `${kernel.name} ${name}=${value}`;

/** The tests that the kernel passes, and quickly. */
function passedBy(kernel: Kernel, among: readonly LibraryTest[]): readonly LibraryTest[] {
  return among.filter(({ file, test: one }) => {
    const expected = expectationFor(file, kernel.name, lineage);
    const { standing: word, result } = standing(one, kernel, expected, small);
    return word === "as expected" && result.states <= small;
  });
}

/** The first library test whose expectation the flipped kernel breaks. */
function killer(flip: Flip, among: readonly LibraryTest[]): Test | undefined {
  const mutant = withDecisions(flip.kernel, flip.kernel.name, { [flip.name]: flip.value });
  return among.find(({ file, test: one }) => {
    const expected = expectationFor(file, flip.kernel.name, lineage);
    return (
      expected !== undefined && standing(one, mutant, expected, statesMax).standing === "wrong"
    );
  })?.test;
}

describe("flipping a decision", () => {
  test("breaks an expectation of the library", { timeout: 600_000 }, () => {
    const all = library("seed", "bugs", "races", "selftest");
    const passed = new Map(kernelsOf(flips).map((kernel) => [kernel, passedBy(kernel, all)]));
    const survivors = flips
      .filter((flip) => killer(flip, passed.get(flip.kernel)!) === undefined)
      .map(flipName);
    const killed = flips.length - survivors.length;
    process.stdout.write(`mutation: ${killed} of ${flips.length} flips noticed; survivors:\n`);
    for (const survivor of survivors) process.stdout.write(`  ${survivor}\n`);
    expect(killed / flips.length).toBeGreaterThan(0.5);
  });

  test("the unflipped kernel breaks nothing", { timeout: 120_000 }, () => {
    const kernel = findKernel("v5.11")!;
    const same: Flip = { kernel, name: "fork.copyPinned", value: true };
    expect(killer(same, library("seed"))).toBeUndefined();
  });
});
