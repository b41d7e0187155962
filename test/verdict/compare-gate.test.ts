import { describe, expect, test } from "vitest";
import { findKernel } from "../../src/kernels/index.ts";
import { compareGate } from "../../src/verdict/compare-gate.ts";
import { checkGated } from "../../src/verdict/gated.ts";
import { type Gate, gatesOf } from "../../src/verdict/gates.ts";
import { realResult } from "../../src/verdict/real.ts";
import { library } from "./library.ts";

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
    expect(ends("FORK+gup-fast").some(({ holds }) => holds)).toBe(false);
  });

  test("another end on the real kernel is an alarm", () => {
    const { model } = compared([]);
    expect(compared(model)).toMatchObject({ status: "agree" });
    expect(compared([...model, "0:r0=2;"])).toMatchObject({
      status: "forbid-seen",
      why: expect.stringContaining("0:r0=2;"),
    });
  });

  test("nobody held is no agreement", () => {
    expect(compared([]).status).not.toBe("agree");
  });
});
