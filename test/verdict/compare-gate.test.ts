import { describe, expect, test } from "vitest";
import { findKernel } from "../../src/kernels/index.ts";
import { compareGate, refusedGate } from "../../src/verdict/compare-gate.ts";
import { checkGated } from "../../src/verdict/gated.ts";
import { type Gate, gatesOf } from "../../src/verdict/gates.ts";
import { realResult } from "../../src/verdict/real.ts";
import { library, testOf } from "./library.ts";

const named = (name: string) =>
  library("races", "seed").find((one) => one.test.name === name)!.test;
const v61 = findKernel("v6.1")!;
const plain = named("FORK+gup-fast+get");

function gateAt(place: string, of = plain): Gate {
  return gatesOf(of).find((gate) => gate.place.name === place)!;
}

function compared(texts: readonly string[]) {
  const valuations = texts.map((text) => ({ text, count: 10 }));
  const ran = { trials: 10 * texts.length, valuations, status: "ok" as const, why: "" };
  return compareGate(
    plain,
    gateAt("fork:begins"),
    v61,
    realResult(plain, "rig", [ran], false, "free"),
  );
}

describe("a thread held on purpose", () => {
  test("a reference taken while fork stands at its start is lost every time, a pin never", () => {
    const ends = (name: string) =>
      checkGated(named(name), v61, gateAt("fork:begins", named(name))).valuations;
    expect(ends("FORK+gup-fast+get").every(({ holds }) => holds)).toBe(true);
    expect(ends("FORK+gup-fast+get").length).toBeGreaterThan(0);
    const pin = named("FORK+gup-fast");
    const between = checkGated(pin, v61, gateAt("gup-fast:read", pin));
    expect(between).toMatchObject({ reached: "always", waits: false });
    expect(between.valuations.map(({ holds }) => holds)).toEqual([false]);
  });

  test("who has to wait for the fork that is held is told so before anything boots", () => {
    const protects = testOf(`Linux T
{ page x = anon; }
P0 { fork(P1); x = 1; }
P0.T1 { r0 = mprotect(x, R); }
P1 { }
exists (x = 1)
`);
    const gate = gateAt("fork:begins", protects);
    const model = checkGated(protects, v61, gate);
    expect(model).toMatchObject({ reached: "always", waits: true, valuations: [] });
    expect(refusedGate(model, gate)).toMatch(/^not run: P0.T1 has to wait for P0, which is held/);
    const nothing = realResult(protects, "rig", [], false, "free");
    expect(compareGate(protects, gate, v61, nothing, model).status).toBe("skip");
    for (const passes of [plain, named("FORK+gup-fast")]) {
      const open = gateAt("fork:begins", passes);
      expect(refusedGate(checkGated(passes, v61, open), open)).toBeUndefined();
    }
  });

  test("another end on the real kernel is an alarm", () => {
    const { model } = compared([]);
    expect(compared(model)).toMatchObject({ status: "agree" });
    expect(compared([...model, "0:r0=2;"])).toMatchObject({
      status: "forbid-seen",
      why: expect.stringContaining("0:r0=2;"),
    });
  });

  test("between two copies of a fork the child is torn every time, before the first one never", () => {
    const torn = named("TEAR+uring");
    const at = (index: number): Gate =>
      gatesOf(torn).find(
        ({ place, page }) => place.name === "fork:copies" && page?.index === index,
      )!;
    const second = checkGated(torn, v61, at(1));
    expect(second).toMatchObject({ reached: "always" });
    expect(second.valuations.map(({ holds }) => holds)).toEqual([true]);
    const first = checkGated(torn, v61, at(0));
    expect(first.valuations.map(({ holds }) => holds)).toEqual([false]);
  });

  test("nobody stands at the turn of a page that fork does not copy", () => {
    const shared = named("TEAR+two-pages+unpinned");
    const gates = gatesOf(shared).filter(({ place }) => place.name === "fork:copies");
    expect(gates).toHaveLength(2);
    for (const gate of gates) expect(checkGated(shared, v61, gate).reached).toBe("never");
    const v58 = findKernel("v5.8")!;
    const torn = gatesOf(named("TEAR+uring")).filter(({ place }) => place.name === "fork:copies");
    for (const gate of torn)
      expect(checkGated(named("TEAR+uring"), v58, gate).reached).toBe("never");
  });

  test("nobody held is no agreement", () => {
    expect(compared([]).status).not.toBe("agree");
  });
});
