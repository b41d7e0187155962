import { describe, expect, test } from "vitest";
import { orders, orderText } from "../../src/verdict/orders.ts";
import {
  actor,
  call,
  is,
  test as litmus,
  mprotectPin,
  page,
  register,
  store,
  vmspliceChild,
} from "../emit/build.ts";

const never = is(register("0:r0"), 1);

function texts(...actors: Parameters<typeof litmus>[2]): string[] {
  return orders(litmus("T", [page("x")], actors, never), { limit: 1000 }).orders.map(orderText);
}

const fork = call("fork", { process: "P1" });
const exit = call("exit");

describe("serial orders", () => {
  test("one process has one order", () => {
    expect(orders(mprotectPin).orders.map(orderText)).toEqual(["P0.0 P0.1 P0.2 P0.3 P0.4 P0.5"]);
  });

  test("signal and await leave the leaking test one order", () => {
    const all = orders(vmspliceChild);
    expect(all.orders.map(orderText)).toEqual(["P0.0 P1.0 P1.1 P1.2 P0.1 P0.2 P0.3 P1.3 P1.4"]);
    expect(all).toMatchObject({ complete: true, total: 1n, stuck: [] });
  });

  test("two free threads interleave in every way: C(4, 2) = 6", () => {
    const found = texts(
      actor("P0", store("x", 1), store("x", 2)),
      actor("P0.T1", store("x", 3), store("x", 4)),
    );
    expect(found).toHaveLength(6);
    expect(new Set(found).size).toBe(6);
    expect(found[0]).toBe("P0.0 P0.1 P0.T1.0 P0.T1.1");
  });

  test("a child and its threads begin with the fork", () => {
    const found = texts(
      actor("P0", store("x", 1), fork),
      actor("P1", exit),
      actor("P1.T1", store("x", 2)),
    );
    expect(found).toEqual(["P0.0 P0.1 P1.0", "P0.0 P0.1 P1.T1.0 P1.0"]);
  });

  test("wait(P1) comes after P1's exit()", () => {
    const waits = actor("P0", fork, call("wait", { process: "P1" }), store("x", 1));
    expect(texts(waits, actor("P1", exit))).toEqual(["P0.0 P1.0 P0.1 P0.2"]);
  });

  test("waiting for a process that never exits is told as stuck", () => {
    const waits = actor("P0", fork, call("wait", { process: "P1" }), store("x", 1));
    const all = orders(litmus("T", [], [waits, actor("P1", store("x", 2))], never));
    expect(all.orders.map(orderText)).toEqual(["P0.0 P1.0"]);
    expect(all.stuck).toEqual([{ actor: "P0", index: 1 }]);
  });

  test("after vfork the caller waits for exec or exit", () => {
    const parent = actor("P0", call("vfork", { process: "P1" }), store("x", 1));
    expect(texts(parent, actor("P1", store("x", 2), exit))).toEqual(["P0.0 P1.0 P1.1 P0.1"]);
    expect(texts(parent, actor("P1", call("exec"), exit))).toEqual([
      "P0.0 P1.0 P0.1 P1.1",
      "P0.0 P1.0 P1.1 P0.1",
    ]);
  });

  test("a device acts at any time after its handle was made", () => {
    const pin = call("io_uring_register", { place: "x" }, { result: "h" });
    const found = texts(
      actor("P0", store("x", 1), pin, store("x", 2)),
      actor("D0", call("dma_write", { handle: "h", value: 3 })),
    );
    expect(found).toEqual(["P0.0 P0.1 P0.2 D0.0", "P0.0 P0.1 D0.0 P0.2"]);
  });

  test("a process may use a handle too early", () => {
    const pin = call("io_uring_register", { place: "x" }, { result: "h" });
    const use = actor("P1", call("dma_write", { handle: "h", value: 3 }));
    expect(texts(actor("P0", fork, pin), use)).toEqual(["P0.0 P0.1 P1.0", "P0.0 P1.0 P0.1"]);
  });

  test("what a kernel actor may do happens or does not; what it must do happens", () => {
    const process = actor("P0", store("x", 1));
    const may = call("reclaim", { place: "x" }, { force: "may" });
    const must = call("reclaim", { place: "x" }, { force: "must" });
    expect(texts(process, actor("K0", may))).toEqual(["P0.0 K0.0", "K0.0 P0.0", "P0.0"]);
    expect(texts(process, actor("K0", must))).toEqual(["P0.0 K0.0", "K0.0 P0.0"]);
  });

  test("exit() takes the threads' further statements away", () => {
    const found = texts(actor("P0", exit), actor("P0.T1", store("x", 1)));
    expect(found).toEqual(["P0.0", "P0.T1.0 P0.0"]);
  });

  describe("more orders than the limit", () => {
    const five = (name: string) =>
      actor(name, ...Array.from({ length: 5 }, (_, i) => store("x", i)));
    const many = litmus("T", [], [five("P0"), five("P0.T1"), five("P0.T2")], never);

    test("are counted exactly: 15! / 5!^3", () => {
      expect(orders(many).total).toBe(756756n);
    });

    test("are sampled: distinct, the same for one seed, others for another", () => {
      const sample = orders(many, { limit: 24, seed: 7 });
      const once = sample.orders.map(orderText);
      expect(sample.complete).toBe(false);
      expect(new Set(once).size).toBe(24);
      expect(orders(many, { limit: 24, seed: 7 }).orders.map(orderText)).toEqual(once);
      expect(orders(many, { limit: 24, seed: 8 }).orders.map(orderText)).not.toEqual(once);
    });
  });
});
