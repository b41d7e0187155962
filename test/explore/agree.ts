/** One world searched plainly and with every reduction: what a verdict may rest on must be the same. */
import { footprintsOf } from "../../src/explore/footprints.ts";
import type { Forgets } from "../../src/explore/future-graph.ts";
import { reducedSearch } from "../../src/explore/reduced-search.ts";
import { type SearchOptions, type SearchResult, search } from "../../src/explore/search.ts";
import { TooMany } from "../../src/explore/step-tracer.ts";
import type { Row } from "../../src/step/index.ts";
import { Collected } from "../../src/verdict/collect.ts";
import type { World } from "../../src/verdict/world.ts";

/** Outcome classes, who waits for ever, what never ran, and every local state of every actor. */
export interface Seen {
  readonly states: number;
  readonly complete: boolean;
  readonly outcomes: readonly string[];
  readonly stuck: readonly string[];
  readonly unreached: readonly string[];
  readonly locals: ReadonlySet<string>;
}

function seen(world: World, run: (options: SearchOptions) => SearchResult, most: number): Seen {
  const ends = new Collected(world);
  const locals = new Set<string>();
  const { actorBase, actorStride } = world.model.layout;
  const result = run({
    cell: "u16",
    maxStates: most,
    onState: (row: Row) => {
      ends.see(row);
      for (let actor = 0; actor < world.model.actors.length; actor++) {
        const from = actorBase + actor * actorStride;
        locals.add(`${actor} ${row.subarray(from, from + actorStride).join()}`);
      }
      return false;
    },
    onFinal: (row: Row) => {
      ends.end(row, 0);
      return false;
    },
  });
  return {
    states: result.states,
    complete: result.bound === undefined,
    outcomes: [...ends.valuations.keys()].sort(),
    stuck: [...ends.stuck].sort(),
    unreached: ends.unreached((actor, statement) => `${actor} ${statement}`),
    locals,
  };
}

export type Agreement =
  | { readonly kind: "no footprints" | "too large" }
  | { readonly kind: "compared"; readonly plain: Seen; readonly reduced: Seen };

/** Both searches of a world of at most `most` states; `forgets` makes its footprints wrong. */
export function compareSearches(world: World, most: number, forgets?: Forgets): Agreement {
  const { model, first } = world;
  const footprints = footprintsOf(model, first, "u16", {
    symmetry: true,
    ...(forgets ? { forgets } : {}),
  });
  if (footprints === undefined) return { kind: "no footprints" };
  const plain = seen(world, (options) => search(model, first, options), most);
  if (!plain.complete) return { kind: "too large" };
  const reduce = { ample: true, chains: true, symmetry: true };
  try {
    const reduced = seen(
      world,
      (options) => reducedSearch(model, first, footprints, { ...options, reduce }),
      most,
    );
    return { kind: "compared", plain, reduced };
  } catch (error) {
    if (error instanceof TooMany) return { kind: "no footprints" };
    throw error;
  }
}

/** What the two searches do not agree on, in words; empty when all is well. */
export function disagreements(plain: Seen, reduced: Seen): readonly string[] {
  const found: string[] = [];
  const same = (what: string, one: readonly string[], other: readonly string[]) => {
    if (one.join("\n") !== other.join("\n")) found.push(`${what}: ${one} and ${other}`);
  };
  same("outcomes", plain.outcomes, reduced.outcomes);
  same("stuck", plain.stuck, reduced.stuck);
  same("unreached", plain.unreached, reduced.unreached);
  const lost = [...plain.locals].filter((one) => !reduced.locals.has(one));
  const invented = [...reduced.locals].filter((one) => !plain.locals.has(one));
  if (lost.length > 0) found.push(`${lost.length} local states lost, as ${lost[0]}`);
  if (invented.length > 0)
    found.push(`${invented.length} local states invented, as ${invented[0]}`);
  if (reduced.states > plain.states) found.push("more states with reductions than without");
  return found;
}
