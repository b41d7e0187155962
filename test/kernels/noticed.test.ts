/** If these fail, `kernels --why` names tests that do not show the decision: run `npm run mutation`. */
import { describe, expect, test } from "vitest";
import { decisionNames, decisionValues, findKernel } from "../../src/kernels/index.ts";
import { noticedRows } from "../../src/kernels/noticed.generated.ts";
import { noticedFlips, noticedRow, testsThatNotice } from "../../src/kernels/noticed.ts";
import { flipped, orderFor } from "../../src/synth/mutation.ts";
import { check } from "../../src/verdict/check.ts";
import { library } from "../verdict/library.ts";

const tests = new Map(library().map(({ test: one }) => [one.name, one]));

/** Every so manieth row: each claims the same of all its kernels. */
const sample = noticedFlips().filter((_, at) => at % 12 === 0);

describe("the table of what the library notices", () => {
  test("names decisions, values, kernels and tests that there are", () => {
    for (const { name, value, kernels, tests: noticing } of noticedFlips()) {
      expect(decisionNames).toContain(name);
      expect(decisionValues(name)).toContain(value);
      for (const kernel of kernels) {
        expect(findKernel(kernel), kernel).toBeDefined();
        expect(findKernel(kernel)!.decisions[name].value).not.toBe(value);
      }
      for (const one of noticing) expect(tests.has(one.test), one.test).toBe(true);
    }
  });

  test("reads its rows as they are written", () => {
    expect(noticedFlips().map(noticedRow)).toEqual(noticedRows);
    expect(testsThatNotice("v5.11", "fork.copyPinned").length).toBeGreaterThan(0);
  });

  test.each(
    sample.map((flip) => [`${flip.name}=${flip.value} on ${flip.kernels[0]}`, flip] as const),
  )("%s", (_, { name, value, kernels, tests: noticing }) => {
    const kernel = findKernel(kernels[0]!)!;
    const other = flipped({ kernel, name, value });
    const options = { maxStates: 20_000, ...orderFor({ name }) };
    const changes = noticing.filter((one) => {
      const of = tests.get(one.test)!;
      const [before, after] = [kernel, other].map((asked) => check(of, asked, options));
      return before!.verdict === one.verdict && after!.verdict === one.flipped;
    });
    expect(changes).not.toEqual([]);
  });
});
