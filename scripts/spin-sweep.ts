/**
 * Every library test of fewer states than a bound, on every kernel that is not the same as another
 * there, explored by SPIN from the same steps: states and ends must be ours.
 *
 *     tsx scripts/spin-sweep.ts [--states N] [--share I/N] [--tests PATTERN] [--seconds S]
 *
 * --seconds S starts no test after S seconds and counts those it has left out; tests are taken in an
 * order that mixes shelves.
 */
import { parseArgs } from "node:util";
import { explore } from "../src/explore/explore.ts";
import { kernels } from "../src/kernels/index.ts";
import type { Row } from "../src/step/index.ts";
import { Collected } from "../src/verdict/collect.ts";
import { loadWorld, type World } from "../src/verdict/world.ts";
import { AnyVerifier } from "../test/emit/spin.ts";
import { library, mixed } from "../test/verdict/library.ts";

const { values } = parseArgs({
  options: {
    states: { type: "string" },
    share: { type: "string" },
    tests: { type: "string" },
    seconds: { type: "string" },
  },
});
const most = Number(values.states ?? 100_000);
const [share, shares] = (values.share ?? "1/1").split("/").map(Number) as [number, number];

interface Ours {
  readonly states: number;
  readonly ends: Collected;
}

/** The plain search, or undefined when it is larger than the bound. */
function ours(world: World): Ours | undefined {
  const ends = new Collected(world);
  const { states, bound } = explore(world.model, world.first, {
    cell: "u16",
    maxStates: most,
    reduce: { ample: false },
    onFinal: (row: Row) => {
      ends.end(row, 0);
      return false;
    },
  });
  return bound === undefined ? { states, ends } : undefined;
}

const sortedEnds = (ends: Collected): string =>
  JSON.stringify([[...ends.valuations.keys()].sort(), [...ends.stuck].sort()]);

const verifier = new AnyVerifier();
const count = { agree: 0, differ: 0, larger: 0, same: 0, notModelled: 0, doNotFit: 0 };
let testsLeftOut = 0;
let total = 0;
const until = performance.now() + 1000 * Number(values.seconds ?? Number.POSITIVE_INFINITY);
const report = () =>
  console.log(
    `${JSON.stringify({ ...count, testsLeftOut })}, ${total} states, share ${share}/${shares}`,
  );

mixed(library().filter((_, i) => i % shares === share - 1)).forEach(({ test }, done) => {
  if (performance.now() > until) {
    testsLeftOut++;
    return;
  }
  if (done % 50 === 49) report();
  if (values.tests !== undefined && !new RegExp(values.tests).test(test.name)) return;
  const searched: { readonly world: World; readonly asked: readonly number[] }[] = [];
  for (const kernel of kernels) {
    const world = loadWorld(test, kernel);
    if (world.notModelled.length > 0) {
      count.notModelled++;
      continue;
    }
    const known = searched.some(
      (one) =>
        one.asked.every((d) => one.world.model.decisions[d] === world.model.decisions[d]) &&
        one.world.first.every((cell, at) => cell === world.first[at]),
    );
    if (known) {
      count.same++;
      continue;
    }
    const found = ours(world);
    const asked = [...world.model.asked.entries()].filter(([, yes]) => yes).map(([d]) => d);
    searched.push({ world, asked });
    if (found === undefined) {
      count.larger++;
      continue;
    }
    const spin = verifier.verify(world);
    if (spin === undefined) {
      count.doNotFit++;
      continue;
    }
    total += found.states;
    const agrees = spin.states === found.states && sortedEnds(spin.ends) === sortedEnds(found.ends);
    count[agrees ? "agree" : "differ"]++;
    if (!agrees)
      console.log(`${test.name} on ${kernel.name}: ${found.states} states, SPIN ${spin.states}`);
  }
});
verifier.remove();
report();
process.exitCode = count.differ > 0 ? 1 : 0;
