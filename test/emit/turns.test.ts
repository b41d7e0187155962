/**
 * Who waits in a statement gives its turn away, and catches up when it is through: emitted programs on
 * this machine's own kernel. A loop that another process ends stands for what only some kernels wait in.
 */
import { describe, expect, test } from "vitest";
import { emitC } from "../../src/emit/c/index.ts";
import { orders, orderText } from "../../src/verdict/orders.ts";
import { testOf } from "../verdict/library.ts";
import { compileC, noCompiler, runProgram } from "./run-c.ts";

/** P0 waits in `x = 5` until P1 has written 9 to y, and then does what it has missed. */
const waiting = testOf(`Linux WAITING
{ page x = shared anon; page y = shared anon; }
P0 { fork(P1); x = 5; r0 = x; x = 6; }
P1 { r1 = x; y = 9; r2 = x; }
locations [P0:r0; P1:r1; P1:r2; x]
exists (P1:r1 = 0)
`);

const wait = [
  "offer_turn();",
  `while (__atomic_load_n((long *)page("y").at, __ATOMIC_SEQ_CST) != 9) usleep(1000);`,
  "withdraw_offer();",
].join(" ");

const emitted = (): string => {
  const { source } = emitC([{ test: waiting, orders: orders(waiting).orders }], {});
  const store = `call(store(page("x"), 5));`;
  expect(source.split(store)).toHaveLength(2);
  return source.replace(store, `${wait} ${store}`);
};

/** What P1's second load reads: 0 where P0 is still to write when it comes, 5 or 6 where P0 is first. */
const ends = (order: string): string => {
  const place = (step: string) => order.split(" ").indexOf(step);
  const stepsBefore = (step: string) => ["P0.2", "P0.3"].filter((one) => place(one) < place(step));
  const wrote = place("P1.1") < place("P0.1");
  const readFirst = wrote && place("P0.1") < place("P1.0");
  const first = readFirst ? 5 : 0;
  const written = place("P0.1") < place("P1.2");
  const second = !written ? 0 : stepsBefore("P1.2").includes("P0.3") ? 6 : 5;
  return `0:r0=5; 1:r1=${first}; 1:r2=${second}; x=6;`;
};

describe.skipIf(noCompiler !== undefined)(
  `a statement that waits${noCompiler ? ` (skipped: ${noCompiler})` : ""}`,
  () => {
    test("lets the others run, whoever stands next in the order, and its process catches up", () => {
      const program = compileC(emitted());
      const { cases } = runProgram(program, "--trials", "1", "--trial-seconds", "20");
      const all = orders(waiting).orders.map(orderText);
      expect(all.length).toBe(20);
      expect(
        cases.map(({ order, valuations, why }) => [order, Object.keys(valuations), why]),
      ).toEqual(all.map((order) => [order, [ends(order)], undefined]));
    });
  },
);
