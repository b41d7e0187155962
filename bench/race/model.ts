/** The race as a model for the explorer: its paths are compiled at build, as the memory manager's. */
import { newRow } from "../../src/explore/successors.ts";
import {
  decisionTable,
  type Machine,
  type Model,
  machine,
  model,
  type Row,
} from "../../src/step/index.ts";
import { entries, instantiate, schema, steps } from "./machine.generated.js";
import { raceSchema } from "./paths.ts";
import { traced } from "./traced.generated.js";

export interface RaceSize {
  readonly pages: number;
  readonly pinners: number;
  /** How often each pinner pins. */
  readonly rounds: number;
  /** Whether GUP-fast checks write_protect_seq: the fixed kernel. */
  readonly safe: boolean;
  /** Whether write faults also take a page lock. */
  readonly pageLock?: boolean;
}

let machineOfRace: Machine | undefined;

function raceMachine(): Machine {
  if (machineOfRace === undefined && schema !== JSON.stringify(raceSchema))
    throw new Error("bench/race changed since its machine was generated: run `npm run build`.");
  machineOfRace ??= machine(raceSchema, instantiate(), steps, entries(), () => traced);
  return machineOfRace;
}

export function raceModel({ pages, pinners, rounds, safe, pageLock = false }: RaceSize): {
  model: Model;
  first: Row;
} {
  const gup = Array.from({ length: pinners }, (_, g) => ({
    name: `gup_fast ${g}`,
    statements: [{ entry: "gup_fast", arguments: [g, g % pages, rounds] }],
    startsAtOnce: true,
  }));
  const made = model(raceMachine(), {
    counts: { world: 1, page: pages, frame: 3 * pages, pinner: pinners },
    actors: [
      { name: "parent", statements: [{ entry: "parent", arguments: [pages] }], startsAtOnce: true },
      { name: "child", statements: [{ entry: "child", arguments: [pages] }], startsAtOnce: false },
      ...gup,
    ],
    decisions: decisionTable(raceSchema, { "race.sequence": safe, "race.pageLock": pageLock }),
  });
  const { row } = newRow(made.layout.width, "u8");
  made.activate();
  for (let p = 0; p < pages; p++) {
    row[made.layout.offsets.get("page.pf")! + p] = p;
    row[made.layout.offsets.get("page.pw")! + p] = 1;
    row[made.layout.offsets.get("frame.ref")! + p] = 1;
    row[made.layout.offsets.get("frame.map")! + p] = 1;
  }
  made.loadActors(row);
  return { model: made, first: row };
}

/** Whether some held pin's frame is no longer the one its page maps: the bug. */
export function pinIsLost(of: Model, size: RaceSize): (row: Row) => boolean {
  const held = of.layout.offsets.get("pinner.held")!;
  const frame = of.layout.offsets.get("pinner.gf")!;
  const mapped = of.layout.offsets.get("page.pf")!;
  return (row) => {
    for (let g = 0; g < size.pinners; g++)
      if (row[held + g] && row[frame + g] !== row[mapped + (g % size.pages)]) return true;
    return false;
  };
}

/** The cells `pinIsLost` looks at, one group per pinner. */
export function watchedOfRace(of: Model, size: RaceSize): readonly (readonly number[])[] {
  const at = (field: string, index: number) => of.layout.offsets.get(field)! + index;
  return Array.from({ length: size.pinners }, (_, g) => [
    at("pinner.held", g),
    at("pinner.gf", g),
    at("page.pf", g % size.pages),
  ]);
}
