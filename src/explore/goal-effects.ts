/**
 * What a step can do to a goal. The order of two steps matters to it only where the one to be taken
 * first may end what the goal sees and the other may bring it about: a run that comes to the goal
 * comes to it all the same with a step before it that ends nothing. Which steps do what is found by
 * asking the goal itself, for all that the cells it looks at may hold.
 */
import type { Row } from "../step/index.ts";
import type { CellValues } from "./cell-values.ts";
import type { Numbers } from "./step-tracer.ts";
import { imageOf, nameOf, type Swap, type Watched, withImages } from "./watched-images.ts";

export interface GoalEffect {
  readonly mayEnd: boolean;
  readonly mayBring: boolean;
}

const either: GoalEffect = { mayEnd: true, mayBring: true };
/** Combinations of values that are tried; where there are more, a step may do either. */
const triedMax = 20_000;

/** One cell of a group around a step: what it may hold before, and what the step may put there. */
interface Around {
  readonly before: readonly number[];
  /** Undefined when the step leaves the cell alone. */
  readonly after: readonly number[] | undefined;
}

export class GoalEffects {
  readonly watched: Watched;
  private readonly goal: ((row: Row) => boolean) | undefined;
  private readonly values: CellValues;
  private readonly first: Row;
  private readonly before: Row;
  private readonly after: Row;
  private readonly known = new Map<string, GoalEffect>();
  /** Groups whose part of the goal shows by itself. */
  private readonly isAlone: boolean[];
  /** Whether the goal is the same of a state and of its images. */
  readonly isSymmetric: boolean;

  /**
   * `goal` is true of a row when it is of one group's cells there; undefined when it is not known.
   * Images of groups, by `swaps`, are watched with them.
   */
  constructor(
    first: Row,
    values: CellValues,
    groups: Watched,
    goal: ((row: Row) => boolean) | undefined,
    swaps: readonly Swap[] = [],
  ) {
    const watched = withImages(groups, swaps) ?? groups;
    this.watched = watched;
    this.goal = goal;
    this.values = values;
    this.first = first;
    this.before = first.slice();
    this.after = first.slice();
    const isTried = (group: number) => goal !== undefined && group < groups.length;
    this.isAlone = watched.map((_, group) => isTried(group) && this.showsAlone(group));
    this.blur(swaps);
    this.isSymmetric = watched.length === groups.length && this.isAlone.every((alone) => alone);
  }

  /** The effect of a step's writes on a group; `holds` says what is known of a cell before them. */
  of(
    group: number,
    holds: (cell: number) => number | undefined,
    writes: ReadonlyMap<number, Numbers>,
  ): GoalEffect {
    if (!this.isAlone[group]) return either;
    const around: Around[] = [];
    for (const cell of this.watched[group]!) {
      const held = holds(cell);
      const before = held === undefined ? this.values.of(cell) : [held];
      const after = writes.has(cell) ? (writes.get(cell) ?? this.values.of(cell)) : undefined;
      if (before === undefined || (after === undefined && writes.has(cell))) return either;
      around.push({ before, after: after && [...new Set(after)] });
    }
    const key = `${group} ${around.map(({ before, after }) => `${before}>${after}`).join(" ")}`;
    const known = this.known.get(key) ?? this.tried(group, around);
    this.known.set(key, known);
    return known;
  }

  /** Where a goal tells images from one another, a step may do either to all of them. */
  private blur(swaps: readonly Swap[]): void {
    const { watched, isAlone } = this;
    const groups = new Map(watched.map((cells, group) => [nameOf(cells), group] as const));
    for (let changed = true; changed; ) {
      changed = false;
      watched.forEach((cells, group) => {
        for (const swap of swaps) {
          const image = imageOf(cells, swap);
          const other = groups.get(nameOf(image))!;
          if (!isAlone[group] && !isAlone[other]) continue;
          const isBoth = isAlone[group] && isAlone[other];
          if (isBoth && (image.join() === cells.join() || this.showsAlike(cells, image))) continue;
          isAlone[group] = false;
          isAlone[other] = false;
          changed = true;
        }
      });
    }
  }

  /** Whether the goal is the same of some cells as of others that hold the same. */
  private showsAlike(cells: readonly number[], others: readonly number[]): boolean {
    const held = cells.map((cell, i) => {
      const [some, more] = [this.values.of(cell), this.values.of(others[i]!)];
      return some && more && [...new Set([...some, ...more])];
    });
    if (!held.every((values) => values !== undefined)) return false;
    let isSame = true;
    const isTried = this.combined(held, (chosen) => {
      const shows = [cells, others].map((of) => {
        const row = this.first.slice();
        of.forEach((cell, i) => {
          row[cell] = chosen[i]!;
        });
        return this.goal!(row);
      });
      if (shows[0] !== shows[1]) isSame = false;
    });
    return isTried && isSame;
  }

  private tried(group: number, around: readonly Around[]): GoalEffect {
    const { before, after } = this;
    const cells = this.watched[group]!;
    let mayEnd = false;
    let mayBring = false;
    const isTried = this.combined(
      around.flatMap((one) => (one.after ? [one.before, one.after] : [one.before])),
      (chosen) => {
        let next = 0;
        cells.forEach((cell, i) => {
          before[cell] = chosen[next++]!;
          after[cell] = around[i]!.after ? chosen[next++]! : before[cell]!;
        });
        const [was, is] = [this.goal!(before), this.goal!(after)];
        mayEnd ||= was && !is;
        mayBring ||= is && !was;
      },
    );
    for (const cell of cells) for (const row of [before, after]) row[cell] = this.first[cell]!;
    return isTried ? { mayEnd, mayBring } : either;
  }

  /** Whether no other group shows, whatever the cells hold that it has in common with this one. */
  private showsAlone(group: number): boolean {
    const others = new Set(this.watched.flatMap((cells, i) => (i === group ? [] : cells)));
    const common = this.watched[group]!.filter((cell) => others.has(cell));
    const held = common.map((cell) => this.values.of(cell));
    if (!held.every((values) => values !== undefined)) return false;
    const { before } = this;
    let isAlone = true;
    const isTried = this.combined(held, (chosen) => {
      common.forEach((cell, i) => {
        before[cell] = chosen[i]!;
      });
      if (this.goal!(before)) isAlone = false;
    });
    for (const cell of common) before[cell] = this.first[cell]!;
    return isTried && isAlone;
  }

  /** Runs `each` with one value of every list, in all combinations; false when there are too many. */
  private combined(
    lists: readonly (readonly number[])[],
    each: (chosen: readonly number[]) => void,
  ): boolean {
    if (lists.reduce((product, { length }) => product * length, 1) > triedMax) return false;
    const chosen: number[] = [];
    const choose = (at: number): void => {
      if (at === lists.length) each(chosen);
      else
        for (const value of lists[at]!) {
          chosen[at] = value;
          choose(at + 1);
        }
    };
    choose(0);
    return true;
  }
}
