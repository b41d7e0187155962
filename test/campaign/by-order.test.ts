/** One order on the model beside one case of a guest: what counts as agreement, and what does not. */
import { describe, expect, it } from "vitest";
import { compareOrder } from "../../src/campaign/by-order.ts";
import { countDecisions } from "../../src/campaign/exercised.ts";
import { findKernel } from "../../src/kernels/index.ts";
import { parseFile, type Test } from "../../src/litmus/index.ts";
import type { CaseResult } from "../../src/rig/protocol.ts";
import { orders } from "../../src/verdict/orders.ts";

function read(text: string): Test {
  const parsed = parseFile(text);
  if (!parsed.ok) throw new Error("the test's own text parses");
  const { declarations, ...rest } = parsed.value;
  return { ...rest, declarations: declarations.filter((one) => one.kind === "page") };
}

const test = read(`Linux LOST
{ page x = anon; }
P0 { h = io_uring_register(x); r0 = fork(P1); x = 1; dma_write(h, 2); }
P1 { }
exists (x = 1)
`);
const [order] = orders(test, { limit: 1 }).orders;

function shown(text: string, more: Partial<CaseResult> = {}): CaseResult {
  return {
    test: "LOST",
    orderIndex: 0,
    order: "",
    trials: 1,
    valuations: [{ text, count: 1 }],
    status: "ok",
    why: "",
    notes: [],
    ...more,
  };
}

describe("one order", () => {
  const lost = findKernel("v5.9-rc4")!;
  const kept = findKernel("v6.1")!;

  it("agrees where both show the same end", () => {
    expect(compareOrder(test, kept, order!, shown("x=2;")).status).toBe("agree");
    expect(compareOrder(test, lost, order!, shown("x=1;")).status).toBe("agree");
  });

  it("is an alarm where the kernel shows what the model forbids", () => {
    expect(compareOrder(test, kept, order!, shown("x=1;")).status).toBe("forbid-seen");
    expect(compareOrder(test, lost, order!, shown("x=2;")).status).toBe("forbid-seen");
  });

  it("agrees where neither comes to its end, and is lost where only the guest does not", () => {
    const held = read(`Linux HELD
{ page x = pte-mapped thp; page y = untouched thp; }
P0 { h = io_uring_register(x); r0 = uffd_move(x[1], y[1]); }
exists (P0:r0 = 0)
`);
    const hang = { status: "fail", why: "hang at P0.1", valuations: [] } as const;
    const [heldOrder] = orders(held, { limit: 1 }).orders;
    const both = compareOrder(held, findKernel("v7.2")!, heldOrder!, shown("", hang));
    expect(both).toMatchObject({ status: "agree", why: "neither comes to its end" });
    const alone = compareOrder(
      test,
      kept,
      order!,
      shown("", { status: "fail", why: "hang at P0.1" }),
    );
    expect(alone).toMatchObject({ status: "lost", why: "hang at P0.1" });
    const free = { valuations: [{ text: "0:r0=0;", count: 1 }] } as const;
    const retries = findKernel("v7.2")!;
    expect(compareOrder(held, retries, heldOrder!, shown("", free)).status).toBe("lost");
    const unforced = { ...free, notes: ["K0.0 could not be forced"] };
    expect(compareOrder(held, retries, heldOrder!, shown("", unforced)).status).toBe("skip");
  });

  it("is an order that was not seen where the kernel showed nothing", () => {
    expect(compareOrder(test, kept, order!, shown("x=2;", { valuations: [] })).status).toBe(
      "allow-unseen",
    );
  });

  it("is no agreement where the guest skipped, died or said nothing", () => {
    const skip = shown("x=2;", { status: "skip", why: "no device" });
    expect(compareOrder(test, kept, order!, skip)).toMatchObject({
      status: "skip",
      why: "no device",
    });
    expect(compareOrder(test, kept, order!, shown("", { status: "panic" })).status).toBe("lost");
    expect(compareOrder(test, kept, order!, undefined).status).toBe("lost");
  });

  it("is refused where the configuration forbids what the model lets pass", () => {
    const refused = shown("x=1;", { notes: ["P0.3 refused EPERM"] });
    expect(compareOrder(test, kept, order!, refused).status).toBe("refused");
    // Force-writes through /proc/self/mem say EIO where PROC_MEM_FORCE_PTRACE allows tracers only.
    const forced = shown("x=1;", { notes: ["P0.1 refused EIO"] });
    expect(compareOrder(test, kept, order!, forced).status).toBe("refused");
    const fault = shown("x=1;", { notes: ["P0.1 refused EFAULT"] });
    expect(compareOrder(test, kept, order!, fault).status).toBe("forbid-seen");
  });
});

describe("counting decisions", () => {
  it("counts what a test asks, once a test, and changes no answer", () => {
    const counted = countDecisions(findKernel("v6.1")!);
    expect(compareOrder(test, counted.kernel, order!, shown("x=2;")).status).toBe("agree");
    counted.endTest();
    expect(counted.counts().get("fork.copyPinned")).toBe(1);
    expect(counted.counts().get("fork.hugetlb")).toBe(0);
  });
});
