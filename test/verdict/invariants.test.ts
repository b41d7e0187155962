/**
 * What kernels promise of every state, checked on every state of the shelves of seeds, races and
 * idioms. If an invariant breaks where a kernel promises it, the model tears what the kernel holds
 * together, and verdicts far from the breach are wrong with it. Each invariant also has a kernel
 * (or one flipped decision) without the promise on which it does break: it can.
 */
import { describe, expect, test } from "vitest";
import { search } from "../../src/explore/search.ts";
import { findKernel, type Kernel, kernels, withDecisions } from "../../src/kernels/index.ts";
import type { Test } from "../../src/litmus/index.ts";
import { flipped, flipsOf } from "../../src/synth/mutation.ts";
import { check } from "../../src/verdict/check.ts";
import { conservationBreaches } from "../../src/verdict/conservation.ts";
import { type Invariant, invariants, promises } from "../../src/verdict/invariants.ts";
import { judge } from "../../src/verdict/judgement.ts";
import { SharedAnswers } from "../../src/verdict/shared-answers.ts";
import { type StateView, stateViewer } from "../../src/verdict/state-view.ts";
import { Watch } from "../../src/verdict/watch.ts";
import { loadWorld } from "../../src/verdict/world.ts";
import { library, testOf } from "./library.ts";

const statesMax = 2_000;
/** One for each way of deciding that a state can show. */
const chosen = [
  ...["v4.19", "v5.8", "v5.9-rc4", "peter-xu-v1", "linus-2020-09-25", "v5.9-rc7", "v5.11"],
  ...["v5.18", "v5.19", "v7.2"],
];

type Judge = (state: StateView) => string | undefined;

/** The first breach that a search over at most `statesMax` states meets; undefined if there is none. */
function firstBreach(of: Test, kernel: Kernel, judges: readonly Judge[]): string | undefined {
  const world = loadWorld(of, kernel);
  if (world.notModelled.length > 0) return undefined;
  const view = stateViewer(world);
  let breach: string | undefined;
  search(world.model, world.first, {
    cell: "u16",
    maxStates: statesMax,
    onState: (row) => {
      const state = view(row);
      for (const judge of judges) breach ??= judge(state);
      return breach !== undefined;
    },
  });
  return breach;
}

const conserved: Judge = (state) => conservationBreaches(state)[0];

const judgeOf =
  (invariant: Invariant): Judge =>
  (state) => {
    const breach = invariant.broken(state);
    return breach === undefined ? undefined : `${invariant.name}: ${breach}`;
  };

describe("on every state of the library", () => {
  const shelves = library("seed", "races", "idioms");

  test.each(chosen)("%s keeps its books, and what it promises", { timeout: 240_000 }, (name) => {
    const kernel = findKernel(name)!;
    const breaches = shelves.flatMap(({ test: one }) => {
      const promised = invariants.filter((invariant) => promises(kernel, invariant, one));
      const breach = firstBreach(one, kernel, [conserved, ...promised.map(judgeOf)]);
      return breach === undefined ? [] : [`${one.name}: ${breach}`];
    });
    expect(breaches).toEqual([]);
  });
});

describe("which kernels promise what", () => {
  const plain = testOf("Linux T\n{ page x = anon; }\nP0 { x = 1; }\nexists (x=1)\n");
  const promising = (name: string): readonly string[] => {
    const invariant = invariants.find((one) => one.name === name)!;
    return kernels.filter((kernel) => promises(kernel, invariant, plain)).map((one) => one.name);
  };
  const since = (first: string): readonly string[] => {
    const line = kernels.filter(({ mainline }) => mainline).map(({ name }) => name);
    return line.slice(line.indexOf(first));
  };

  const stable61 = ["stable-6.1", "stable-6.1.190"];
  const late = ["stable-6.12", "stable-6.12.115", "stable-7.1", "v7.2", "v7.3"];

  test.each([
    ["I1-fork", [...since("v5.11"), "stable-5.10", ...stable61, ...late]],
    ["I1-hugetlb", [...since("v5.19"), ...stable61, ...late]],
    ["I1", [...since("v6.0"), ...stable61, ...late]],
    ["I2", [...since("v6.0"), ...stable61, ...late]],
    ["I3", [...since("v6.2"), ...late]],
    ["I5", [...since("v5.19"), ...stable61, ...late]],
    ["I6", [...since("v5.19"), ...stable61, ...late]],
    ["I7", [...since("v5.19"), ...stable61, ...late]],
    ["I4-swap", [...since("v5.18"), ...stable61, ...late]],
    ["I4-huge", [...since("v5.18"), ...stable61, ...late]],
  ])("%s", (name, expected) => {
    expect([...promising(name)].sort()).toEqual([...expected].sort());
  });

  test("I4 from v5.9-rc4 on, but for the patch that gives the write bit back", () => {
    expect(promising("I4")).not.toContain("v5.8");
    expect(promising("I4")).toContain("v5.9-rc4");
    expect(promising("I4")).not.toContain("linus-2020-09-25");
  });

  test("an operation that the kernel of its day did not guard against ends the promise", () => {
    const invariant = invariants.find(({ name }) => name === "I1-fork")!;
    const protecting = testOf(
      "Linux T\n{ page x = anon; }\nP0 { mprotect(x, R); mprotect(x, RW); x = 1; }\nexists (x=1)\n",
    );
    expect(promises(findKernel("v5.11")!, invariant, plain)).toBe(true);
    expect(promises(findKernel("v5.11")!, invariant, protecting)).toBe(false);
  });
});

// --- each can be broken ---

const pinThenFork = `Linux T
{ page x = anon; }
P0 { h = pin(x, WRITE | LONGTERM); fork(P1); x = 1; }
P1 { }
exists (x=1)
`;
const pinAndProtect = `Linux T
{ page x = anon; }
P0 { h = pin(x, WRITE | LONGTERM); mprotect(x, R); mprotect(x, RW); x = 1; }
exists (x=1)
`;
const readPinOfShared = `Linux T
{ page x = anon; }
P0 { fork(P1); h = pin(x, LONGTERM); x = 1; }
P1 { }
exists (x=1)
`;
const zeroPin = `Linux T
{ page x = zero; }
P0 { h = pin(x, LONGTERM); x = 1; }
exists (x=1)
`;
const leak = `Linux T
{ page x = anon; }
P0 { fork(P1); await(gone); x = 1; }
P1 { h = vmsplice(x); munmap(x); signal(gone); }
exists (x=1)
`;
const hugeLeak = leak.replace("anon", "thp");
const swapLeak = leak.replace("= anon", "= swapped anon").replace("h = vm", "r0 = x; h = vm");
const hugetlbPin = pinThenFork.replace("anon", "hugetlb");

const failingFork = pinThenFork.replace("fork(P1)", "may fail alloc; fork(P1)");
const writerBesideFork = pinThenFork.replace("P1 {", "P0.T1 { x = 3; }\nP1 {");

const reds: readonly { readonly name: string; readonly text: string; readonly on: Kernel }[] = [
  { name: "I1-fork", text: pinThenFork, on: findKernel("v5.9-rc4")! },
  {
    name: "I1-fork",
    text: pinThenFork,
    on: withDecisions(findKernel("v5.11")!, "v5.11 without early copies", {
      "fork.copyPinned": false,
    }),
  },
  { name: "I1-hugetlb", text: hugetlbPin, on: findKernel("v5.11")! },
  { name: "I1", text: pinAndProtect, on: findKernel("v5.18")! },
  { name: "I2", text: readPinOfShared, on: findKernel("v5.18")! },
  {
    name: "I2",
    text: readPinOfShared,
    on: withDecisions(findKernel("v6.2")!, "v6.2 without unsharing", { "gup.unshare": "never" }),
  },
  { name: "I3", text: zeroPin, on: findKernel("v6.1")! },
  { name: "I4", text: leak, on: findKernel("v5.7")! },
  { name: "I4-swap", text: swapLeak, on: findKernel("v5.17")! },
  { name: "I4-huge", text: hugeLeak, on: findKernel("v5.9")! },
  {
    name: "I5",
    text: pinThenFork,
    on: withDecisions(findKernel("v5.19")!, "v5.19 whose fork forgets the mark", {
      "fork.presentPte": "share",
    }),
  },
  {
    name: "I6",
    text: readPinOfShared,
    on: withDecisions(findKernel("v5.19")!, "v5.19 without unsharing", { "gup.unshare": "never" }),
  },
  { name: "I7", text: pinThenFork, on: findKernel("v5.18")! },
  { name: "I8", text: failingFork, on: findKernel("v5.11")! },
  { name: "I9", text: writerBesideFork, on: findKernel("v5.11")! },
  { name: "I10", text: pinThenFork, on: findKernel("v5.4")! },
];

describe("check watches every state", () => {
  const broken = withDecisions(findKernel("v6.12")!, "v6.12 that shares hugetlb pages", {
    "fork.hugetlb": "share",
  });

  test("and finds a kernel that does not keep what it promises, with a run", () => {
    const result = check(testOf(hugetlbPin), broken);
    expect(result.broken).toMatchObject({
      invariant: "I5",
      broken: expect.stringContaining("is exclusive, mapped 2 times"),
    });
    expect(result.broken!.run!.steps.length).toBeGreaterThan(5);
    expect(judge(result, result.verdict as "always")).toBe("not-as-expected");
    expect(check(testOf(hugetlbPin), findKernel("v6.12")!).broken).toBeUndefined();
  });

  test("an answer is shared only with a kernel that promises no more", () => {
    const answers = new SharedAnswers();
    const test = testOf(pinThenFork);
    const promising = (kernel: Kernel): number =>
      invariants.filter((one) => promises(kernel, one, test)).length;
    for (const kernel of kernels) {
      const shared = check(test, kernel, { answers });
      expect({ ...shared, seconds: 0 }).toEqual({ ...check(test, kernel), seconds: 0 });
      expect(promising(kernel)).toBeGreaterThan(0);
    }
  });

  /** What the quick look calls sound must be sound: flips make kernels that are not. */
  const mutants = chosen.flatMap((name) => {
    const kernel = findKernel(name)!;
    const flips = flipsOf(kernel).filter((_, at) => at % 3 === 0);
    return [kernel, ...flips.map(flipped)];
  });
  const sample = library("seed", "races", "bugs").filter((_, at) => at % 9 === 0);

  test("as closely as a look at everything", { timeout: 120_000 }, () => {
    let breaches = 0;
    for (const [at, kernel] of mutants.entries()) {
      for (const { test: one } of sample.filter((_, n) => n % 9 === at % 9)) {
        const world = loadWorld(one, kernel);
        if (world.notModelled.length > 0) continue;
        const watch = new Watch(world);
        const judges = [
          conserved,
          ...invariants.filter((i) => promises(kernel, i, one)).map(judgeOf),
        ];
        const slow = firstBreach(one, kernel, judges);
        search(world.model, world.first, {
          cell: "u16",
          maxStates: statesMax,
          onState: (row, state, step, from) => {
            watch.see(row, state, step, from);
            return watch.breach !== undefined;
          },
        });
        expect(watch.breach === undefined, `${one.name} on ${kernel.name}: ${slow}`).toBe(
          slow === undefined,
        );
        if (slow !== undefined) breaches++;
      }
    }
    expect(breaches).toBeGreaterThan(3);
  });
});

describe("each invariant can be broken", () => {
  test.each(reds)("$name on $on.name", ({ name, text, on }) => {
    const invariant = invariants.find((one) => one.name === name)!;
    expect(promises(on, invariant, testOf(text))).toBe(false);
    expect(firstBreach(testOf(text), on, [judgeOf(invariant)])).toContain(`${name}:`);
  });

  test("every invariant has such a control", () => {
    expect(new Set(reds.map(({ name }) => name))).toEqual(
      new Set(invariants.map((one) => one.name)),
    );
  });

  test("the books notice a reference that nobody holds, and a lock that nobody released", () => {
    const world = loadWorld(testOf(pinThenFork), findKernel("v5.11")!);
    const view = stateViewer(world);
    const { offsets } = world.model.layout;
    const spoilt = (field: string, index: number): readonly string[] => {
      const row = world.first.slice();
      row[offsets.get(field)! + index]!++;
      return conservationBreaches(view(row));
    };
    expect(conservationBreaches(view(world.first))).toEqual([]);
    expect(spoilt("page.ref", 1)).toEqual(["frame 1: ref 2, held 1 times"]);
    expect(spoilt("page.map", 1)).toEqual(["frame 1: map 2, held 1 times"]);
    expect(spoilt("mm.ptl", 0)).toEqual(["mm 0: the page-table lock is held by nobody"]);
  });
});
