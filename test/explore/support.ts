/** Small models in the path dialect, and what two searches of one model must agree on. */
import { footprintsOf, type Watched } from "../../src/explore/footprints.ts";
import type { Forgets } from "../../src/explore/future-graph.ts";
import type { Interchangeable } from "../../src/explore/interchange.ts";
import { type Reductions, reducedSearch } from "../../src/explore/reduced-search.ts";
import { type SearchOptions, type SearchResult, search } from "../../src/explore/search.ts";
import { newRow } from "../../src/explore/successors.ts";
import { compile } from "../../src/step/compile.ts";
import { type ActorProgram, type Model, model, type Row } from "../../src/step/index.ts";

export interface Toy {
  readonly model: Model;
  readonly first: Row;
}

/** A model of `world` cells (each field one cell unless `counts` says more) and one entry per actor. */
export function toy(
  source: string,
  fields: readonly string[],
  actors: readonly (Omit<ActorProgram, "name" | "startsAtOnce"> & { waits?: boolean })[],
  cellsPerField = 1,
): Toy {
  const schema = { classes: { world: fields }, decisions: {} };
  const entries = [...new Set(actors.flatMap(({ statements }) => statements.map((s) => s.entry)))];
  const compiled = compile(schema, [{ file: "toy.ts", text: source }], entries);
  if (!compiled.ok) throw new Error(compiled.diagnostic.message);
  const made = model(compiled.value, {
    counts: { world: cellsPerField },
    actors: actors.map(({ statements, waits }, i) => {
      return { name: `actor ${i}`, statements, startsAtOnce: waits !== true };
    }),
    decisions: [],
  });
  const { row } = newRow(made.layout.width, "u8");
  made.activate();
  made.loadActors(row);
  return { model: made, first: row };
}

export interface Seen {
  readonly result: SearchResult;
  /** Final rows, local states of every actor, and values of the goal, each as sorted text. */
  readonly finals: readonly string[];
  readonly locals: readonly string[];
  readonly bug: boolean;
}

type Run = (options: SearchOptions) => SearchResult;

function seen(of: Model, cell: "u8" | "u16", goal: (row: Row) => boolean, run: Run): Seen {
  const finals = new Set<string>();
  const locals = new Set<string>();
  let bug = false;
  const { actorBase, actorStride } = of.layout;
  const result = run({
    cell,
    onState: (row) => {
      bug ||= goal(row);
      of.actors.forEach((_, actor) => {
        const from = actorBase + actor * actorStride;
        locals.add(`${actor}: ${row.slice(from, from + actorStride).join(" ")}`);
      });
      return false;
    },
    onFinal: (row) => {
      finals.add(row.join(" "));
      return false;
    },
  });
  return { result, finals: [...finals].sort(), locals: [...locals].sort(), bug };
}

interface Asked {
  readonly cell?: "u8" | "u16";
  readonly goal?: (row: Row) => boolean;
  readonly watched?: Watched;
  /** Whether `goal` may be asked of rows that cannot be, to learn what steps do to it. */
  readonly pure?: boolean;
  /** Accesses to leave out of footprints. */
  readonly forgets?: Forgets;
  /** Actors to take for alike, right or wrong. */
  readonly alike?: readonly Interchangeable[];
}

/** The plain search and one with reductions, of the same model. */
export function both(
  { model: of, first }: Toy,
  reduce: Reductions,
  { cell = "u8", goal = () => false, watched = [], forgets = () => false, alike, pure }: Asked = {},
): { plain: Seen; reduced: Seen } {
  const footprints = footprintsOf(of, first, cell, {
    watched,
    forgets,
    goal: pure ? goal : undefined,
    symmetry: reduce.symmetry,
  });
  if (footprints === undefined) throw new Error("The model has no footprints.");
  return {
    plain: seen(of, cell, goal, (options) => search(of, first, options)),
    reduced: seen(of, cell, goal, (options) =>
      reducedSearch(of, first, footprints, { ...options, reduce, ...(alike && { alike }) }),
    ),
  };
}
