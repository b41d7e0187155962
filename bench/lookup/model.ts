/** The look-up as a model for the explorer: its paths are compiled when it is asked for. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Watched } from "../../src/explore/footprints.ts";
import { newRow } from "../../src/explore/successors.ts";
import { compile } from "../../src/step/compile.ts";
import { type Model, model, type Row } from "../../src/step/index.ts";
import { lookupEntries, lookupSchema } from "./paths.ts";

export interface LookupSize {
  readonly slots: number;
  readonly readers: number;
}

export function lookupModel({ slots, readers }: LookupSize): {
  model: Model;
  first: Row;
  goal: (row: Row) => boolean;
  watched: Watched;
} {
  const file = new URL("./paths.ts", import.meta.url);
  const source = { file: "bench/lookup/paths.ts", text: readFileSync(fileURLToPath(file), "utf8") };
  const result = compile(lookupSchema, [source], lookupEntries);
  if (!result.ok) throw new Error(result.diagnostic.message);
  const walker = (name: string) => ({
    name,
    statements: [{ entry: name, arguments: [slots] }],
    startsAtOnce: true,
  });
  const made = model(result.value, {
    counts: { world: 1, slot: slots, frame: 2 * slots, lookup: readers },
    actors: [
      walker("reclaimer"),
      walker("filler"),
      ...Array.from({ length: readers }, (_, g) => ({
        name: `reader ${g}`,
        statements: [{ entry: "reader", arguments: [g, g % slots] }],
        startsAtOnce: true,
      })),
    ],
    decisions: [],
  });
  const { row } = newRow(made.layout.width, "u8");
  const at = (field: string, index: number) => made.layout.offsets.get(field)! + index;
  made.activate();
  for (let i = 0; i < slots; i++) {
    row[at("slot.at", i)] = i + 1;
    row[at("frame.ref", i)] = 1;
  }
  made.loadActors(row);
  return {
    model: made,
    first: row,
    goal: usesFreed(readers, at),
    watched: watchedOf(readers, slots, at),
  };
}

type At = (field: string, index: number) => number;

/** Whether some reader holds a page that was freed: the bug. */
function usesFreed(readers: number, at: At): (row: Row) => boolean {
  const [held, got, freed] = [at("lookup.held", 0), at("lookup.got", 0), at("frame.freed", 0)];
  return (row) => {
    for (let g = 0; g < readers; g++)
      if (row[held + g] && row[freed + row[got + g]! - 1]) return true;
    return false;
  };
}

/** The cells `usesFreed` looks at, one group per reader. */
function watchedOf(readers: number, slots: number, at: At): Watched {
  return Array.from({ length: readers }, (_, g) => [
    at("lookup.held", g),
    at("lookup.got", g),
    at("frame.freed", g % slots),
    at("frame.freed", slots + (g % slots)),
  ]);
}
