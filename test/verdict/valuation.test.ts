import { describe, expect, test } from "vitest";
import type { Operand, Proposition } from "../../src/litmus/ast.ts";
import {
  absentObservables,
  holds,
  type Lookup,
  observableName,
  observables,
  valuationKey,
} from "../../src/verdict/valuation.ts";
import { is, test as litmus, memory, register } from "../emit/build.ts";

const span = { start: 0, end: 0 };

function lookupIn(values: Record<string, string>): Lookup {
  return (one) => values[observableName(one)] ?? "-";
}

function not(operand: Proposition): Proposition {
  return { kind: "not", operand };
}

function both(kind: "and" | "or" | "implies", left: Proposition, right: Proposition): Proposition {
  return { kind, left, right };
}

describe("observables", () => {
  test("registers by process and number, then locations, each once", () => {
    const errno: Operand = { kind: "errno", handle: "h", span };
    const condition = both(
      "and",
      both("or", is(register("1:r0"), 1), is(register("0:r10"), 1)),
      both("and", is(register("0:r2"), 1), is(errno, "ENOMEM")),
    );
    const found = observables(
      litmus("T", [], [], condition, [
        memory("x", "P1"),
        memory("y"),
        register("P0.T1:r0"),
        register("1:r0"),
      ]),
    );
    expect(found.map(observableName)).toEqual([
      "0:r2",
      "0:r10",
      "P0.T1:r0",
      "1:r0",
      "h.errno",
      "y",
      "P1:x",
    ]);
  });

  test("states are observed by their own words", () => {
    const same: Proposition = {
      kind: "state",
      predicate: "same",
      operands: [memory("x"), memory("x", "P1")],
      span,
    };
    expect(observables(litmus("T", [], [], same)).map(observableName)).toEqual(["same(x, P1:x)"]);
    expect(holds(same, lookupIn({ "same(x, P1:x)": "1" }))).toBe(true);
    expect(holds(same, lookupIn({ "same(x, P1:x)": "0" }))).toBe(false);
  });
});

describe("holds", () => {
  const one = is(register("0:r0"), 1);
  const two = is(register("1:r0"), 2);

  test.each([
    ["1", "2", true, true, true],
    ["1", "0", false, true, false],
    ["0", "2", false, true, true],
    ["0", "0", false, false, true],
  ])("of 0:r0=%s and 1:r0=%s: and %s, or %s, implies %s", (left, right, and, or, implies) => {
    const lookup = lookupIn({ "0:r0": left, "1:r0": right });
    expect(holds(both("and", one, two), lookup)).toBe(and);
    expect(holds(both("or", one, two), lookup)).toBe(or);
    expect(holds(both("implies", one, two), lookup)).toBe(implies);
    expect(holds(not(one), lookup)).toBe(left !== "1");
  });

  test("an absent register equals nothing, and is told", () => {
    const lookup = lookupIn({});
    const differs: Proposition = { ...one, operator: "!=" } as Proposition;
    const itself: Proposition = {
      kind: "compare",
      operator: "=",
      left: register("0:r0"),
      right: register("0:r0"),
    };
    expect(holds(one, lookup)).toBe(false);
    expect(holds(differs, lookup)).toBe(true);
    expect(holds(itself, lookup)).toBe(false);
    expect(absentObservables(one, lookup).map(observableName)).toEqual(["0:r0"]);
    expect(absentObservables(one, lookupIn({ "0:r0": "0" }))).toEqual([]);
  });

  test("errnos compare by name, refused or returned", () => {
    const faulted = is(register("0:r0"), "EFAULT");
    expect(holds(faulted, lookupIn({ "0:r0": "EFAULT" }))).toBe(true);
    expect(holds(faulted, lookupIn({ "0:r0": "refused:EFAULT" }))).toBe(true);
    expect(holds(faulted, lookupIn({ "0:r0": "0" }))).toBe(false);
  });
});

test("a valuation's key is herd's line", () => {
  expect(
    valuationKey([
      { name: "0:r0", value: "1" },
      { name: "x", value: "2" },
    ]),
  ).toBe("0:r0=1; x=2;");
});
