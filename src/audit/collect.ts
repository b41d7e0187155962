/**
 * Gathers findings by call site as they come, so that a fork in a loop is one finding with many
 * occurrences and memory stays flat; blind spots likewise by kind and program.
 */
import type { BlindSpot, Confidence, Finding, Place, Severity } from "./finding.ts";

export interface Occurrence extends Place {
  readonly pid: number;
}

export interface GroupedFinding extends Finding {
  /** Rule and call site, hashed: the same in every run of the same program. */
  readonly id: string;
  readonly occurrences: readonly Occurrence[];
  /** May exceed the occurrences that are listed. */
  readonly count: number;
}

const occurrencesMax = 200;
const groupsMax = 2000;
const confidenceRank: Readonly<Record<Confidence, number>> = { possible: 0, likely: 1, certain: 2 };

interface Group {
  finding: Finding;
  readonly occurrences: Occurrence[];
  count: number;
}

export class Collector {
  readonly #groups = new Map<string, Group>();
  readonly #spots = new Map<string, BlindSpot>();

  add(finding: Finding): void {
    const key = keyOf(finding);
    const occurrence = { ...finding.at, pid: finding.process.pid };
    const group = this.#groups.get(key);
    if (group === undefined) {
      if (this.#groups.size < groupsMax)
        this.#groups.set(key, { finding, occurrences: [occurrence], count: 1 });
      return;
    }
    group.count++;
    if (group.occurrences.length < occurrencesMax) group.occurrences.push(occurrence);
    if (confidenceRank[finding.confidence] > confidenceRank[group.finding.confidence])
      group.finding = finding;
  }

  addBlind(spot: BlindSpot): void {
    const key = `${spot.kind} ${spot.process?.name ?? ""}`;
    const known = this.#spots.get(key);
    this.#spots.set(
      key,
      known === undefined ? spot : { ...known, forks: known.forks + spot.forks },
    );
  }

  findings(): readonly GroupedFinding[] {
    const grouped = [...this.#groups].map(([key, group]) => ({
      ...group.finding,
      id: `${group.finding.rule}-${hash(key)}`,
      occurrences: group.occurrences,
      count: group.count,
    }));
    return grouped.sort(
      (a, b) =>
        rank(b.severity) - rank(a.severity) || a.at.source - b.at.source || a.at.line - b.at.line,
    );
  }

  blindSpots(): readonly BlindSpot[] {
    return [...this.#spots.values()];
  }
}

function rank(severity: Severity): number {
  return { info: 0, low: 1, medium: 2, high: 3 }[severity];
}

/** Pins of another kind at the same fork are another finding; doubt does not hide behind certainty. */
function keyOf(finding: Finding): string {
  const kinds = [...new Set(finding.pins.map((pin) => pin.kind))].sort().join(",");
  const shape =
    finding.shape === undefined
      ? ""
      : `${finding.shape.page},${finding.shape.child},${finding.shape.racing}`;
  return `${finding.rule}|${finding.callsite}|${kinds}|${shape}|${finding.confidence === "possible"}`;
}

/** FNV-1a, 32 bits, as hexadecimal. */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return value.toString(16).padStart(8, "0");
}
