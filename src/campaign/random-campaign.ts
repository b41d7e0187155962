/**
 * Random tests on real kernels and on the modelled kernels that these are, order by order. What
 * disagrees is shrunk by dropping statements as long as the disagreement stays.
 */
import { unaskedOn } from "../kernels/equal.ts";
import type { DecisionName } from "../kernels/index.ts";
import { printFile, type Test } from "../litmus/index.ts";
import { done, type RigResult } from "../rig/problem.ts";
import { randomTests } from "../synth/random.ts";
import { smallerTests } from "../synth/reduce.ts";
import { type Book, enter, type Found, type LostOrder, newBook, type Pair } from "./book.ts";
import { type Bulk, type BulkOptions, itemsOf, runBulk } from "./bulk.ts";
import { compareOrder, type OrderComparison, type OrderStatus } from "./by-order.ts";
import { type EndlessOrders, neverEnds, withFewEndless } from "./endless-orders.ts";
import { type Coverage, coverageOf } from "./exercised.ts";

export interface RandomOptions extends BulkOptions {
  readonly count: number;
  readonly seed: number;
  /** Orders of each test. */
  readonly orders: number;
  /** Disagreements that are shrunk; each round of it costs a boot. */
  readonly shrunk: number;
}

export interface Disagreement {
  readonly rig: string;
  readonly comparison: OrderComparison;
  /** The smallest test found that disagrees in the same way, as text. */
  readonly text: string;
}

export interface PairResult {
  readonly rig: string;
  readonly kernel: string;
  /** Orders by what came of them. */
  readonly counts: Readonly<Partial<Record<OrderStatus, number>>>;
  /** Why orders were skipped, and how many of them for each reason. */
  readonly skips: ReadonlyMap<string, number>;
  readonly lost: readonly LostOrder[];
  readonly disagreements: readonly Disagreement[];
  /** Tests that asked each decision of the kernel. */
  readonly exercised: ReadonlyMap<DecisionName, number>;
  readonly coverage: Coverage;
  readonly seconds: number;
}

export interface RandomResult {
  /** Tests that were run, which an interrupt may have cut short. */
  readonly tests: number;
  readonly interrupted: boolean;
  /** Tests that pin, fork and write later. */
  readonly spines: number;
  /** Tests that cannot run on any real kernel. */
  readonly skipped: number;
  /** Orders that never end, left out because enough such were run. */
  readonly endlessLeftOut: number;
  readonly pairs: readonly PairResult[];
}

/** So many tests make one program. */
const batchSize = 500;

/** Runs the campaign; fails only for the environment. */
export async function randomCampaign(
  pairs: readonly Pair[],
  options: RandomOptions,
): Promise<RigResult<RandomResult>> {
  const tests = randomTests(options.count, options.seed);
  const books = pairs.map((pair) => newBook(pair));
  const interrupted = () => options.signal?.aborted === true;
  const endless: EndlessOrders = { run: 0, leftOut: 0 };
  let skipped = 0;
  let drawn = 0;
  for (; drawn < tests.length && !interrupted(); drawn += batchSize) {
    const batch = tests.slice(drawn, drawn + batchSize);
    const items = itemsOf(batch, options.orders, options.seed);
    const bulk = await runBulk(
      withFewEndless(items, pairs, endless),
      pairs.map(({ rig }) => rig),
      {
        ...options,
        isEndless: (rig, item) => pairs.some((pair) => pair.rig === rig && neverEnds(pair, item)),
      },
    );
    if (!bulk.ok) return bulk;
    skipped += bulk.value.plans.filter((plan) => plan.skipped !== undefined).length;
    for (const [at, book] of books.entries()) enterRun(book, bulk.value, at);
  }
  const results: PairResult[] = [];
  for (const book of books) {
    const shrunk = await shrinkAll(book, interrupted() ? { ...options, shrunk: 0 } : options);
    if (!shrunk.ok) return shrunk;
    results.push(resultOf(book, shrunk.value));
  }
  const run = tests.slice(0, drawn);
  const spines = run.filter(pinsForksWrites).length;
  return done({
    tests: run.length,
    interrupted: interrupted(),
    spines,
    skipped,
    endlessLeftOut: endless.leftOut,
    pairs: results,
  });
}

function enterRun(book: Book, { plans, runs }: Bulk, at: number): void {
  const { seconds, cases } = runs[at]!;
  book.seconds += seconds;
  for (const [index, { test, orders }] of plans.entries()) {
    for (const [number, order] of orders.entries()) {
      const real = cases[index]?.[number];
      if (real !== undefined) enter(book, { test, order }, real);
    }
    book.exercised.endTest();
  }
}

function resultOf(book: Book, disagreements: readonly Disagreement[]): PairResult {
  const { pair, counts, skips, lost, seconds, exercised } = book;
  const { certain, searched } = unaskedOn(pair.kernel.name);
  const asked = exercised.counts();
  return {
    rig: pair.rig.name,
    kernel: pair.kernel.name,
    counts,
    skips,
    lost,
    disagreements,
    exercised: asked,
    coverage: coverageOf(asked, certain, searched),
    seconds,
  };
}

/** One order of each test that disagrees, the first few of them as small as they get. */
async function shrinkAll(
  { pair, found }: Book,
  options: RandomOptions,
): Promise<RigResult<readonly Disagreement[]>> {
  const first = new Map<string, Found>();
  for (const one of found) if (!first.has(one.comparison.test)) first.set(one.comparison.test, one);
  let current = [...first.values()];
  for (let progress = true; progress && current.length > 0 && options.shrunk > 0; ) {
    const head = current.slice(0, options.shrunk);
    const smaller = await shrinkOnce(pair, head, options);
    if (!smaller.ok) return smaller;
    progress = smaller.value.some((one, index) => one !== head[index]);
    current = [...smaller.value, ...current.slice(options.shrunk)];
  }
  return done(
    current.map(({ ordered, comparison }) => ({
      rig: pair.rig.name,
      comparison,
      text: printFile(ordered.test),
    })),
  );
}

/** One boot with every test that has one statement less; the first that still disagrees is kept. */
async function shrinkOnce(
  { rig, kernel }: Pair,
  found: readonly Found[],
  options: BulkOptions,
): Promise<RigResult<readonly Found[]>> {
  const candidates = found.flatMap(({ ordered }, from) =>
    smallerTests(ordered).map((one, index) => ({
      from,
      ordered: { ...one, test: { ...one.test, name: `smaller-${from}-${index}` } },
    })),
  );
  if (candidates.length === 0) return done(found);
  const items = candidates.map(({ ordered }) => ({ test: ordered.test, orders: [ordered.order] }));
  const bulk = await runBulk(items, [rig], options);
  if (!bulk.ok) return bulk;
  const cases = bulk.value.runs[0]!.cases;
  const compared = candidates.map(({ from, ordered }, index) => ({
    from,
    ordered,
    comparison: compareOrder(ordered.test, kernel, ordered.order, cases[index]?.[0]),
  }));
  return done(
    found.map((one, from) => {
      const still = compared.find(
        (other) => other.from === from && other.comparison.status === one.comparison.status,
      );
      return still ?? one;
    }),
  );
}

const pinners: readonly string[] = [
  ...["pin", "ibv_reg_mr", "io_uring_register", "vmsplice", "vfio_map", "read_direct", "xdp_umem"],
];

/** Whether the test pins memory, forks and writes later, all in its first process. */
function pinsForksWrites({ actors }: Test): boolean {
  const statements = actors[0]?.statements ?? [];
  const pin = statements.findIndex((one) => one.kind === "call" && pinners.includes(one.operation));
  const fork = statements.findIndex((one) => one.kind === "call" && one.operation === "fork");
  const writes = statements
    .slice(Math.max(pin, fork) + 1)
    .some(
      (one) =>
        one.kind === "store" ||
        (one.kind === "call" && /^(dma_write|complete)$/.test(one.operation)),
    );
  return pin >= 0 && fork >= 0 && writes;
}
