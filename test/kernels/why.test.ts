/** If this fails, `--why` tells a wrong origin, or leaves out a kernel that answers otherwise. */
import { describe, expect, test } from "vitest";
import { decisionNames, findKernel, kernels } from "../../src/kernels/index.ts";
import { whyDecision } from "../../src/kernels/why.ts";

describe("why a kernel does what it does", () => {
  test("an inherited decision names the kernel and the commit that made it", () => {
    expect(whyDecision(findKernel("v6.12")!, "fork.writeProtectSeq")).toMatchObject({
      kernel: "v6.12",
      name: "fork.writeProtectSeq",
      value: true,
      since: "v5.11",
      commit: "57efa1fe5957",
    });
  });

  test("a stable tree answers for itself", () => {
    expect(whyDecision(findKernel("stable-5.10")!, "fork.writeProtectSeq")).toMatchObject({
      since: "stable-5.10",
      evidence: { kind: "read", where: expect.stringContaining("5.10.262") },
    });
    expect(whyDecision(findKernel("v5.9")!, "fork.writeProtectSeq").value).toBe(false);
  });

  test("the answers are those of the enforced copy-on-write: v5.8 and 5.7.14 alone", () => {
    const { answers } = whyDecision(findKernel("v5.8")!, "gup.readForcesCow");
    expect(answers.find(({ value }) => value === true)?.kernels).toEqual(["v5.8", "stable-5.7"]);
  });

  test.each(decisionNames)("each kernel gives exactly one answer to %s", (name) => {
    const given = whyDecision(kernels[0]!, name).answers.flatMap((answer) => answer.kernels);
    expect([...given].sort()).toEqual(kernels.map((kernel) => kernel.name).sort());
  });
});
