/**
 * If a decision could be flipped and no test of the library noticed, the library would not protect it.
 * What notices each flip, and which flips are equal, stands in tables (`npm run mutation`); each run asks
 * another random part of them again. MUTATION_SEED repeats one.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { mutationFigures } from "../../scripts/mutation-page.ts";
import { top } from "../../scripts/repository.ts";
import { equalRows } from "../../src/kernels/equal.generated.ts";
import { type EqualFlip, equalFlips, equalRow } from "../../src/kernels/equal.ts";
import { type DecisionName, findKernel, kernels } from "../../src/kernels/index.ts";
import { type NoticedFlip, noticedFlips } from "../../src/kernels/noticed.ts";
import type { Test } from "../../src/litmus/index.ts";
import { mmMachine } from "../../src/mm/index.ts";
import { compiledFunctions } from "../../src/step/reachable-asks.ts";
import { flipLenses, flipRaceKinds } from "../../src/synth/flip-lenses.ts";
import { searchLens, searchRace } from "../../src/synth/flip-search.ts";
import {
  type Flip,
  flipName,
  flipped,
  flipsOf,
  orderFor,
  raceStates,
} from "../../src/synth/mutation.ts";
import { racingPrograms } from "../../src/synth/racing-programs.ts";
import { unaskedDecisions, zeroAtFirst } from "../../src/synth/unasked.ts";
import { check } from "../../src/verdict/check.ts";
import { loadWorld } from "../../src/verdict/world.ts";
import { library } from "./library.ts";

const seed = Number(process.env.MUTATION_SEED ?? Date.now() % 1_000_000);
let state = seed;

/** A number below `bound`, another one each time. */
function random(bound: number): number {
  state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
  return Math.floor((state / 0x80000000) * bound);
}

function some<T>(all: readonly T[], count: number): readonly T[] {
  return Array.from({ length: Math.min(count, all.length) }, () => all[random(all.length)]!);
}

type Row = Pick<NoticedFlip, "name" | "value" | "kernels">;

function flipOf({ name, value, kernels: on }: Row): Flip {
  return { kernel: findKernel(on[random(on.length)]!)!, name, value };
}

const tests = new Map(library().map(({ test: one }) => [one.name, one]));

/** What a test's verdict becomes under the flip. */
function verdicts(of: Test, flip: Flip): readonly string[] {
  const options = { maxStates: raceStates, runs: false, ...orderFor(flip) };
  return [flip.kernel, flipped(flip)].map((one) => check(of, one, options).verdict);
}

const equal = equalFlips();
const searched = equal.filter(({ by }) => by.kind === "searched");

/** How a search that the table counts contradicts it; undefined when it does not. */
function contradiction(row: EqualFlip): string | undefined {
  const flip = flipOf(row);
  if (row.by.kind !== "searched") return undefined;
  const [lens] = some(row.by.lenses, 1);
  if (lens !== undefined) {
    const [found] = searchLens(flipLenses[lens]!, [flip]);
    if (found === undefined) return `${flipName(flip)}: lens ${lens} does not ask it`;
    if (found.differs !== undefined) return `${flipName(flip)}: lens ${lens}: ${found.differs}`;
  }
  const [program] = some(flipRaceKinds.flatMap(racingPrograms), 1);
  const [raced] = searchRace(program!, [flip], raceStates);
  return raced?.differs && `${flipName(flip)}: ${raced.differs}`;
}

describe(`the tables of what a flip changes (seed ${seed})`, () => {
  test("say something of every flip once: else run `npm run mutation`", () => {
    const named = [...noticedFlips(), ...equal].flatMap((row) =>
      row.kernels.map((kernel) => `${kernel} with ${row.name}=${row.value}`),
    );
    expect(named.sort()).toEqual(kernels.flatMap(flipsOf).map(flipName).sort());
  });

  test("95 of 100 flips that are not known to be equal change a verdict", () => {
    const { noticed, open } = mutationFigures();
    expect(noticed / (noticed + open)).toBeGreaterThanOrEqual(0.95);
  });

  test("read their rows as they are written", () => {
    expect(equal.map(equalRow)).toEqual(equalRows);
  });

  test("flips that were noticed still are", { timeout: 120_000 }, () => {
    for (const row of some(noticedFlips(), 12)) {
      const flip = flipOf(row);
      const [first] = row.tests;
      const found = verdicts(tests.get(first!.test)!, flip);
      expect([flipName(flip), ...found]).toEqual([flipName(flip), first!.verdict, first!.flipped]);
    }
  });

  test("flips that were equal still are", { timeout: 120_000 }, () => {
    for (const row of some(searched, 8)) expect(contradiction(row)).toBeUndefined();
  });
});

describe("the checks of the tables can fail", () => {
  const known: Flip = { kernel: findKernel("v5.11")!, name: "fork.copyPinned", value: false };

  test("a flip that differs is no equal one", () => {
    const [lens] = searchLens(flipLenses[0]!, [known]);
    expect(lens?.differs).toContain("fork(P1)");
    const row: EqualFlip = {
      ...known,
      kernels: ["v5.11"],
      by: { kind: "searched", lenses: [0], races: 0, cut: 0 },
    };
    expect(contradiction(row)).toContain("lens 0");
    expect(contradiction({ ...row, name: "numa.skips", value: "mapcount" })).toContain("ask");
  });

  test("a test that does not notice is told from one that does", () => {
    const row = noticedFlips().find(
      ({ name, kernels: on }) => name === known.name && on.includes("v5.11"),
    );
    const [before, after] = verdicts(tests.get(row!.tests[0]!.test)!, known);
    expect(before).not.toBe(after);
    const idle = tests.get("RECLAIM+1024+entry")!;
    expect(new Set(verdicts(idle, known)).size).toBe(1);
  });
});

describe("decisions that a kernel's code cannot ask", () => {
  const functions = compiledFunctions(
    readFileSync(join(top, "src/mm/machine.generated.js"), "utf8"),
  );
  const unasked = (kernel: string): ReadonlySet<DecisionName> =>
    unaskedDecisions(findKernel(kernel)!, mmMachine(), functions);
  const sample = some(kernels, 3).map(({ name }) => name);

  test.each(sample)("%s: those of the table, and no search asks one", (kernel) => {
    const cannot = unasked(kernel);
    const rows = equal.filter(
      ({ by, kernels: on }) => by.kind === "unasked" && on.includes(kernel),
    );
    expect([...new Set(rows.map(({ name }) => name))].sort()).toEqual([...cannot].sort());
    for (const one of some([...tests.values()], 60)) {
      const { asks } = check(one, findKernel(kernel)!, { maxStates: 2_000 });
      expect(asks.map(({ name }) => name).filter((name) => cannot.has(name))).toEqual([]);
    }
  });

  test.each(sample)("%s: what is taken for 0 at the start is 0 there", (name) => {
    const kernel = findKernel(name)!;
    for (const one of some([...tests.values()], 100)) {
      const { model, first } = loadWorld(one, kernel);
      for (const field of zeroAtFirst(kernel)) {
        const [start, count] = [model.layout.offsets.get(field)!, model.layout.counts];
        const cells = first.subarray(start, start + (count[field.split(".")[0]!] ?? 0));
        expect([field, one.name, cells.some((cell) => cell !== 0)]).toEqual([
          field,
          one.name,
          false,
        ]);
      }
    }
  });

  test("one is asked as soon as another decision leads there", () => {
    const kernel = findKernel("v5.9")!;
    expect(unasked("v5.9").has("fork.preconditions")).toBe(true);
    const other = flipped({ kernel, name: "fork.presentPte", value: "linus-atomic" });
    expect(unaskedDecisions(other, mmMachine(), functions).has("fork.preconditions")).toBe(false);
  });
});
