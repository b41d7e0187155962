/**
 * Side by side in one run: the same race searched by pinfold and by its peers, as far as they are
 * installed. Rounds are interleaved, so that the machine's mood is everybody's.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RaceSize } from "../race/model.ts";
import type { Outcome } from "./contender.ts";
import { contenders } from "./contenders.ts";

export function peers(rounds: number, size: RaceSize): void {
  const folder = mkdtempSync(join(tmpdir(), "pinfold-peers-"));
  const all = contenders(folder, size);
  const outcomes = all.map((): (Outcome | undefined)[] => []);
  for (let round = 0; round < rounds; round++)
    for (const [i, contender] of all.entries()) outcomes[i]!.push(contender.run());
  rmSync(folder, { recursive: true });
  const { pages, pinners, rounds: pins } = size;
  console.log(
    `race (${pages} pages, ${pinners} pinners, ${pins} pins each), safe; ${rounds} rounds`,
  );
  console.log("CPU seconds to the verdict; ratio to pinfold in the same round: min, median, max\n");
  console.log(`${"".padEnd(28)}${headings.map(column).join("")}`);
  for (const [i, { name }] of all.entries()) console.log(line(name, outcomes[i]!, outcomes[0]!));
}

const headings = ["states", "min s", "median s", "max s", "ratio min", "median", "max"];
const column = (text: string): string => text.padStart(12);

function line(
  name: string,
  outcomes: readonly (Outcome | undefined)[],
  base: readonly (Outcome | undefined)[],
): string {
  const times = outcomes.flatMap((one) => (one ? [one.seconds] : []));
  if (times.length === 0) return `${name.padEnd(28)}${column("not here")}`;
  const ratios = outcomes.flatMap((one, round) =>
    one && base[round] ? [one.seconds / base[round].seconds] : [],
  );
  const cells = [
    String(outcomes[0]?.states ?? "?"),
    ...spread(times).map((seconds) => seconds.toFixed(2)),
    ...spread(ratios).map((ratio) => ratio.toFixed(2)),
  ];
  return `${name.padEnd(28)}${cells.map(column).join("")}`;
}

function spread(of: readonly number[]): readonly number[] {
  const sorted = [...of].sort((a, b) => a - b);
  return [sorted[0]!, sorted[Math.floor(sorted.length / 2)]!, sorted[sorted.length - 1]!];
}
