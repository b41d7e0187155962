/**
 * What a compiled test prints in the guest, read back. Each case is a pair of a test and an order
 * of its statements, named TEST.oINDEX; before its result line stand its order, its trials and
 * every distinct final valuation with a count:
 *
 *     # running FPW.o0 1
 *     # order P0.0 P0.1 P1.0
 *     # trials 100
 *     # valuation 100 0:r0=1; x=2;
 *     ok 1 FPW.o0
 */
import { type KtapTest, readKtap } from "./ktap.ts";

export interface CountedValuation {
  /** As printed: "0:r0=1; 1:r0=0; x=2;" */
  readonly text: string;
  readonly count: number;
}

/** fail: the test's own machinery went wrong in the guest, which is no verdict. */
export type CaseStatus = "ok" | "skip" | "fail" | "panic" | "hang" | "no-boot" | "died";

export interface CaseResult {
  readonly test: string;
  readonly orderIndex: number;
  readonly order: string;
  readonly trials: number;
  readonly valuations: readonly CountedValuation[];
  readonly status: CaseStatus;
  readonly why: string;
  /** What the test noted on its way (`# note`). */
  readonly notes: readonly string[];
  /** How its processes mapped their pages, where that was asked for (`# state`, `# held`). */
  readonly states?: readonly string[];
  /** Of a case that was lost: the console's last lines. */
  readonly console?: readonly string[];
}

const caseName = /^(.+)\.o(\d+)$/;

/** The cases that a console text reports, in its order. */
export function readResults(consoleText: string): readonly CaseResult[] {
  return readNumbered(consoleText).map(({ result }) => result);
}

export interface NumberedResult {
  /** The number that the program gave the case. */
  readonly number: number;
  readonly result: CaseResult;
  /** Every trial's valuation arrived: what a console mangles must not count as not shown. */
  readonly whole: boolean;
}

/** The cases with their numbers. */
export function readNumbered(consoleText: string): readonly NumberedResult[] {
  const leaves: KtapTest[] = [];
  const gather = (tests: readonly KtapTest[]) => {
    for (const test of tests) {
      if (test.tests.length > 0) gather(test.tests);
      else leaves.push(test);
    }
  };
  gather(readKtap(consoleText).tests);
  return leaves.flatMap((leaf) => {
    const result = readCase(leaf);
    return result === undefined ? [] : [{ number: leaf.number, result, whole: isWhole(result) }];
  });
}

function isWhole({ status, trials, valuations }: CaseResult): boolean {
  // A skipped case whose line was cut behind its name looks like one that went well.
  if (status === "ok" && trials === 0) return false;
  if (status !== "ok") return true;
  const told = valuations.reduce((sum, { count }) => sum + count, 0);
  return told === trials && valuations.every(({ text }) => /^([^=;]+=[^=;\s]+;\s*)*$/.test(text));
}

/** The names of the cases that began, by number. */
export function begunCases(consoleText: string): ReadonlyMap<number, string> {
  const begun = consoleText.matchAll(/^\s*# running (\S+) (\d+)$/gm);
  return new Map([...begun].map(([, name = "", number]) => [Number(number), name]));
}

/** The name of the case that had begun and never reported, or undefined. */
export function unfinishedCase(consoleText: string): string | undefined {
  let running: string | undefined;
  for (const line of consoleText.split("\n")) {
    const begin = /^\s*# running (\S+)/.exec(line);
    if (begin !== null) running = begin[1];
    else if (running !== undefined && reports(line, running)) running = undefined;
  }
  return running;
}

/** How many cases the program announced (its plan), or undefined. */
export function plannedCases(consoleText: string): number | undefined {
  return readKtap(consoleText).planned;
}

/** A case that did not report, and why. */
export function lostCase(name: string, status: CaseStatus, why: string): CaseResult {
  const match = caseName.exec(name);
  return {
    test: match?.[1] ?? name,
    orderIndex: Number(match?.[2] ?? 0),
    order: "",
    trials: 0,
    valuations: [],
    status,
    why,
    notes: [],
  };
}

/** What was said since the case began: the result line of the one before may have been lost. */
function ownLines({ diagnostics }: KtapTest): readonly string[] {
  return diagnostics.slice(diagnostics.findLastIndex((line) => /^running /.test(line)) + 1);
}

function readCase(test: KtapTest): CaseResult | undefined {
  const match = caseName.exec(test.name);
  if (match === null) return undefined;
  const said = ownLines(test);
  const facts = (word: string) =>
    said
      .filter((line) => line.startsWith(`${word} `))
      .map((line) => line.slice(word.length + 1).trim());
  const skipped = test.directive === "SKIP";
  return {
    test: match[1] ?? "",
    orderIndex: Number(match[2]),
    order: facts("order").at(-1) ?? "",
    trials: Number(facts("trials").at(-1) ?? 0),
    valuations: facts("valuation").map(readValuation),
    status: skipped ? "skip" : test.ok ? "ok" : "fail",
    why: skipped ? test.reason : test.ok ? "" : (facts("why").at(-1) ?? "the test failed"),
    notes: facts("note"),
    ...statesOf(said),
  };
}

function statesOf(diagnostics: readonly string[]): Pick<CaseResult, "states"> {
  const states = diagnostics.filter((line) => /^(state|held) /.test(line));
  return states.length > 0 ? { states } : {};
}

function readValuation(text: string): CountedValuation {
  const space = text.indexOf(" ");
  if (space < 0) return { count: Number(text), text: "" };
  return { count: Number(text.slice(0, space)), text: text.slice(space + 1).trim() };
}

function reports(line: string, name: string): boolean {
  const words = line.trim().split(/\s+/);
  return (words[0] === "ok" || words[0] === "not") && words.includes(name);
}
