/** Forced orders: what the kernel may do is done where the order has it, and only there. */
import { describe, expect, it } from "vitest";
import { findKernel } from "../../src/kernels/index.ts";
import { parseFile, type Test } from "../../src/litmus/index.ts";
import { checkOrder } from "../../src/verdict/forced.ts";
import { orders } from "../../src/verdict/orders.ts";
import { valuationKey } from "../../src/verdict/valuation.ts";

function parse(text: string): Test {
  const parsed = parseFile(text);
  if (!parsed.ok) throw new Error(parsed.diagnostics[0]?.message);
  const { declarations, ...rest } = parsed.value;
  return { ...rest, declarations: declarations.filter((one) => one.kind === "page") };
}

const test = parse(`Linux MAY
{ page x = anon; }
P0 { r0 = x; signal(go); await(done); x = 1; }
K0 { await(go); may migrate(x); signal(done); }
K1 { await(go); may reclaim(x); }
locations [PTE(P0:x)]
exists (x = 1)
`);

describe("an order with a kernel actor", () => {
  const kernel = findKernel("v6.1")!;

  it("has one end: the kernel has no choice left", () => {
    const all = orders(test).orders;
    expect(all.length).toBeGreaterThan(4);
    for (const order of all) {
      const { valuations, stuck } = checkOrder(test, kernel, order);
      expect(stuck).toEqual([]);
      expect(valuations).toHaveLength(1);
    }
  });

  it("ends otherwise where the kernel acted", () => {
    const ends = new Set(
      orders(test).orders.map((order) =>
        checkOrder(test, kernel, order)
          .valuations.map(({ values }) => valuationKey(values))
          .join(),
      ),
    );
    expect(ends.size).toBe(2);
  });
});

describe("a child's write to hugetlb memory that its parent watches", () => {
  const watched = parse(`Linux WATCHED
{ page x = hugetlb; }
P0 { uffd_wp(x); fork(P1); }
P1 { x[0] = 2; }
locations [P1:x]
exists (x[0] = 0)
`);
  const [order] = orders(watched).orders;
  const ends = (name: string) => {
    const { valuations, stuck } = checkOrder(watched, findKernel(name)!, order!);
    return { stuck, texts: valuations.map(({ values }) => valuationKey(values)) };
  };

  it("never ends where fork hands the mark on and a marked entry is left alone", () => {
    expect(ends("stable-6.1")).toEqual({ stuck: ["P1"], texts: [] });
  });

  it("ends where only one of the two is so, or none", () => {
    for (const name of ["v6.1", "v6.2", "v6.6", "stable-6.12", "v7.2"])
      expect(ends(name), name).toEqual({ stuck: [], texts: ["x[0]=0; P1:x=2;"] });
  });
});

describe("a read at the end of hugetlb memory that has a hole", () => {
  const hole = (pool: number) =>
    parse(`Linux HOLE
Hugetlb-pool=${pool}
{ page x = hugetlb; }
P0 { x[0] = 1; h = pin(x, LONGTERM); madvise(x, DONTNEED); }
locations [x[3]]
exists (x[0] = 0)
`);
  const ends = (pool: number) =>
    checkOrder(hole(pool), findKernel("v7.2")!, orders(hole(pool)).orders[0]!).valuations.map(
      ({ values }) => valuationKey(values),
    );

  it("finds nothing where the pool has nothing", () => {
    expect(ends(1)).toEqual(["x[0]=-; x[3]=-;"]);
  });

  it("finds zeroes where it has a page", () => {
    expect(ends(2)).toEqual(["x[0]=0; x[3]=0;"]);
  });
});

describe("a statement that never ends", () => {
  const forced = parse(`Linux FORCED
{ page x = readonly hugetlb; }
P0 { r0 = fork(P1); clear_refs(P0); h = pin(x, WRITE | FORCE); }
P1 { }
locations [h.errno]
exists (x[0] = 0)
`);
  const [order] = orders(forced).orders;

  it("is the forced pin of a copy that nothing makes soft-dirty", () => {
    expect(checkOrder(forced, findKernel("v7.2")!, order!).stuck.length).toBe(1);
  });

  it("so does one of the copy that fork made for the child, which is clean", () => {
    const copied = parse(`Linux COPIED
{ page x = readonly hugetlb; }
P0 { h0 = pin(x, WRITE | FORCE); r0 = fork(P1); }
P1 { clear_refs(P1); h1 = pin(x, WRITE | FORCE); }
locations [h1.errno]
exists (x[0] = 0)
`);
    const first = orders(copied).orders[0]!;
    expect(checkOrder(copied, findKernel("v7.2")!, first).stuck).toEqual(["P1"]);
    const own = parse(`Linux OWN
{ page x = readonly hugetlb; }
P0 { clear_refs(P0); h1 = pin(x, WRITE | FORCE); }
locations [h1.errno]
exists (x[0] = 0)
`);
    const ends = checkOrder(own, findKernel("v7.2")!, orders(own).orders[0]!);
    expect(ends.stuck).toEqual([]);
    expect(ends.valuations.length).toBe(1);
  });

  it("red control: a pin that is refused, and one whose entry becomes writable, end", () => {
    for (const name of ["v6.12", "stable-5.10"]) {
      const { stuck, valuations } = checkOrder(forced, findKernel(name)!, order!);
      expect(stuck).toEqual([]);
      expect(valuations.length).toBe(1);
    }
  });
});
