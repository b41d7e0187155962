/**
 * What a goal looks at, as like actors see it who may change places (symmetry.ts). A search that
 * takes an orbit of states for one picks in one state for all of them: its ample sets must do to the
 * goal in each image what they do in the state. So with a group of cells its images are watched, and
 * the goal is asked whether it is the same of them all (goal-effects.ts).
 */
import type { Interchangeable } from "./interchange.ts";

/** Groups of cells; each group is what one goal looks at. */
export type Watched = readonly (readonly number[])[];

/** More groups of images than this are not worth their bits. */
const imagesMax = 120;

/** Two actors' cells of the world, as they are swapped. */
export type Swap = ReadonlyMap<number, number>;

/** Swaps of the first member with each other: all others follow from them. */
export function swapsOf(alike: readonly Interchangeable[]): readonly Swap[] {
  return alike.flatMap(({ cells: [mine, ...others] }) =>
    others.map(
      (theirs) =>
        new Map([
          ...mine!.map((cell, i) => [cell, theirs[i]!] as const),
          ...theirs.map((cell, i) => [cell, mine![i]!] as const),
        ]),
    ),
  );
}

export const imageOf = (cells: readonly number[], swap: Swap): readonly number[] =>
  cells.map((cell) => swap.get(cell) ?? cell);

/** The name of a group, in whatever order its cells are told. */
export const nameOf = (cells: readonly number[]): string =>
  [...cells].sort((a, b) => a - b).join(" ");

/** The groups and after them all their images that are none of them; undefined when there are too many. */
export function withImages(watched: Watched, swaps: readonly Swap[]): Watched | undefined {
  const all = [...watched];
  const names = new Set(all.map(nameOf));
  for (let at = 0; at < all.length; at++)
    for (const swap of swaps) {
      const image = imageOf(all[at]!, swap);
      if (names.has(nameOf(image))) continue;
      if (all.length === watched.length + imagesMax) return undefined;
      names.add(nameOf(image));
      all.push(image);
    }
  return all;
}
