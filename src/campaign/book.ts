/**
 * What a campaign keeps of one pair of a real kernel and the modelled one that it is held to: its orders
 * counted by what came of them, and by name those that disagree or were lost.
 */
import type { Kernel } from "../kernels/index.ts";
import { printFile } from "../litmus/index.ts";
import type { CaseResult } from "../rig/protocol.ts";
import type { Rig } from "../rig/rigs.ts";
import type { Ordered } from "../synth/reduce.ts";
import { compareOrder, type OrderComparison, type OrderStatus } from "./by-order.ts";
import { countDecisions, type Exercised } from "./exercised.ts";

/** A real kernel and the modelled one that it is held to. */
export interface Pair {
  readonly rig: Rig;
  readonly kernel: Kernel;
}

/** An order of which the guest gave no result, with the test's text to run it again. */
export interface LostOrder extends OrderComparison {
  readonly text: string;
}

export interface Found {
  readonly ordered: Ordered;
  readonly comparison: OrderComparison;
}

export interface Book {
  readonly pair: Pair;
  readonly exercised: Exercised;
  readonly counts: Partial<Record<OrderStatus, number>>;
  /** Why orders were skipped, and how many of them for each reason. */
  readonly skips: Map<string, number>;
  readonly lost: LostOrder[];
  readonly found: Found[];
  seconds: number;
}

export function newBook(pair: Pair): Book {
  const exercised = countDecisions(pair.kernel);
  return { pair, exercised, counts: {}, skips: new Map(), lost: [], found: [], seconds: 0 };
}

/** Books one order: the model's ends beside what the guest reported. */
export function enter(book: Book, ordered: Ordered, real: CaseResult): void {
  const { counts, exercised, found, lost, skips } = book;
  if (real.status === "ok") exercised.begin(ordered.test);
  const comparison = compareOrder(ordered.test, exercised.kernel, ordered.order, real);
  const { status, why } = comparison;
  counts[status] = (counts[status] ?? 0) + 1;
  if (status === "forbid-seen" || status === "allow-unseen") found.push({ ordered, comparison });
  if (status === "lost") lost.push({ ...comparison, text: printFile(ordered.test) });
  if (status === "skip") skips.set(why, (skips.get(why) ?? 0) + 1);
}
