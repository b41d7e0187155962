/**
 * Dirty and soft-dirty bits that the kernel sets where no processor writes. No verdict asks for them; if
 * these fail, `compare --state` finds entries that differ from a real kernel's.
 */
import { describe, expect, test } from "vitest";
import { findKernel, type Kernel, withDecisions } from "../../src/kernels/index.ts";
import { rowsAlong } from "../../src/verdict/forced.ts";
import { orders } from "../../src/verdict/orders.ts";
import { type EntryState, modelTable } from "../../src/verdict/state-table.ts";
import { loadWorld } from "../../src/verdict/world.ts";
import { testOf } from "../verdict/library.ts";

const on = (name: string): Kernel => findKernel(name)!;

/** The entries after the last statement, by "P0:x". */
function entriesAfter(text: string, kernel: Kernel): Map<string, EntryState> {
  const test = testOf(text);
  const [order = []] = orders(test).orders;
  const world = loadWorld(test, kernel);
  const [row] = rowsAlong(world, order).at(-1)!;
  const { entries } = modelTable(world, row!, () => 1);
  return new Map(entries.map((entry) => [`${entry.process}:${entry.page}`, entry]));
}

describe("a write fault that GUP takes", () => {
  const pinned = (kind: string, place: string): string => `Linux T
{ page x = ${kind}; }
P0 { mprotect(x, R); clear_refs(P0); mprotect(x, RW); h = pin(${place}, WRITE); }
exists (true)
`;
  test.each(["v5.9", "stable-6.1", "v7.2"])("marks the entry soft-dirty on %s", (name) => {
    expect(entriesAfter(pinned("anon", "x"), on(name)).get("P0:x")).toMatchObject({
      writable: true,
      dirty: true,
      softDirty: true,
    });
    const huge = entriesAfter(pinned("thp", "x[0]"), on(name)).get("P0:x[0]");
    expect(huge).toMatchObject({ writable: true, softDirty: true });
  });

  test("red control: without the pin the entry is not soft-dirty", () => {
    const bare = pinned("anon", "x").replace(" h = pin(x, WRITE);", "");
    expect(entriesAfter(bare, on("stable-6.1")).get("P0:x")?.softDirty).toBe(false);
  });
});

describe("the copy that a read-only pin gets of a shared hugetlb page", () => {
  const text = (kind: string): string => `Linux T
{ page x = ${kind}; }
P0 { r0 = fork(P1); h = pin(x[0]${kind === "hugetlb" ? ", LONGTERM" : ""}); }
P1 { }
exists (true)
`;
  test("is clean, as it is read-only", () => {
    expect(entriesAfter(text("hugetlb"), on("stable-6.1")).get("P0:x[0]")).toMatchObject({
      dirty: false,
      writable: false,
      exclusive: true,
    });
  });

  test("red control: a write makes it dirty", () => {
    const written = text("hugetlb").replace("h = pin(x[0], LONGTERM);", "x[0] = 1;");
    expect(entriesAfter(written, on("stable-6.1")).get("P0:x[0]")).toMatchObject({
      dirty: true,
      writable: true,
    });
  });
});

describe("a read fault in shared memory", () => {
  const read = (before: string): string => `Linux T
{ page x = ${before}shmem; }
P0 { r0 = fork(P1); }
P1 { r1 = x; }
exists (true)
`;
  test("maps the page writable and clean", () => {
    const child = entriesAfter(read(""), on("stable-6.12")).get("P1:x");
    expect(child).toMatchObject({ writable: true, dirty: false, softDirty: false });
  });

  test("maps it dirty from v6.15, if the page is", () => {
    const dirty = { writable: true, dirty: true, softDirty: true };
    expect(entriesAfter(read(""), on("v7.2")).get("P1:x")).toMatchObject(dirty);
    const clean = entriesAfter(read("untouched "), on("v7.2")).get("P1:x");
    expect(clean).toMatchObject({ writable: true, dirty: false });
    const told = withDecisions(on("stable-6.12"), "told", { "fault.mapsDirty": true });
    expect(entriesAfter(read(""), told).get("P1:x")).toMatchObject(dirty);
  });

  test("finds a page dirty whose last writer has unmapped it", () => {
    const text = `Linux T
{ page x = untouched shmem; }
P0 { r0 = fork(P1); wait(P1); r1 = x; }
P1 { r2 = x; x = 1; exit(); }
exists (true)
`;
    expect(entriesAfter(text, on("v7.2")).get("P0:x")).toMatchObject({ dirty: true });
    const unread = text.replace("x = 1; ", "");
    expect(entriesAfter(unread, on("v7.2")).get("P0:x")).toMatchObject({ dirty: false });
  });
});
