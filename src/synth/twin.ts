/**
 * The twin of a kernel's own self-test: its matrix of scenarios and kinds of pages, answered by the
 * model. Which cells say nothing that another does not say on every modelled kernel, which behaviours
 * of the decision tables no cell shows, and the tests that would show them.
 */
import { type Kernel, kernels as modelled } from "../kernels/index.ts";
import type { Test } from "../litmus/index.ts";
import { check } from "../verdict/check.ts";
import type { VerdictWord } from "../verdict/result.ts";
import { SharedAnswers } from "../verdict/shared-answers.ts";
import { type Coverage, coverage, tableTests } from "./coverage.ts";
import { flipName, flipsOf } from "./mutation.ts";

/** One cell of the self-test, with the litmus tests that ask the same. */
export interface TwinCell {
  readonly program: string;
  readonly scenario: string;
  readonly page: string;
  readonly tests: readonly Test[];
}

export interface AnsweredCell extends Omit<TwinCell, "tests"> {
  readonly tests: readonly string[];
  readonly verdicts: readonly { readonly kernel: string; readonly verdict: VerdictWord }[];
  /** The first cell that says the same on every modelled kernel; undefined for that cell itself. */
  readonly impliedBy: string | undefined;
}

/** A library test that shows what no cell shows. */
export interface MissingTest {
  readonly test: Test;
  /** "fork.copyPinned=false", with the kernels on which it is shown. */
  readonly shows: readonly { readonly value: string; readonly kernels: readonly string[] }[];
}

export interface Twin {
  readonly program: string;
  readonly kernels: readonly string[];
  readonly cells: readonly AnsweredCell[];
  readonly covered: Coverage;
  readonly missing: readonly MissingTest[];
  /** Decisions set otherwise that neither a cell nor any test of the library shows. */
  readonly unshown: number;
  readonly complete: boolean;
}

export interface TwinOptions {
  readonly interrupted?: () => boolean;
  readonly onTest?: (name: string) => void;
}

/** Reads the table of cells: program, scenario, page, four results, test. */
export function readCells(
  text: string,
  program: string,
  find: (name: string) => Test | undefined,
): readonly TwinCell[] {
  const cells = new Map<string, TwinCell & { readonly tests: Test[] }>();
  for (const line of text.split("\n")) {
    const [of, scenario = "", page = "", , , , , name = "-"] = line.split("\t");
    if (of !== program) continue;
    const key = `${scenario}\t${page}`;
    const cell = cells.get(key) ?? { program, scenario, page, tests: [] };
    cells.set(key, cell);
    const test = find(name);
    if (test !== undefined) cell.tests.push(test);
  }
  return [...cells.values()];
}

/** Answers every cell on every kernel and holds the cells' tests against the decision tables. */
export function twin(
  program: string,
  cells: readonly TwinCell[],
  library: readonly Test[],
  options: TwinOptions = {},
): Twin {
  const answered = answer(cells, modelled, options);
  const tests = [...new Set(cells.flatMap((cell) => cell.tests))];
  const covered = coverage(tests, modelled, {
    fromLibrary: true,
    ...(options.interrupted ? { interrupted: options.interrupted } : {}),
    onTest: (name) => options.onTest?.(`what ${name} notices`),
  });
  const { missing, unshown } = missingTests(covered, library);
  return {
    program,
    kernels: modelled.map(({ name }) => name),
    cells: answered,
    covered,
    missing,
    unshown,
    complete: covered.complete && answered.length === cells.length,
  };
}

function answer(
  cells: readonly TwinCell[],
  kernels: readonly Kernel[],
  { interrupted, onTest }: TwinOptions,
): readonly AnsweredCell[] {
  const first = new Map<string, string>();
  const found: AnsweredCell[] = [];
  for (const { program, scenario, page, tests } of cells) {
    if (interrupted?.()) break;
    onTest?.(`${scenario}, ${page}`);
    const answers = tests.map(() => new SharedAnswers());
    const verdicts = kernels.map((kernel) => {
      const words = tests.map(
        (test, i) => check(test, kernel, { answers: answers[i]!, runs: false }).verdict,
      );
      return { kernel: kernel.name, verdict: together(words) };
    });
    const name = cellName({ scenario, page });
    const key = verdicts.map(({ verdict }) => verdict).join();
    const impliedBy = tests.length === 0 ? undefined : first.get(key);
    if (tests.length > 0 && impliedBy === undefined) first.set(key, name);
    const names = tests.map((test) => test.name);
    found.push({ program, scenario, page, tests: names, verdicts, impliedBy });
  }
  return found;
}

/** "the parent writes after a fork, thp" */
export function cellName({ scenario, page }: Pick<TwinCell, "scenario" | "page">): string {
  return `${scenario}, ${page}`;
}

/** A cell with several tests goes wrong where one of them does. */
function together(words: readonly VerdictWord[]): VerdictWord {
  const order: readonly VerdictWord[] = ["always", "sometimes", "unknown", "never", "vacuous"];
  return order.find((word) => words.includes(word)) ?? "vacuous";
}

/** Few tests of the library that show all that the library shows and no cell does: the fullest first. */
function missingTests(
  covered: Coverage,
  library: readonly Test[],
): Pick<Twin, "missing" | "unshown"> {
  const known = tableTests();
  const open = new Map<string, { readonly value: string; readonly kernel: string }>();
  const missed = new Set(
    covered.values.flatMap(({ name, value, missed: on }) =>
      on.map((kernel) => `${kernel} ${name}=${value}`),
    ),
  );
  for (const flip of modelled.flatMap(flipsOf)) {
    const value = `${flip.name}=${flip.value}`;
    if (missed.has(`${flip.kernel.name} ${value}`))
      open.set(flipName(flip), { value, kernel: flip.kernel.name });
  }
  const byTest = new Map<string, Set<string>>();
  for (const flip of open.keys())
    for (const { test } of known.get(flip) ?? [])
      byTest.set(test, (byTest.get(test) ?? new Set()).add(flip));
  const unshown = [...open.keys()].filter((flip) => !known.has(flip)).length;
  const missing: MissingTest[] = [];
  for (;;) {
    const [name, flips] = fullest(byTest);
    const test = library.find((one) => one.name === name);
    if (name === undefined || flips === undefined || flips.size === 0) break;
    byTest.delete(name);
    if (test === undefined) continue;
    missing.push({ test, shows: shownBy([...flips].map((flip) => open.get(flip)!)) });
    for (const rest of byTest.values()) for (const flip of flips) rest.delete(flip);
  }
  return { missing, unshown };
}

function fullest(of: ReadonlyMap<string, Set<string>>): readonly [string?, Set<string>?] {
  let best: readonly [string?, Set<string>?] = [];
  for (const entry of of) if (entry[1].size > (best[1]?.size ?? 0)) best = entry;
  return best;
}

function shownBy(
  flips: readonly { readonly value: string; readonly kernel: string }[],
): MissingTest["shows"] {
  const values = [...new Set(flips.map(({ value }) => value))];
  return values.map((value) => ({
    value,
    kernels: flips.filter((one) => one.value === value).map(({ kernel }) => kernel),
  }));
}
