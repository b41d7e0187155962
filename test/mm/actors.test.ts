/**
 * Migration, KSM, collapse and NUMA hints against fork and pins. If these fail, the kernel's own
 * actors move or merge a page that a device holds, or fail to where they may.
 */
import { describe, expect, test } from "vitest";
import { findKernel, type Kernel, withDecisions } from "../../src/kernels/index.ts";
import { check } from "../../src/verdict/check.ts";
import { testOf } from "../verdict/library.ts";

const on = (name: string): Kernel => findKernel(name)!;
const verdict = (text: string, kernel: Kernel): string => check(testOf(text), kernel).verdict;

describe("migration", () => {
  const moves = (before: string): string => `Linux T
{ page x = anon; page y = anon; }
P0 { ${before}signal(ready); await(done); x = 1; dma_write(h, 2); r0 = x; }
K0 { await(ready); must migrate(x); signal(done); }
exists (P0:r0 = 2)
`;

  test("puts a pinned page back as it was", () => {
    for (const kernel of ["v5.8", "v5.9-rc4", "v5.11", "v5.19", "v7.2"])
      expect(verdict(moves("h = pin(x, WRITE); "), on(kernel)), kernel).toBe("always");
    expect(verdict(moves("h = pin(y, WRITE); "), on("v7.2"))).toBe("never");
  });

  test("moves a page nobody holds, content and all", () => {
    const text = `Linux T
{ page x = anon; }
P0 { x = 5; h = pin(x, WRITE); unpin(h); }
K0 { must migrate(x); }
exists (x = 5)
`;
    for (const kernel of ["v4.19", "v7.2"]) expect(verdict(text, on(kernel))).toBe("always");
  });

  test("a fork that meets the migration entry shares a pinned page up to v5.18", () => {
    const text = `Linux T
{ page x = anon; }
P0 { h = pin(x, WRITE); fork(P1); x = 1; dma_write(h, 2); r0 = x; }
P1 { }
K0 { may migrate(x); }
exists (P0:r0 = 1)
`;
    expect(verdict(text, on("v5.18"))).toBe("sometimes");
    expect(verdict(text, on("v5.19"))).toBe("never");
    expect(verdict(text.replace("K0 { may migrate(x); }\n", ""), on("v5.18"))).toBe("never");
  });
});

describe("KSM", () => {
  const merged = (advice: string, between = ""): string => `Linux T
{ page x = anon; page y = anon; }
P0 { ${advice}${between}signal(ready); await(done); }
K0 { await(ready); must ksm(x, y); signal(done); }
exists (map(x) = 2)
`;
  const both = "madvise(x, MERGEABLE); madvise(y, MERGEABLE); ";

  test("merges equal pages of mergeable mappings", () => {
    for (const kernel of ["v4.19", "v5.9", "v5.19", "v7.2"])
      expect(verdict(merged(both), on(kernel)), kernel).toBe("always");
    expect(verdict(merged(""), on("v7.2"))).toBe("never");
  });

  test("leaves unequal and held pages alone", () => {
    expect(verdict(merged(both, "y = 3; "), on("v7.2"))).toBe("never");
    expect(verdict(merged(both, "h = get(x); "), on("v5.9"))).toBe("never");
    expect(verdict(merged(both, "h = pin(y, WRITE); "), on("v7.2"))).toBe("never");
  });

  test("a write to one of them is not seen in the other", () => {
    const text = merged(both).replace("await(done); ", "await(done); x = 1; r0 = y; ");
    expect(verdict(text.replace("map(x) = 2", "P0:r0 = 1"), on("v5.4"))).toBe("never");
    expect(verdict(text.replace("map(x) = 2", "P0:r0 = 0"), on("v5.4"))).toBe("always");
  });

  test("the last user of a merged page writes it in place from v5.4 to v5.8", () => {
    const text = merged(both)
      .replace("await(done); ", "await(done); h = get(x, LONGTERM); munmap(y); unpin(h); x = 1; ")
      .replace("map(x) = 2", "same(P0:x, P0:x) /\\ ~anon_exclusive(x)");
    expect(verdict(text, on("v5.4"))).toBe("always");
  });
});

describe("collapse", () => {
  const collapse = (before: string, condition: string): string => `Linux T
{ page x = pte-mapped thp; }
P0 { ${before}madvise(x, COLLAPSE); }
exists (${condition})
`;

  test("one huge page with one reference, unless somebody holds a part", () => {
    expect(verdict(collapse("", "ref(x[0]) = 1"), on("v6.1"))).toBe("always");
    expect(verdict(collapse("", "ref(x[0]) = 4"), on("v6.0"))).toBe("always");
    expect(verdict(collapse("h = get(x[2]); ", "ref(x[0]) = 1"), on("v6.1"))).toBe("never");
  });

  test("keeps every word", () => {
    expect(verdict(collapse("x[3] = 7; ", "x[3] = 7"), on("v7.2"))).toBe("always");
  });

  test("GUP-fast must read the PMD again", () => {
    const race = `Linux T
{ page x = pte-mapped thp; }
P0 { h = pin(x[0], WRITE | FAST); x[0] = 1; dma_write(h, 2); r0 = x[0]; }
K0 { may khugepaged(x); }
exists (P0:r0 = 1)
`;
    expect(verdict(race, on("v5.19"))).toBe("sometimes");
    expect(verdict(race, on("v6.0"))).toBe("never");
    const blind = withDecisions(on("v6.0"), "blind", { "gup.rechecksPmd": false });
    expect(verdict(race, blind)).toBe("sometimes");
  });
});

describe("NUMA hints", () => {
  const hinted = (before: string, kernel: string): string =>
    verdict(
      `Linux T
{ page x = anon; }
P0 { ${before}signal(ready); await(done); r0 = x; }
${before === "" ? "" : "P1 { }\n"}K0 { await(ready); must numa_hint(x); signal(done); }
exists (PTE(P0:x) = writable)
`,
      on(kernel),
    );

  test("a hinted entry regains its rights, by the saved bit or by the exclusive mark", () => {
    for (const kernel of ["v4.19", "v5.18", "v6.1"])
      expect(hinted("", kernel), kernel).toBe("always");
    expect(hinted("fork(P1); ", "v6.2")).toBe("never");
  });

  test("without a saved bit, a page that moved stays read-only until the next write", () => {
    for (const kernel of ["v6.2", "v7.2"]) expect(hinted("", kernel), kernel).toBe("sometimes");
  });

  test("the fault is needed: nobody reads or writes through a hinted entry", () => {
    const steps = (kernel: string) =>
      check(
        testOf(`Linux T
{ page x = anon; }
P0 { await(done); r0 = x; }
K0 { must numa_hint(x); signal(done); }
exists (P0:r0 = 0)
`),
        on(kernel),
      ).run?.steps.map(({ label }) => label) ?? [];
    expect(steps("v5.9")).toContain("make the entry accessible again");
  });

  test("a page with a second reference gets no hint from v5.17", () => {
    const labels = (kernel: string) =>
      check(
        testOf(`Linux T
{ page x = anon; }
P0 { h = pin(x, WRITE); signal(ready); }
K0 { await(ready); must numa_hint(x); }
exists (pinned(h, P0:x))
`),
        on(kernel),
      ).run?.steps.map(({ label }) => label) ?? [];
    expect(labels("v5.14")).toContain("make the entry inaccessible");
    expect(labels("v5.17")).not.toContain("make the entry inaccessible");
  });
});

describe("a page that NUMA balancing hinted at", () => {
  const read = (flags: string): string => `Linux T
{ page x = anon; }
P0 { await(hinted); h = pin(x${flags}); }
K0 { must numa_hint(x); signal(hinted); }
exists (true)
`;
  const faults = (kernel: string, flags: string): boolean =>
    check(testOf(read(flags)), on(kernel)).run!.steps.some(({ label }) =>
      label.startsWith("make the entry accessible"),
    );

  test("is faulted back by a read pin up to v6.2, and followed as it is from v6.6", () => {
    expect(faults("v5.18", "")).toBe(true);
    expect(faults("v6.2", "")).toBe(true);
    expect(faults("v6.6", "")).toBe(false);
    expect(faults("v7.2", "")).toBe(false);
  });

  test("is followed by force on every kernel, and needs its write permission for a write pin", () => {
    expect(faults("v5.18", ", FORCE")).toBe(false);
    expect(faults("v7.2", ", WRITE")).toBe(true);
  });
});
