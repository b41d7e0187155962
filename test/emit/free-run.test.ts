/** The free-running schedule of emitted programs, on this machine's own kernel. */
import { describe, expect, test } from "vitest";
import { emitC } from "../../src/emit/c/index.ts";
import { expand, parseFile } from "../../src/litmus/index.ts";
import { orders } from "../../src/verdict/orders.ts";
import { compileC, noCompiler, runProgram } from "./run-c.ts";

const program = (texts: readonly string[], forced = false): string =>
  compileC(
    emitC(
      texts.map((text) => {
        const parsed = parseFile(text);
        if (!parsed.ok) throw new Error(parsed.diagnostics[0]?.message);
        const one = expand(parsed.value)[0]!;
        return { test: one, orders: forced ? orders(one).orders : [[]] };
      }),
    ).source,
  );

const twoThreads = `Linux THREADS
"Nothing orders the store and the load."
{ page x = anon; }
P0 { x = 1; }
P0.T1 { r0 = x; }
exists (P0.T1:r0 = 1)
`;

const ordered = `Linux ORDERED
"The event orders them."
{ page x = anon; }
P0 { x = 1; signal(e); }
P0.T1 { await(e); r0 = x; }
exists (P0.T1:r0 = 0)
`;

const halves = `Linux HALVES
"Two halves of a word are two locations."
{ page x = anon; }
P0 { x.hi = 2; fork(P1); wait(P1); r0 = x.lo; r1 = x.hi; }
P1 { x.lo = 7; exit(); }
exists (P0:r0 = 0 /\\ P0:r1 = 2)
`;

const child = `Linux CHILD
"A child and a thread, and an end that all of them reach."
{ page x = shared anon; }
P0 { r0 = fork(P1); await(done); }
P0.T1 { x = 1; }
P1 { r1 = x; signal(done); exit(); }
locations [P0:r0; x]
exists (P1:r1 = 1)
`;

describe.skipIf(noCompiler !== undefined)(
  `free-running${noCompiler ? ` (skipped: ${noCompiler})` : ""}`,
  () => {
    const output = () =>
      runProgram(program([twoThreads, ordered, halves, child]), "--free", "--seconds", "2");

    test("shows both ends of a race, one of what is ordered, and every test comes to its end", () => {
      const { cases, exit } = output();
      const seen = cases.map((one) => [one.name, Object.keys(one.valuations).sort()]);
      expect(Object.fromEntries(seen)).toMatchObject({
        "THREADS.o0": ["P0.T1:r0=0;", "P0.T1:r0=1;"],
        "ORDERED.o0": ["P0.T1:r0=1;"],
        "HALVES.o0": ["0:r0=0; 0:r1=2;"],
      });
      expect(Object.keys(cases[3]!.valuations).every((text) => text.includes("0:r0=0"))).toBe(true);
      expect(cases.every((one) => one.trials > 5)).toBe(true);
      expect(exit).toBe(0);
    });

    test("red control: forced, one after the other, each order has one end", () => {
      const { cases } = runProgram(program([twoThreads], true), "--trials", "20");
      expect(cases.map((one) => one.valuations)).toEqual([
        { "P0.T1:r0=1;": 20 },
        { "P0.T1:r0=0;": 20 },
      ]);
    });
  },
);
