/**
 * A model of your own, for `bench -- model FILE`: a JavaScript module that exports `model` and, as
 * exported generator functions in the dialect of src/step/dialect.ts, its paths. One `yield "label"`
 * before each atomic step; `object.field[index]` is a cell, `until(condition)` waits, `choose(n)` is
 * any number below n, `start(actor)` starts one. The functions are compiled from the file's text, so
 * their objects need no declaration. bench/own has examples, each with a SPIN model beside it. A module
 * may also export `searchable`, a model that it has compiled itself (models.ts).
 */
import { readFileSync } from "node:fs";
import { newRow } from "../src/explore/successors.ts";
import { compile } from "../src/step/compile.ts";
import { type Machine, model, type Row } from "../src/step/index.ts";
import type { Searchable } from "./models.ts";
import { UsageError } from "./options.ts";

export interface OwnModel {
  /** Bytes of a cell; one unless said. */
  readonly cell?: "u8" | "u16";
  readonly objects: Readonly<
    Record<string, { readonly count: number; readonly fields: readonly string[] }>
  >;
  readonly actors: readonly {
    readonly path: string;
    readonly arguments?: readonly number[];
    /** Does not run before another actor starts it. */
    readonly waits?: boolean;
  }[];
  /** What cells hold at first, from index 0 on; 0 unless said. */
  readonly first?: Readonly<Record<string, readonly number[]>>;
  /** The bug: cells, as "page.ref[2]", and whether it shows in what they hold. */
  readonly never: readonly {
    readonly cells: readonly string[];
    readonly shows: (...values: readonly number[]) => boolean;
  }[];
}

export function ownModel(file: string, described: OwnModel): Searchable {
  const { objects, actors, cell = "u8" } = described;
  const of = <T>(value: (one: OwnModel["objects"][string]) => T) =>
    Object.fromEntries(Object.entries(objects).map(([name, one]) => [name, value(one)]));
  const classes = of(({ fields }) => fields);
  const made = model(machineOf(file, classes, [...new Set(actors.map(({ path }) => path))]), {
    counts: of(({ count }) => count),
    actors: actors.map(({ path, arguments: given = [], waits }, number) => ({
      name: `${path} ${number}`,
      statements: [{ entry: path, arguments: given }],
      startsAtOnce: waits !== true,
    })),
    decisions: [],
  });
  const place = (field: string, index: number): number => {
    const from = made.layout.offsets.get(field);
    if (from === undefined || !(index < made.layout.counts[field.split(".")[0]!]!))
      throw new UsageError(`${file}: there is no cell ${field}[${index}]`);
    return from + index;
  };
  const { row } = newRow(made.layout.width, cell);
  made.activate();
  for (const [field, values] of Object.entries(described.first ?? {}))
    values.forEach((value, index) => {
      row[place(field, index)] = value;
    });
  made.loadActors(row);
  const watched = described.never.map(({ cells }) =>
    cells.map((name) => {
      const [, field, index] = /^(\w+\.\w+)\[(\d+)\]$/.exec(name) ?? [];
      if (field === undefined)
        throw new UsageError(`${file}: '${name}' is no cell, as page.ref[2]`);
      return place(field, Number(index));
    }),
  );
  const goal = (row: Row): boolean =>
    watched.some((cells, i) => described.never[i]!.shows(...cells.map((one) => row[one]!)));
  return { model: made, first: row, cell, goal, watched };
}

function machineOf(
  file: string,
  classes: Readonly<Record<string, readonly string[]>>,
  entries: readonly string[],
): Machine {
  const text = readFileSync(file, "utf8");
  for (const path of entries)
    if (!new RegExp(`function\\s*\\*\\s*${path}\\b`).test(text))
      throw new UsageError(`${file}: No path is named ${path}: it must be a function* of the file`);
  const result = compile({ classes, decisions: {} }, [{ file, text }], entries);
  if (result.ok) return result.value;
  const { code, message, span } = result.diagnostic;
  const line = text.slice(0, span.start).split("\n").length;
  throw new UsageError(`${file}:${line}: ${code} ${message}`);
}
