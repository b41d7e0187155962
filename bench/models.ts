/** Models that a bench can search. One of your own is a file: own-model.ts says what stands in it. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Watched } from "../src/explore/footprints.ts";
import type { Model, Row } from "../src/step/index.ts";
import type { LookupSize } from "./lookup/model.ts";
import { type Options, UsageError } from "./options.ts";
import type { OwnModel } from "./own-model.ts";
import { pinIsLost, type RaceSize, raceModel, watchedOfRace } from "./race/model.ts";

export interface Searchable {
  readonly model: Model;
  readonly first: Row;
  readonly cell: "u8" | "u16";
  /** The bug: a state that must not be reached. */
  readonly goal: (row: Row) => boolean;
  /** The cells that `goal` looks at, in groups that can each show it. */
  readonly watched: Watched;
}

/** What a thread needs to build the same searchable. */
export type Recipe =
  | { readonly kind: "race"; readonly size: RaceSize }
  | { readonly kind: "lookup"; readonly size: LookupSize }
  | { readonly kind: "file"; readonly file: string };

export async function searchableOf(recipe: Recipe): Promise<Searchable> {
  switch (recipe.kind) {
    case "race":
      return raceSearchable(recipe.size);
    case "lookup": {
      // Brings the compiler, which a race does not need.
      const { lookupModel } = await import("./lookup/model.ts");
      return { ...lookupModel(recipe.size), cell: "u8" };
    }
    case "file":
      return fileModel(recipe.file);
  }
}

export const raceOptions = {
  pages: "number",
  pinners: "number",
  rounds: "number",
  safe: "flag",
  racy: "flag",
  "page-lock": "flag",
} as const;

export const lookupOptions = { slots: "number", readers: "number" } as const;

export function lookupSizeOf(options: Options): LookupSize {
  const size = { slots: options.number("slots", 2), readers: options.number("readers", 2) };
  if (size.slots < 1 || size.readers < 1)
    throw new UsageError("A look-up has at least one slot and one reader");
  return size;
}

export function raceSizeOf(options: Options, otherwise = 2): RaceSize {
  if (options.flag("safe") && options.flag("racy"))
    throw new UsageError("--safe and --racy are two different races");
  const size = {
    pages: options.number("pages", otherwise),
    pinners: options.number("pinners", otherwise),
    rounds: options.number("rounds", 1),
    safe: !options.flag("racy"),
    pageLock: options.flag("page-lock"),
  };
  if (size.pages < 1 || size.pinners < 1 || size.rounds < 1)
    throw new UsageError("A race has at least one page, one pinner and one round");
  return size;
}

function raceSearchable(size: RaceSize): Searchable {
  const { model, first } = raceModel(size);
  const watched = watchedOfRace(model, size);
  return { model, first, cell: "u8", goal: pinIsLost(model, size), watched };
}

async function fileModel(file: string): Promise<Searchable> {
  const path = resolve(file);
  if (!existsSync(path)) throw new UsageError(`There is no ${file}`);
  const module = (await import(pathToFileURL(path).href)) as {
    readonly model?: OwnModel;
    readonly searchable?: Searchable;
  };
  if (module.searchable !== undefined) return module.searchable;
  if (module.model === undefined)
    throw new UsageError(`${file} exports no \`model\`: bench/own-model.ts says what that is`);
  const { ownModel } = await import("./own-model.ts");
  return ownModel(path, module.model);
}
