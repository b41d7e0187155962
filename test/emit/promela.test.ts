/**
 * If the explorer dropped or invented a state, or an end, SPIN, stepping the same code, would count
 * otherwise. SPIN has one state more than we, for the time before its row is filled.
 */
import { readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { raceModel } from "../../bench/race/model.ts";
import { raceSchema } from "../../bench/race/paths.ts";
import { emitPromela } from "../../src/emit/promela/index.ts";
import { promela } from "../../src/emit/promela/promela.ts";
import { search } from "../../src/explore/search.ts";
import { findKernel } from "../../src/kernels/index.ts";
import type { Test } from "../../src/litmus/index.ts";
import { compileText } from "../../src/step/compile.ts";
import { check } from "../../src/verdict/check.ts";
import { Collected } from "../../src/verdict/collect.ts";
import { loadWorld } from "../../src/verdict/world.ts";
import { library, testOf } from "../verdict/library.ts";
import { AnyVerifier, buildVerifier, hasSpin, machineText, runVerifier } from "./spin.ts";

const textOf = (file: string) =>
  readFileSync(fileURLToPath(new URL(file, import.meta.url)), "utf8");

/** What SPIN finds, and how many other ends. */
function counted(files: Parameters<typeof buildVerifier>[0]) {
  const folder = buildVerifier(files, "model");
  const found = { ...runVerifier(folder), others: runVerifier(folder, true).errors };
  rmSync(folder, { recursive: true });
  return found;
}

describe.skipIf(!hasSpin)("SPIN counts what the explorer counts", () => {
  it("on the race", { timeout: 300_000 }, () => {
    const source = { file: "paths.ts", text: textOf("../../bench/race/paths.ts") };
    const compiled = compileText(raceSchema, [source], ["parent", "child", "gup_fast"]);
    if (!compiled.ok) throw new Error(compiled.diagnostic.message);
    const { model, first } = raceModel({ pages: 1, pinners: 1, rounds: 1, safe: true });
    const { text } = compiled.value;
    const files = promela(model, first, { text, cell: "u8", alternatives: 1, name: "model" });
    expect(counted(files).states).toBe(2_780);
  });
});

const everything = testOf(`Linux EVERYTHING
{ page x = anon; page y = shared anon; page z[2] = swapped anon; page t = thp; }
P0 { h = pin(x, WRITE); fork(P1); x.lo = 1; await(gone); r0 = x; }
P1 { r0 = z[1]; y = 2; g = pin(t); mprotect(t[1], R); signal(gone); exit(); }
filter (~(h.errno = ENOMEM))
forall (P0:r0 = 1 /\\ x.lo = 1 /\\ ~x.hi = 1 /\\ y = 2 /\\ pinned(h, P0:x) /\\ ~same(P0:x, P1:x) /\\
        (PTE(P0:x) = writable \\/ PTE(P0:t[1]) = none \\/ anon_exclusive(P0:x)) /\\ ref(y) != 7 /\\
        map(x) = 1 /\\ (soft_dirty(P1:y) \\/ uffd_wp(z[0])) /\\ P1:x != 1 => z[0] = 0)
`);

describe.skipIf(!hasSpin)("an emitted test gives SPIN our verdict", () => {
  const named = (name: string): Test => library().find(({ test }) => test.name === name)!.test;

  it.each([
    ["FORK+gup-fast", "v5.9", "sometimes"],
    ["FORK+gup-fast", "v5.11", "never"],
    ["MPROTECT+pin", "v5.9", "always"],
    ["EVERYTHING", "v6.6", undefined],
  ] as const)("%s on %s", { timeout: 300_000 }, (name, kernel, word) => {
    const test = name === "EVERYTHING" ? everything : named(name);
    const world = loadWorld(test, findKernel(kernel)!);
    const files = emitPromela(world, machineText(), "model");
    const ours = check(test, world.kernel, { reduce: { ample: false } });
    if (word !== undefined) expect(ours.verdict).toBe(word);
    const isForall = test.condition.quantifier === "forall";
    const shown = (holds: boolean) => ours.valuations.some((one) => one.holds === holds);
    const showing = counted(files);
    expect(showing.states).toBe(ours.states);
    expect(showing.errors > 0).toBe(shown(!isForall));
    expect(showing.others > 0).toBe(shown(isForall));
  });
});

describe.skipIf(!hasSpin)("one verifier for every test", () => {
  const verifier = hasSpin ? new AnyVerifier() : undefined;
  afterAll(() => verifier?.remove());

  /** Ours and SPIN's: states, ends, who waits for ever. */
  function pair(test: Test, kernel: string) {
    const world = loadWorld(test, findKernel(kernel)!);
    const ends = new Collected(world);
    const { states, bound } = search(world.model, world.first, {
      cell: "u16",
      maxStates: 10_000,
      onFinal: (row) => {
        ends.end(row, 0);
        return false;
      },
    });
    const shape = (count: number, of: Collected) => ({
      states: count,
      ends: [...of.valuations.keys()].sort(),
      stuck: [...of.stuck].sort(),
    });
    const spin = bound === undefined ? verifier!.verify(world) : undefined;
    return spin && { ours: shape(states, ends), spin: shape(spin.states, spin.ends) };
  }

  const every = 7;
  const sample = library().filter((_, i) => i % every === 0);
  const on = ["v4.19", "v5.9-rc7", "v5.12", "v6.0", "v7.1", "peter-xu-v1"];

  it("finds our states and our ends in a sample of the library", { timeout: 300_000 }, () => {
    let compared = 0;
    sample.forEach(({ test }, i) => {
      for (const kernel of [on[i % on.length]!, on[(i + 3) % on.length]!]) {
        const both = pair(test, kernel);
        if (both === undefined) continue;
        compared++;
        expect([test.name, kernel, both.spin]).toEqual([test.name, kernel, both.ours]);
      }
    });
    expect(compared).toBeGreaterThan(sample.length);
  });

  it("finds others on another kernel: the comparison can fail", () => {
    const [race] = library("seed").filter(({ test }) => test.name === "FORK+gup-fast");
    const old = pair(race!.test, "v5.9")!;
    const later = pair(race!.test, "v5.11")!;
    expect(old.spin).not.toEqual(later.ours);
  });
});
