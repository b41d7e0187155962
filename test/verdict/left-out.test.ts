/** A test that touches what the model leaves out is told so, and gets no verdict out of thin air. */
import { expect, test } from "vitest";
import { emitC } from "../../src/emit/c/index.ts";
import { findKernel } from "../../src/kernels/index.ts";
import { check } from "../../src/verdict/check.ts";
import { leftOut, throughReading } from "../../src/verdict/left-out.ts";
import { testOf } from "./library.ts";

const asked = (operation: string, page: string) =>
  check(
    testOf(`Linux T
{ page x = ${page}; }
P0 { x${page.includes("thp") || page === "hugetlb" ? "[0]" : ""} = 1; }
K0 { may ${operation}(x); }
exists (true)
`),
    findKernel("v7.2")!,
  );

const cases = leftOut.flatMap(({ operation, kinds, what }) =>
  kinds.map((kind) => ({ operation, kind, what })),
);

test.each(cases)("$operation of $kind", ({ operation, kind, what }) => {
  const { verdict, bound, notModelled } = asked(operation, kind);
  expect(notModelled).toEqual([what]);
  expect(verdict).toBe("unknown");
  expect(bound).toBe(`not modelled: ${what}`);
});

const through = (take: string, use: string) =>
  check(
    testOf(`Linux T
{ page x = anon; }
P0 { h = ${take}; x = 1; ${use} }
exists (true)
`),
    findKernel("v7.2")!,
  ).notModelled;

test.each([
  "pin(x)",
  "pin(x, LONGTERM | FAST)",
  "get(x, FAST)",
  "vmsplice(x)",
  "ibv_reg_mr(x, READ)",
])("a device's write through %s", (take) => {
  expect(through(take, "dma_write(h, 2);")).toEqual([throughReading]);
  expect(through(take, "r0 = dma_read(h);")).toEqual([]);
});

test.each(["pin(x, WRITE)", "get(x, WRITE | FAST)", "ibv_reg_mr(x, READ | WRITE)", "xdp_umem(x)"])(
  "a device's write through %s is modelled",
  (take) => {
    expect(through(take, "dma_write(h, 2);")).toEqual([]);
  },
);

test.each([
  ["migrate", "anon"],
  ["numa_hint", "pte-mapped thp"],
  ["numa_hint", "hugetlb"],
  ["reclaim", "private file"],
  ["reclaim", "file"],
  ["reclaim", "shmem"],
])("%s of %s is modelled", (operation, page) => {
  const { verdict, notModelled } = asked(operation, page);
  expect(notModelled).toEqual([]);
  expect(verdict).toBe("always");
});

/** What mmap() and fallocate() take from the pool at first: mm/hugetlb.c:hugetlb_reserve_pages(). */
const pools = [
  { pool: 1, pages: "page x = hugetlb;", needs: 1 },
  { pool: 1, pages: "page x = untouched shared hugetlb;", needs: 1 },
  { pool: 1, pages: "page x = untouched private hugetlb;", needs: 2 },
  { pool: 1, pages: "page x = readonly private hugetlb;", needs: 2 },
  { pool: 2, pages: "page x = private hugetlb;", needs: 2 },
  {
    pool: 2,
    pages: "page x = private hugetlb; page y = untouched hugetlb; page z = anon;",
    needs: 3,
  },
];

test.each(pools)("a pool of $pool with $pages", ({ pool, pages, needs }) => {
  const litmus = testOf(`Linux T
Hugetlb-pool=${pool}
{ ${pages} }
P0 { r0 = x[0]; }
exists (true)
`);
  const told = [`a pool of ${pool} for mappings that need ${needs}: mmap() would be ENOMEM`];
  const expected = pool < needs ? told : [];
  expect(check(litmus, findKernel("v6.1")!).notModelled).toEqual(expected);
  expect(emitC([{ test: litmus, orders: [] }]).skips.map(({ why }) => why)).toEqual(expected);
});
