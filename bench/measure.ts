/** One search, measured: what the bench prints, and what peers are compared with. */
import { explore, shortestRun } from "../src/explore/explore.ts";
import type { Searchable } from "./models.ts";
import { flag, numberOf } from "./options.ts";

export interface Measure {
  readonly verdict: "safe" | "bug" | "unknown";
  readonly states: number;
  readonly transitions: number;
  /** From the model to the verdict, footprints included. */
  readonly seconds: number;
  /** The same, as the processor counted it: other load does not change it much. */
  readonly cpuSeconds: number;
  readonly rssMb: number;
  /** Steps of the shortest run to the bug; null when there is none. */
  readonly runLength: number | null;
}

export async function measure(
  { model, first, cell, goal, watched }: Searchable,
  given: readonly string[],
): Promise<Measure> {
  const begun = performance.now();
  const cpu = process.cpuUsage();
  const reduced = !flag(given, "no-reductions");
  const result = explore(model, first, {
    cell,
    watched,
    onState: goal,
    reduce: { ample: reduced, chains: reduced && !flag(given, "no-chains") },
    plainStates: numberOf(given, "plain-states", 60_000),
    progress: flag(given, "progress") ? (at) => console.error(JSON.stringify(at)) : () => {},
  });
  const found = result.stoppedAt !== undefined;
  let run = found ? result.runTo(result.stoppedAt!) : undefined;
  if (found && result.reduced)
    run = shortestRun(model, first, { onState: goal }, { cell, maxStates: 20_000_000 }) ?? run;
  return {
    verdict: found ? "bug" : result.bound === undefined ? "safe" : "unknown",
    states: result.states,
    transitions: result.transitions,
    seconds: round((performance.now() - begun) / 1000),
    cpuSeconds: round(process.cpuUsage(cpu).user / 1e6),
    rssMb: Math.round(process.resourceUsage().maxRSS / 1024),
    runLength: run?.length ?? null,
  };
}

const round = (seconds: number): number => Math.round(seconds * 1000) / 1000;

export function printMeasure(measured: Measure, asJson: boolean): void {
  if (asJson) console.log(JSON.stringify(measured));
  else
    for (const [name, value] of Object.entries(measured)) console.log(`${name.padEnd(12)}${value}`);
}
