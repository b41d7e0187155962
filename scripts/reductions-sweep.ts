/**
 * Every library test below a million states, on kernels that are not the same there: the searches
 * with and without reductions must agree on outcomes, on who waits for ever, on what never runs and
 * on every local state.
 *
 *     tsx scripts/reductions-sweep.ts [--states N] [--share I/N] [--kernels K]
 *
 * --kernels K takes K kernels for each test, other ones for the next.
 */
import { parseArgs } from "node:util";
import { kernels } from "../src/kernels/index.ts";
import { loadWorld } from "../src/verdict/world.ts";
import { compareSearches, disagreements } from "../test/explore/agree.ts";
import { library } from "../test/verdict/library.ts";

const { values } = parseArgs({
  options: {
    states: { type: "string" },
    share: { type: "string" },
    kernels: { type: "string" },
  },
});
const most = Number(values.states ?? 1_000_000);
const perTest = Number(values.kernels ?? kernels.length);
const [share, shares] = (values.share ?? "1/1").split("/").map(Number) as [number, number];

const count = { agree: 0, disagree: 0, "no footprints": 0, "too large": 0 };
const states = { plain: 0, reduced: 0 };
library().forEach(({ test }, i) => {
  if (i % shares !== share - 1) return;
  for (let k = 0; k < perTest; k++) {
    const kernel = kernels[(i * perTest + k) % kernels.length]!;
    const world = loadWorld(test, kernel);
    if (world.notModelled.length > 0) continue;
    const found = compareSearches(world, most);
    if (found.kind !== "compared") {
      count[found.kind]++;
      continue;
    }
    states.plain += found.plain.states;
    states.reduced += found.reduced.states;
    const wrong = disagreements(found.plain, found.reduced);
    count[wrong.length === 0 ? "agree" : "disagree"]++;
    if (wrong.length > 0) console.log(`${test.name} on ${kernel.name}: ${wrong.join("; ")}`);
  }
});
console.log(`${JSON.stringify({ ...count, states })}, share ${share}/${shares}`);
process.exitCode = count.disagree > 0 ? 1 : 0;
