/**
 * npm run bench -- peers [--runs N] [--save] [--pages N --pinners G [--rounds R] [--page-lock]]
 * npm run bench -- peers [--runs N] --model FILE --promela FILE
 *
 * The same model searched by pinfold and by its peers, as far as they are installed, side by side in
 * one run. Rounds are interleaved, so that the machine's mood is everybody's. Without a size: the race,
 * every interleaving of it, its variants, and another protocol. `--save` writes
 * bench/results/peers.json, from which `npm run docs` makes a table.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { raceOptions, raceSizeOf } from "../models.ts";
import { type Options, UsageError } from "../options.ts";
import type { Outcome } from "./contender.ts";
import {
  type Comparison,
  lookupComparison,
  ownComparison,
  raceComparison,
  unreducedComparison,
  variantComparison,
} from "./contenders.ts";

export const peersOptions = {
  runs: "number",
  save: "flag",
  model: "text",
  promela: "text",
  ...raceOptions,
} as const;

/** Smallest, middle and largest. */
export type Spread = readonly [number, number, number];

/** One contender's rounds. */
export interface PeerResult {
  readonly model: string;
  readonly contender: string;
  readonly rounds: number;
  readonly states: number;
  /** CPU seconds, and from start to end. */
  readonly seconds: Spread;
  readonly wall: Spread;
  /** CPU seconds, and seconds from start to end, over those of the model's first contender. */
  readonly ratio: Spread;
  readonly wallRatio: Spread;
}

const results = new URL("../../../bench/results/peers.json", import.meta.url);

export function peers(options: Options): void {
  const folder = mkdtempSync(join(tmpdir(), "pinfold-peers-"));
  const all = asked(folder, options);
  const rounds = options.number("runs", 5);
  console.log(`${rounds} rounds; seconds of processor and from start to end: min, median, max;`);
  console.log("ratios to the first of each model, in the same round\n");
  const found = all.flatMap((comparison) => compared(comparison, rounds));
  rmSync(folder, { recursive: true });
  if (options.flag("save")) writeFileSync(results, `${JSON.stringify(found, null, 2)}\n`);
}

function asked(folder: string, options: Options): readonly Comparison[] {
  const [model, promela] = [options.text("model"), options.text("promela")];
  if ((model === undefined) !== (promela === undefined))
    throw new UsageError("--model and --promela go together: the same steps in both");
  if (model && promela) return [ownComparison(folder, resolve(model), resolve(promela))];
  const isSized = options.number("pages", 0) + options.number("pinners", 0) > 0;
  return isSized ? [raceComparison(folder, raceSizeOf(options, 3))] : standard(folder);
}

function standard(folder: string): readonly Comparison[] {
  const race = { pages: 3, pinners: 3, rounds: 1, safe: true };
  return [
    raceComparison(folder, race),
    unreducedComparison(folder, { ...race, pages: 4, pinners: 2 }),
    variantComparison(folder, { ...race, pinners: 2, rounds: 2 }),
    variantComparison(folder, { ...race, pageLock: true }),
    lookupComparison(folder, { slots: 4, readers: 5 }),
  ];
}

function compared({ title, contenders }: Comparison, rounds: number): readonly PeerResult[] {
  const outcomes = contenders.map((): (Outcome | undefined)[] => []);
  for (let round = 0; round < rounds; round++)
    for (const [i, contender] of contenders.entries()) outcomes[i]!.push(contender.run());
  console.log(`${title.padEnd(nameWidth)}${headings.map((text) => column(text)).join("")}`);
  return contenders.flatMap(({ name }, i) => {
    const result = summed(title, name, outcomes[i]!, outcomes[0]!);
    console.log(result === undefined ? `  ${name.padEnd(nameWidth)}not here` : line(result));
    return result ?? [];
  });
}

function summed(
  model: string,
  contender: string,
  outcomes: readonly (Outcome | undefined)[],
  base: readonly (Outcome | undefined)[],
): PeerResult | undefined {
  const pairs = outcomes.flatMap((one, round) => {
    const other = base[round];
    return one && other ? [{ one, other }] : [];
  });
  if (pairs.length === 0) return undefined;
  return {
    model,
    contender,
    rounds: pairs.length,
    states: pairs[0]!.one.states,
    seconds: spread(pairs.map(({ one }) => one.seconds)),
    wall: spread(pairs.map(({ one }) => one.wall)),
    ratio: spread(pairs.map(({ one, other }) => one.seconds / other.seconds)),
    wallRatio: spread(pairs.map(({ one, other }) => one.wall / other.wall)),
  };
}

const nameWidth = 44;
const headings = ["states", "CPU s", "wall s", "CPU ratio", "wall ratio"];
const column = (text: string): string => text.padStart(24);

function line({ contender, states, seconds, wall, ratio, wallRatio }: PeerResult): string {
  const spreads = [seconds, wall, ratio, wallRatio].map((one) => column(words(one)));
  return `  ${contender.padEnd(nameWidth - 2)}${column(String(states))}${spreads.join("")}`;
}

const words = (of: Spread): string => of.map((value) => value.toFixed(2)).join(" ");

function spread(of: readonly number[]): Spread {
  const sorted = of.map((value) => Math.round(value * 100) / 100).sort((a, b) => a - b);
  return [sorted[0]!, sorted[Math.floor(sorted.length / 2)]!, sorted[sorted.length - 1]!];
}
