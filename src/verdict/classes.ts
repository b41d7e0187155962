/** Every run of a test in classes, each with one run to look at: what `check --all` shows. */
import { type RunClass, runClasses } from "../explore/run-classes.ts";
import type { Collected } from "./collect.ts";
import type { Run, ShownClasses } from "./result.ts";
import { valuationKey } from "./valuation.ts";
import type { World } from "./world.ts";

/** States with histories that are looked at before the classes are called too many. */
const maxNodes = 200_000;

/** By their ends, then shortest first; `show` walks a run again. */
export function classesOf(
  world: World,
  collected: Collected,
  show: (run: RunClass["run"]) => Run,
  interrupted: () => boolean,
): ShownClasses {
  const found = runClasses(world.model, world.first, { cell: "u16", maxNodes, interrupted });
  const shown = found.classes.map(({ end, run, runs }) => ({
    run: show(run),
    runs: runs.toString(),
    stuck: collected.waiting(end),
  }));
  const order = ({ run, stuck }: (typeof shown)[number]): string =>
    `${stuck.join()} ${valuationKey(run.end.values)}`;
  const classes = shown.sort((one, other) => {
    const left = order(one);
    const right = order(other);
    if (left !== right) return left < right ? -1 : 1;
    return one.run.steps.length - other.run.steps.length;
  });
  return { classes, complete: found.complete };
}
