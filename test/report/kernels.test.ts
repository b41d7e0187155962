import { describe, expect, test } from "vitest";
import { findKernel, kernels, lineage } from "../../src/kernels/index.ts";
import { drawKernel, drawKernels, kernelsJson } from "../../src/report/kernels.ts";
import { plainLook } from "../../src/report/style.ts";
import { visibleWidth } from "../../src/report/wrap.ts";

const v511 = findKernel("v5.11")!;

describe("kernels", () => {
  test("the lineage in order, then what is off the line with what it extends", () => {
    const text = drawKernels(kernels, plainLook);
    const names = text.split("\n").map((line) => /^ {2}(\S+)/.exec(line)?.[1]);
    expect(names.filter((name) => name !== undefined && lineage.includes(name))).toEqual(lineage);
    expect(text.indexOf("Off the line")).toBeLessThan(text.indexOf("peter-xu-v1"));
    expect(text).toMatch(/peter-xu-v1 +\(extends v5\.9-rc4\)/);
  });

  test("one kernel: what it decides itself, then what it inherits and from where", () => {
    const text = drawKernel(v511, plainLook);
    const [own = "", inherited = ""] = text.split("\nInherited\n");
    expect(own).toContain("fork.writeProtectSeq = true");
    expect(own).toContain("since v5.11, commit 57efa1fe5957; read in 5.11 mm/memory.c");
    expect(inherited).toContain("fork.presentPte = test-then-share");
    expect(inherited).toContain("since v5.9, commit f3c64eda3e50");
    expect(own).not.toContain("fork.presentPte");
  });

  test("40 columns hold the lineage", () => {
    const lines = drawKernels(kernels, { color: true, width: 40 }).split("\n");
    expect(Math.max(...lines.map(visibleWidth))).toBeLessThanOrEqual(40);
  });

  test("JSON, schema 1", () => {
    const { schema, kernels: list } = JSON.parse(kernelsJson([v511]));
    expect(schema).toBe(1);
    expect(list).toHaveLength(1);
    expect(list[0]).toMatchObject({
      name: "v5.11",
      extends: "v5.9",
      mainline: true,
      decisions: { "fork.presentPte": { since: "v5.9", commit: "f3c64eda3e50" } },
    });
  });
});
