import { describe, expect, test } from "vitest";
import { drawKernel, drawKernels, kernelsJson, originOf } from "../../src/report/kernels.ts";
import { plainLook } from "../../src/report/style.ts";

const early = { value: "early", why: "the device keeps its page", commit: "70e806e4e645" };
const old = {
  name: "v5.8",
  summary: "shares",
  decisions: { copy: { value: "never", why: "no test" } },
};
const fixed = {
  name: "v5.9",
  extends: "v5.8",
  summary: "copies early",
  decisions: { copy: early },
};
const next = { name: "v5.11", extends: "v5.9", summary: "counts", decisions: { copy: early } };
const patch = { name: "p1", extends: "v5.8", summary: "a patch", decisions: old.decisions };
const kernels = [old, fixed, next, patch];
const lineage = ["v5.8", "v5.9", "v5.11"];

describe("kernels", () => {
  test("the lineage in order, then what is off the line", () => {
    expect(`\n${drawKernels(kernels, lineage, plainLook)}`).toMatchInlineSnapshot(`
      "
      The mainline lineage, oldest first
        v5.8   shares
        v5.9   copies early
        v5.11  counts

      Off the line
        p1     (extends v5.8) a patch
      "
    `);
  });

  test("one kernel: each decision, where it came from, why", () => {
    expect(`\n${drawKernel(next, kernels, plainLook)}`).toMatchInlineSnapshot(`
      "
      v5.11 (extends v5.9): counts

        copy = early
          since v5.9, commit 70e806e4e645
          the device keeps its page
      "
    `);
  });

  test("a decision's origin is the kernel that set the value, not one that repeats it", () => {
    expect(originOf("copy", next, kernels)).toBe("v5.9");
    expect(originOf("copy", patch, kernels)).toBe("v5.8");
  });

  test("JSON, schema 1", () => {
    const { schema, kernels: list } = JSON.parse(kernelsJson(kernels, lineage));
    expect(schema).toBe(1);
    expect(list[2]).toMatchObject({
      name: "v5.11",
      mainline: true,
      decisions: { copy: { since: "v5.9" } },
    });
    expect(list[3].mainline).toBe(false);
  });
});
