/**
 * Which library tests show a decision: those whose verdict changes when it alone is set to another
 * value. The table is computed by running the library on every such kernel (`npm run mutation`).
 */
import type { DecisionValue } from "../step/index.ts";
import type { DecisionName } from "./kernel.ts";
import { noticedRows } from "./noticed.generated.ts";

/** A test that notices, with the kernel's own verdict and the one under the other value. */
export interface NoticingTest {
  readonly test: string;
  readonly verdict: string;
  readonly flipped: string;
}

/** What notices that decision `name` is set to `value`; no tests where none of the library does. */
export interface NoticedFlip {
  readonly name: DecisionName;
  readonly value: DecisionValue;
  readonly kernels: readonly string[];
  readonly tests: readonly NoticingTest[];
}

let read: readonly NoticedFlip[] | undefined;

/** The whole table. */
export function noticedFlips(): readonly NoticedFlip[] {
  read ??= noticedRows.map(readRow);
  return read;
}

/** The tests that show decision `name` of a kernel, by the value it would have instead. */
export function testsThatNotice(kernel: string, name: DecisionName): readonly NoticedFlip[] {
  return noticedFlips().filter((flip) => flip.name === name && flip.kernels.includes(kernel));
}

/** "fork.copyPinned=false | v5.9 v5.11 | RDMA+fork never always, ..." */
function readRow(row: string): NoticedFlip {
  const [flip = "", on = "", tests = ""] = row.split(" | ");
  const [name = "", value = ""] = flip.split("=");
  return {
    name: name as DecisionName,
    value: value === "true" ? true : value === "false" ? false : value,
    kernels: on.split(" "),
    tests: tests.split(", ").map((text) => {
      const [test = "", verdict = "", flipped = ""] = text.split(" ");
      return { test, verdict, flipped };
    }),
  };
}

/** A row as it stands in the table. */
export function noticedRow({ name, value, kernels, tests }: NoticedFlip): string {
  const shown = tests.map(({ test, verdict, flipped }) => `${test} ${verdict} ${flipped}`);
  return `${name}=${value} | ${kernels.join(" ")} | ${shown.join(", ")}`;
}
