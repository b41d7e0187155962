/**
 * Models that a bench can search. One of your own is a module that exports `searchable`: its paths
 * in the dialect of src/step, compiled with `compile`, and the goal that must not be reached.
 */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Watched } from "../src/explore/footprints.ts";
import type { Model, Row } from "../src/step/index.ts";
import { flag, numberOf } from "./options.ts";
import { pinIsLost, raceModel, watchedOfRace } from "./race/model.ts";

export interface Searchable {
  readonly model: Model;
  readonly first: Row;
  readonly cell: "u8" | "u16";
  /** The bug: a state that must not be reached. */
  readonly goal: (row: Row) => boolean;
  /** The cells that `goal` looks at, in groups that can each show it. */
  readonly watched: Watched;
}

export function raceSearchable(given: readonly string[]): Searchable {
  const size = {
    pages: numberOf(given, "pages", 2),
    pinners: numberOf(given, "pinners", 2),
    rounds: numberOf(given, "rounds", 1),
    safe: !flag(given, "racy"),
  };
  const { model, first } = raceModel(size);
  const watched = watchedOfRace(model, size);
  return { model, first, cell: "u8", goal: pinIsLost(model, size), watched };
}

export async function fileModel(file: string): Promise<Searchable> {
  const module = (await import(pathToFileURL(resolve(file)).href)) as { searchable: Searchable };
  return module.searchable;
}
