/**
 * Whether a flip of a decision changes anything that a test can ask: every program up to a depth on both
 * kernels, one operation after another, through every lens; and the racing programs, step by step. What
 * no program of a search asks, that search says nothing of.
 */
import { decisionNames, type Kernel } from "../kernels/index.ts";
import { parseFile, type Test } from "../litmus/index.ts";
import { askedAtTheStart } from "../verdict/asked.ts";
import { check } from "../verdict/check.ts";
import type { CheckResult } from "../verdict/result.ts";
import { SharedAnswers } from "../verdict/shared-answers.ts";
import { valuationKey } from "../verdict/valuation.ts";
import { alphabet } from "./alphabet.ts";
import { bench } from "./bench.ts";
import { detailOf } from "./detail.ts";
import { KernelGraph } from "./graph.ts";
import type { Lens } from "./lenses.ts";
import { type Flip, flipped, flipsAsked, orderFor } from "./mutation.ts";
import { product } from "./product.ts";
import type { RacingProgram } from "./racing-programs.ts";

/** What one search, a lens or a racing program, says of a flip that it asks. */
export interface FlipFinding {
  readonly flip: Flip;
  /** A program on which the kernels differ, in words. */
  readonly differs: string | undefined;
  /** The search was cut: nothing is claimed. */
  readonly cut: boolean;
}

/** A search of two tables that others need not repeat: what both answered where either was asked. */
interface Searched {
  readonly places: readonly number[];
  readonly answers: string;
  readonly finding: Omit<FlipFinding, "flip">;
}

/** Searches through one lens for all flips at once; kernels that answer alike share their graphs. */
export function searchLens(lens: Lens, flips: readonly Flip[]): readonly FlipFinding[] {
  const letters = alphabet(lens);
  const laid = bench(letters);
  const atTheStart = askedAtTheStart(laid.frame).map((name) => decisionNames.indexOf(name));
  const searched: Searched[] = [];
  return byKernel(flips).flatMap(([kernel, own]) => {
    const graph = new KernelGraph(laid, kernel, detailOf);
    product(graph, graph, { depth: lens.depth, onDifference: () => false });
    const asked = [...askedAtTheStart(laid.frame), ...names(graph.asked)];
    return flipsAsked(own, asked).map((flip): FlipFinding => {
      const other = flipped(flip);
      const known = searched.find((one) => one.answers === answersAt(one.places, kernel, other));
      if (known !== undefined) return { flip, ...known.finding };
      const second = new KernelGraph(laid, other, detailOf);
      let differs: string | undefined;
      product(graph, second, {
        depth: lens.depth,
        onDifference: ({ program }) => {
          differs = program.map((o) => letters.operations[o]!.name).join(" ");
          return true;
        },
      });
      const places = [...new Set([...graph.asked, ...second.asked, ...atTheStart])];
      const finding = { differs, cut: graph.exhausted || second.exhausted };
      searched.push({ places, answers: answersAt(places, kernel, other), finding });
      return { flip, ...finding };
    });
  });
}

const names = (places: readonly number[]) => places.map((place) => decisionNames[place]!);

function answersAt(places: readonly number[], one: Kernel, other: Kernel): string {
  return places.map((place) => `${one.table[place]} ${other.table[place]}`).join();
}

/** Asks one racing program of all flips: whether any of its ends is another, entries and counts included. */
export function searchRace(
  { test: plainTest, pair }: RacingProgram,
  flips: readonly Flip[],
  maxStates: number,
): readonly FlipFinding[] {
  const answers = new SharedAnswers();
  const test = askingAll(plainTest);
  return byKernel(flips).flatMap(([kernel, own]) => {
    const quick = { maxStates, answers, runs: false } as const;
    const plain = check(test, kernel, quick);
    const asked = [...askedAtTheStart(test), ...plain.asks.map(({ name }) => name)];
    return flipsAsked(own, asked).map((flip): FlipFinding => {
      const [before, after] = [kernel, flipped(flip)].map((one) =>
        check(test, one, { ...quick, ...orderFor(flip) }),
      ) as [CheckResult, CheckResult];
      const cut = !before.complete || !after.complete;
      if (cut || endsOf(before) === endsOf(after)) return { flip, differs: undefined, cut };
      return { flip, differs: `${pair} (${before.verdict}, then ${after.verdict})`, cut };
    });
  });
}

function endsOf({ verdict, valuations }: CheckResult): string {
  return [verdict, ...valuations.map(({ values }) => valuationKey(values))].join("\n");
}

/** The test with a condition that asks all there is of P0's page, and holds where its own did. */
function askingAll(test: Test): Test {
  const { proposition } = test.condition;
  const asked = { kind: "or", left: proposition, right: everything } as const;
  return { ...test, condition: { ...test.condition, proposition: asked } };
}

const everything = propositionOf(
  "x = 99 /\\ ref(x) = 99 /\\ map(x) = 99 /\\ PTE(P0:x) = swap /\\ anon_exclusive(x)",
);

function propositionOf(text: string): Test["condition"]["proposition"] {
  const parsed = parseFile(`Linux ALL\n{ page x = anon; }\nP0 { x = 1; }\nexists (${text})\n`);
  if (!parsed.ok) throw new Error(`No proposition: ${text}`);
  return parsed.value.condition.proposition;
}

function byKernel(flips: readonly Flip[]): readonly (readonly [Kernel, readonly Flip[]])[] {
  const kernels = [...new Set(flips.map(({ kernel }) => kernel))];
  return kernels.map((kernel) => [kernel, flips.filter((flip) => flip.kernel === kernel)]);
}
