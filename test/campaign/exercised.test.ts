/** What a campaign of random tests says of the decisions it asked: computed, and able to be bad news. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { itemsOf } from "../../src/campaign/bulk.ts";
import { countDecisions, coverageOf, exercisedEnough } from "../../src/campaign/exercised.ts";
import { unaskedOn } from "../../src/kernels/equal.ts";
import { type DecisionName, decisionNames, findKernel } from "../../src/kernels/index.ts";
import { mmMachine } from "../../src/mm/index.ts";
import { compiledFunctions } from "../../src/step/reachable-asks.ts";
import { randomTests } from "../../src/synth/random.ts";
import { unaskedDecisions } from "../../src/synth/unasked.ts";
import { checkOrder } from "../../src/verdict/forced.ts";

describe("coverage of decisions", () => {
  const none = new Set<DecisionName>();

  it("names what few tests asked, and why", () => {
    const counts = new Map<DecisionName, number>();
    for (const name of decisionNames) counts.set(name, exercisedEnough);
    counts.set("numa.skips", 19);
    counts.set("uffd.moves", 0);
    counts.set("interface.xdp", 0);
    counts.set("fork.preconditions", 0);
    const found = coverageOf(
      counts,
      new Set(["fork.preconditions", "fork.hugePmd"]),
      new Set(["interface.xdp"]),
    );
    expect(found).toEqual({
      askable: decisionNames.length - 1,
      enough: decisionNames.length - 4,
      rarely: [
        { decision: "numa.skips", tests: 19, why: "in 19 tests" },
        { decision: "uffd.moves", tests: 0, why: "no test asked it" },
        { decision: "interface.xdp", tests: 0, why: "no program is known that asks it" },
      ],
    });
    expect(coverageOf(new Map([["uffd.moves", 1]]), none, none).rarely[0]?.why).toBe("in 1 test");
  });

  it("is counted once a test, its first state included", () => {
    const counted = countDecisions(findKernel("v6.12")!);
    const [item] = itemsOf(randomTests(1, 1), 2, 1);
    counted.begin(item!.test);
    for (const one of item!.orders) checkOrder(item!.test, counted.kernel, one);
    counted.endTest();
    expect([...new Set(counted.counts().values())].sort()).toEqual([0, 1]);
    expect(counted.counts().get("wp.reuse")).toBe(1);
  });

  const functions = compiledFunctions(
    readFileSync(new URL("../../src/mm/machine.generated.js", import.meta.url), "utf8"),
  );

  it.each(["stable-5.10", "v7.2"])(
    "of 2,000 random tests is enough, on %s",
    (name) => {
      const counted = countDecisions(findKernel(name)!);
      for (const { test, orders } of itemsOf(randomTests(2000, 81), 2, 81)) {
        counted.begin(test);
        for (const one of orders) checkOrder(test, counted.kernel, one);
        counted.endTest();
      }
      const certain = unaskedDecisions(findKernel(name)!, mmMachine(), functions);
      const { rarely } = coverageOf(counted.counts(), certain, unaskedOn(name).searched);
      const missing = rarely.filter(({ tests }) => tests < exercisedEnough);
      const unexplained = missing.filter(({ why }) => why !== "no program is known that asks it");
      expect(unexplained).toEqual([]);
    },
    120_000,
  );
});
