/**
 * Every library test below a million states, on kernels that are not the same there: the searches
 * with and without reductions must agree on outcomes, on who waits for ever, on what never runs and
 * on every local state.
 *
 *     tsx scripts/reductions-sweep.ts [--states N] [--share I/N] [--kernels K] [--seconds S]
 *
 * --kernels K takes K kernels for each test, other ones for the next. A kernel is the same as another
 * for a test where every decision that either search has asked there has the same answer and the first
 * row is the same: both searches would do the same again, so it is counted and not searched.
 * --seconds S starts no test after S seconds and counts those it has left out. Tests of small worlds
 * come first: tracing the steps of huge pages takes seconds for each kernel.
 */
import { parseArgs } from "node:util";
import { kernels } from "../src/kernels/index.ts";
import type { Test } from "../src/litmus/index.ts";
import { loadWorld, type World } from "../src/verdict/world.ts";
import { compareSearches, disagreements } from "../test/explore/agree.ts";
import { library } from "../test/verdict/library.ts";

const { values } = parseArgs({
  options: {
    states: { type: "string" },
    share: { type: "string" },
    kernels: { type: "string" },
    seconds: { type: "string" },
  },
});
const most = Number(values.states ?? 1_000_000);
const perTest = Number(values.kernels ?? kernels.length);
const [share, shares] = (values.share ?? "1/1").split("/").map(Number) as [number, number];
const until = performance.now() + 1000 * Number(values.seconds ?? Number.POSITIVE_INFINITY);

const count = { agree: 0, disagree: 0, "no footprints": 0, "too large": 0 };
const left = { same: 0, notModelled: 0, testsLeftOut: 0 };
const states = { plain: 0, reduced: 0 };

interface Searched {
  readonly world: World;
  readonly asked: readonly number[];
}

const isSame = (world: World, one: Searched): boolean =>
  one.asked.every((d) => one.world.model.decisions[d] === world.model.decisions[d]) &&
  one.world.first.join() === world.first.join();

function searchBoth(test: Test, kernel: string, world: World): void {
  const began = performance.now();
  const found = compareSearches(world, most);
  const seconds = (performance.now() - began) / 1000;
  if (seconds > 10) console.log(`${test.name} on ${kernel}: ${seconds.toFixed(1)} s`);
  if (found.kind !== "compared") {
    count[found.kind]++;
    console.log(`${test.name} on ${kernel}: ${found.kind}`);
    return;
  }
  states.plain += found.plain.states;
  states.reduced += found.reduced.states;
  const wrong = disagreements(found.plain, found.reduced);
  count[wrong.length === 0 ? "agree" : "disagree"]++;
  if (wrong.length > 0) console.log(`${test.name} on ${kernel}: ${wrong.join("; ")}`);
}

function onKernels(test: Test, index: number): void {
  const searched: Searched[] = [];
  for (let k = 0; k < perTest; k++) {
    const kernel = kernels[(index * perTest + k) % kernels.length]!;
    const world = loadWorld(test, kernel);
    if (world.notModelled.length > 0) left.notModelled++;
    else if (searched.some((one) => isSame(world, one))) left.same++;
    else {
      searchBoth(test, kernel.name, world);
      const asked = [...world.model.asked.entries()].filter(([, yes]) => yes).map(([d]) => d);
      searched.push({ world, asked });
    }
  }
}

const report = () =>
  console.log(`${JSON.stringify({ ...count, ...left, states })}, share ${share}/${shares}`);
const width = (test: Test): number => loadWorld(test, kernels[0]!).model.layout.width;
const tests = library()
  .map(({ test }, index) => ({ test, index, width: width(test) }))
  .filter(({ index }) => index % shares === share - 1)
  .sort((one, other) => one.width - other.width);
tests.forEach(({ test, index }, done) => {
  if (performance.now() > until) {
    left.testsLeftOut++;
    return;
  }
  onKernels(test, index);
  if (done % 50 === 49) report();
});
report();
process.exitCode = count.disagree > 0 ? 1 : 0;
