/** If a decision or how it is known got lost between threads, a report would rest on the wrong words. */
import { expect, it } from "vitest";
import { asksReader, asksText } from "../../src/cli/check/asks-text.ts";
import { decisionNames, kernels } from "../../src/kernels/index.ts";
import { askedBy } from "../../src/verdict/asked.ts";

it("what a verdict rests on comes back from its text, on every kernel", () => {
  const read = asksReader();
  for (const kernel of kernels) {
    const asks = askedBy(kernel, [...decisionNames.keys()]);
    expect(read(asksText(asks))).toEqual(asks);
    expect(asks[0]).not.toEqual(asks[1]);
  }
  expect(read(asksText([]))).toEqual([]);
});
