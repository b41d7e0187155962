/**
 * Library tests replayed through diff's own engine, on every kernel: each says what its file expects,
 * which is what the checker says (test/verdict/library.test.ts), and a sample drawn by seed is put to
 * the checker here once more.
 */
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { describe, expect, it } from "vitest";
import { findKernel, kernels, lineage } from "../../src/kernels/index.ts";
import { expectationFor } from "../../src/litmus/index.ts";
import { bench } from "../../src/synth/bench.ts";
import { KernelGraph } from "../../src/synth/graph.ts";
import { check } from "../../src/verdict/check.ts";
import { SharedAnswers } from "../../src/verdict/shared-answers.ts";
import { type LibraryTest, library } from "../verdict/library.ts";
import { type Program, translate, verdictOf } from "./sequential.ts";

/** PINFOLD_SEED=7 asks the checker about other tests; PINFOLD_WHOLE=1 asks about all of them. */
const random = xoroshiro128plus(Number(process.env.PINFOLD_SEED ?? 1));
const oneIn = process.env.PINFOLD_WHOLE === undefined ? 10 : 1;

const all = library().map((one) => ({ ...one, translated: translate(one.test) }));
const said = all.flatMap((one) =>
  one.translated.ok ? [{ ...one, program: one.translated.program }] : [],
);

function engine(program: Program): (kernel: string) => ReturnType<typeof verdictOf> {
  const of = bench(program.alphabet);
  return (kernel) => verdictOf(program, new KernelGraph(of, findKernel(kernel)!));
}

/** Where the engine does not say what the file expects. "sometimes" is chance, which it has none of. */
function unlikeTheFile({ file, test, program }: LibraryTest & { readonly program: Program }) {
  const ask = engine(program);
  return kernels.flatMap(({ name }) => {
    const expected = expectationFor(file, name, lineage);
    if (expected === undefined || expected === "sometimes") return [];
    const found = ask(name);
    return found === expected || found === undefined ? [] : [`${test.name} ${name}: ${found}`];
  });
}

describe("a library test in diff's engine", () => {
  it("ends as its file expects", { timeout: 120_000 }, () => {
    expect(said.flatMap(unlikeTheFile)).toEqual([]);
  });

  it("ends as the checker says", { timeout: 120_000 }, () => {
    const drawn = said.filter(() => uniformInt(random, 1, oneIn) === 1);
    const unlike = drawn.flatMap(({ test, program }) => {
      const ask = engine(program);
      const answers = new SharedAnswers();
      return kernels.flatMap((kernel) => {
        const { verdict } = check(test, kernel, { answers });
        if (verdict !== "never" && verdict !== "always") return [];
        const found = ask(kernel.name);
        return found === verdict ? [] : [`${test.name} ${kernel.name}: ${found}, not ${verdict}`];
      });
    });
    expect(unlike).toEqual([]);
  });

  it("would not, if its condition said the contrary", () => {
    const { test, program, file } = said.find((one) => one.test.name === "MPROTECT+pin")!;
    const { condition } = test;
    const proposition = { kind: "not", operand: condition.proposition } as const;
    const contrary = { ...test, condition: { ...condition, proposition } };
    const wrong = { ...program, test: contrary };
    const told = unlikeTheFile({ shelf: "", file, test: contrary, program: wrong });
    const { name } = kernels[0]!;
    expect(engine(program)(name), "v4.19 has no io_uring").toBeUndefined();
    expect(told).toHaveLength(lineage.length - 1);
  });

  it("is more than half of the library; what the engine has no words for is named", () => {
    const left = new Map<string, number>();
    for (const { translated } of all)
      if (!translated.ok) left.set(translated.why, (left.get(translated.why) ?? 0) + 1);
    expect(said.length / all.length, [...left].join("; ")).toBeGreaterThan(0.5);
    expect(Math.max(...left.values()) / all.length).toBeLessThan(0.2);
  });
});
