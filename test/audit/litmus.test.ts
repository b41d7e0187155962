/** Findings as litmus tests: the language takes them, and the model says of them what is known. */
import { describe, expect, test } from "vitest";
import type { Shape } from "../../src/audit/finding.ts";
import { edits, editsFor, litmusOf } from "../../src/audit/litmus.ts";
import { makeModel } from "../../src/cli/audit/model.ts";
import { kernels, lineage } from "../../src/kernels/index.ts";
import { parseFile } from "../../src/litmus/index.ts";

const base: Shape = {
  kind: "pin",
  by: "io_uring",
  page: "anon",
  writable: true,
  child: "exits",
  racing: false,
  advised: false,
};

const kinds = ["pin", "direct read", "vmsplice", "vmsplice child", "read-only pin"] as const;
const interfaces = ["io_uring", "rdma", "xdp", "vfio", "provided ring", "ring memory"] as const;
const children = ["lives", "execs", "exits"] as const;
const pages = ["anon", "thp", "hugetlb", "private file"] as const;

const shapes: readonly Shape[] = kinds.flatMap((kind) =>
  interfaces.flatMap((by) =>
    children.flatMap((child) =>
      pages.flatMap((page) =>
        [true, false].map((writable) => ({ ...base, kind, by, child, page, writable })),
      ),
    ),
  ),
);

describe("every shape", () => {
  test("is a test of the language, with every edit", () => {
    for (const shape of [...shapes, { ...base, racing: true }]) {
      for (const edit of [undefined, ...edits]) {
        const text = litmusOf(shape, edit);
        expect(text).toBeDefined();
        const parsed = parseFile(text as string);
        expect(parsed.ok ? [] : [text, parsed.diagnostics]).toEqual([]);
      }
    }
  });
});

describe("the model", () => {
  const model = makeModel(
    kernels.map((kernel) => ({ kernel, machine: undefined })),
    lineage,
  );
  const verdict = (shape: Shape, kernel: string, edit?: (typeof edits)[number]) =>
    model.ask(litmusOf(shape, edit) as string, kernel).verdict;

  test("loses a device's write before v5.9 and not after, and no edit loses it", () => {
    expect(verdict(base, "v5.8")).toMatch(/sometimes|always/);
    expect(verdict(base, "v5.12")).toBe("never");
    for (const edit of editsFor(base).filter((one) => one !== "shared"))
      expect([edit, verdict(base, "v5.8", edit)]).toEqual([edit, "never"]);
  });

  test("does not call shared memory a cure where io_uring refuses it (before v5.14)", () => {
    expect(verdict(base, "v5.8", "shared")).toBe("vacuous");
    expect(verdict({ ...base, by: "rdma" }, "v5.8", "shared")).toBe("never");
  });

  test("loses hugetlb until v5.12", () => {
    const hugetlb: Shape = { ...base, page: "hugetlb", child: "lives" };
    expect(verdict(hugetlb, "v5.11")).toMatch(/sometimes|always/);
    expect(verdict(hugetlb, "v5.12")).toBe("never");
  });

  test("loses a direct read until it pins, and finishing it helps", () => {
    const read: Shape = { ...base, kind: "direct read", child: "lives" };
    expect(verdict(read, "v6.2")).toMatch(/sometimes|always/);
    expect(verdict(read, "v6.6")).toBe("never");
    expect(verdict(read, "v6.2", "finish")).toBe("never");
  });

  test("leaks through a child's pipe until v5.8", () => {
    const leak: Shape = { ...base, kind: "vmsplice child", child: "lives" };
    expect(verdict(leak, "v5.7")).toMatch(/sometimes|always/);
    expect(verdict(leak, "v5.8")).toBe("never");
  });

  test("finds a lockless registration racing with fork until v5.11; one under mmap_lock cannot", () => {
    const racing: Shape = { ...base, by: "rdma", racing: true };
    expect(verdict({ ...racing, by: "io_uring" }, "v5.9")).toBe("never");
    expect(verdict(racing, "v5.9")).toMatch(/sometimes|always/);
    expect(verdict(racing, "v5.12")).toBe("never");
  });
});
