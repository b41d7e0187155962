/**
 * States that differ only in who of several like actors does what are one state. interchange.ts finds
 * the actors that may change places; each exchange is an automorphism: it maps the first state to
 * itself, and a step of one actor to the same step of the other. So whatever follows from a state
 * follows, with places changed, from its image, and one state of each orbit is enough to search from:
 * the one whose actors stand in order.
 *
 * Ample sets go with it. What makes a set of actors ample in a state makes its image ample in the
 * image, for all images of what a goal looks at are watched as it is (watched-images.ts): so a search
 * that picks in the ordered state picks as well for all of its orbit. A cycle of
 * ordered states is a way from a state to an image of it, which, gone on with, comes back to the
 * state: a cycle of states, in which some actor comes back to its local state. Steps that may close
 * such a cycle are only taken with everybody's, and which they are does not depend on the actor
 * (future-graph.ts): so nobody is put off for ever.
 *
 * Who looks at states is shown more than one of an orbit. Final states: all. Others: as many as it
 * takes until each actor's part has been in the place of each other, for a goal that looks at local
 * states, or at cells in groups ("watched"), sees no more than one actor's part at a time; where a
 * group is of several actors', all. A goal need not be symmetric; one that is known to be is shown one.
 */
import type { Model, Row } from "../step/index.ts";
import type { Watched } from "./footprints.ts";
import { type Interchangeable, type Name, placeOf } from "./interchange.ts";
import { copyWords, newRow, type WordRow } from "./successors.ts";

/** Where a goal must be shown more images than this, fewer actors change places. */
const imagesMax = 120;

/** Per group, per member, whose place its part takes. */
type Image = readonly (readonly number[])[];

/** What is looked at of a state. */
export interface Looks {
  readonly watched: Watched;
  /** Whether watched cells are all that is looked at: no local states. */
  readonly onlyWatched: boolean;
  /** Whether the same is seen of all images. */
  readonly isSymmetric: boolean;
}

export class Symmetry {
  private readonly groups: readonly Group[];
  private readonly images: readonly Image[];
  private readonly isMember: Uint8Array;
  private readonly isLocal: boolean;
  private readonly watched: readonly number[];
  private readonly shown: WordRow;
  private readonly ordered: WordRow;

  constructor(
    model: Model,
    cell: "u8" | "u16",
    groups: readonly Group[],
    images: readonly Image[],
    { watched, onlyWatched }: Looks,
  ) {
    this.groups = groups;
    this.images = images;
    this.isMember = new Uint8Array(model.actors.length);
    for (const { actors } of groups) for (const actor of actors) this.isMember[actor] = 1;
    this.isLocal = !onlyWatched;
    this.watched = [...new Set(watched.flat())];
    this.shown = newRow(model.layout.width, cell);
    this.ordered = newRow(model.layout.width, cell);
  }

  /** How many states an orbit has at most. */
  get order(): number {
    return this.groups.reduce((product, { actors }) => product * factorial(actors.length), 1);
  }

  /** Puts the actors of a state in order: the same row for every state of an orbit. */
  sort(row: Row): void {
    for (const group of this.groups) group.sort(row, undefined);
  }

  /** Shows images of a state that `mover` made of `before`; the one that ended it, if any did. */
  show(
    { row, words }: WordRow,
    mover: number,
    before: Row,
    see: (row: Row) => boolean,
  ): Row | undefined {
    const { images, groups, shown } = this;
    if (images.length === 0) return undefined;
    const isMoved = this.isLocal && this.isMember[mover] === 1;
    if (!isMoved && !this.isSeen(row, before)) return undefined;
    for (let i = 0; i < images.length; i++) {
      copyWords(words, shown.words);
      for (let g = 0; g < groups.length; g++) groups[g]!.place(row, shown.row, images[i]![g]!);
      if (see(shown.row)) return shown.row;
    }
    return undefined;
  }

  /** Whether two rows differ in cells that are watched. */
  private isSeen(row: Row, before: Row): boolean {
    const { watched } = this;
    for (let i = 0; i < watched.length; i++)
      if (row[watched[i]!] !== before[watched[i]!]) return true;
    return false;
  }

  /** Shows every image of a state, each once. True when one of them ended it. */
  showAll({ row, words }: WordRow, see: (row: Row) => boolean): boolean {
    const { groups, shown } = this;
    const kinds = groups.map((group) => group.kinds(row));
    for (const image of allImages(kinds)) {
      copyWords(words, shown.words);
      groups.forEach((group, i) => {
        group.place(row, shown.row, image[i]!);
      });
      if (see(shown.row)) return true;
    }
    return false;
  }

  /** Whether two rows are of one orbit. */
  isSame(one: WordRow, other: WordRow): boolean {
    const { ordered, shown } = this;
    copyWords(one.words, ordered.words);
    copyWords(other.words, shown.words);
    this.sort(ordered.row);
    this.sort(shown.row);
    return ordered.words.every((word, i) => word === shown.words[i]);
  }

  /** For rows of one orbit: per actor of `to`, the actor of `from` whose part it has. */
  between(from: WordRow, to: WordRow): readonly number[] {
    const found = Array.from(this.isMember, (_, actor) => actor);
    for (const group of this.groups) {
      const [mine, theirs] = [from, to].map(({ words }) => {
        copyWords(words, this.ordered.words);
        const order = [...group.actors];
        group.sort(this.ordered.row, order);
        return order;
      });
      theirs!.forEach((actor, i) => {
        found[actor] = mine![i]!;
      });
    }
    return found;
  }
}

/** The symmetry of actors that are alike, or undefined when none are. */
export function symmetryOf(
  model: Model,
  cell: "u8" | "u16",
  alike: readonly Interchangeable[],
  looks: Looks,
): Symmetry | undefined {
  const { watched, onlyWatched, isSymmetric } = looks;
  let groups = alike.map((one) => new Group(model, one));
  const isTogether = !isSymmetric && watched.some((cells) => partsOf(groups, cells) > 1);
  if (isTogether)
    while (groups.reduce((sum, { actors }) => sum * factorial(actors.length), 1) > imagesMax)
      groups = groups.filter((group) => group !== largest(groups));
  if (groups.length === 0) return undefined;
  const isOne = onlyWatched && !watched.some((cells) => partsOf(groups, cells) > 0);
  const isSame = isSymmetric || isOne;
  const images = isSame ? [] : isTogether ? everyImage(groups) : turns(groups);
  return new Symmetry(model, cell, groups, images, looks);
}

const largest = (groups: readonly Group[]): Group =>
  groups.reduce((most, group) => (group.actors.length > most.actors.length ? group : most));

/** Of how many actors these cells are parts. */
const partsOf = (groups: readonly Group[], cells: readonly number[]): number =>
  groups.flatMap(({ parts }) => parts).filter((part) => cells.some((cell) => part.includes(cell)))
    .length;

/** Actors that may change places. */
class Group {
  readonly actors: readonly number[];
  /** Per member, its cells in the row, its own first. */
  readonly parts: readonly Int32Array[];
  private readonly names: ReadonlyMap<number, readonly Name[]>;

  constructor({ layout }: Model, { actors, cells, names }: Interchangeable) {
    const { actorBase, actorStride } = layout;
    this.actors = actors;
    this.names = names;
    this.parts = actors.map((actor, i) => {
      const from = actorBase + actor * actorStride;
      const own = Array.from({ length: actorStride }, (_, slot) => from + slot);
      return Int32Array.from([...own, ...cells[i]!]);
    });
  }

  /** Puts members in order; `order` is put in the same. */
  sort(row: Row, order: number[] | undefined): void {
    const { length } = this.parts;
    for (let i = 1; i < length; i++)
      for (let j = i; j > 0 && this.isAfter(row, j - 1, j); j--) {
        this.exchange(row, j - 1, j);
        if (order) [order[j - 1], order[j]] = [order[j]!, order[j - 1]!];
      }
  }

  /** Puts each member's part of `from` in the place of member `image[member]` in `to`. */
  place(from: Row, to: Row, image: readonly number[]): void {
    for (let member = 0; member < image.length; member++) {
      const mine = this.parts[member]!;
      const theirs = this.parts[image[member]!]!;
      for (let i = 0; i < mine.length; i++) to[theirs[i]!] = from[mine[i]!]!;
      this.rename(to, member, image[member]!);
    }
  }

  /** Whether the part of one member is to stand after another's. */
  private isAfter(row: Row, one: number, other: number): boolean {
    const mine = this.parts[one]!;
    const theirs = this.parts[other]!;
    const step = row[mine[0]!]! - row[theirs[0]!]!;
    if (step !== 0) return step > 0;
    const names = this.namesAt(row, other);
    for (let i = 1; i < mine.length; i++) {
      let apart = row[mine[i]!]! - row[theirs[i]!]!;
      const name = names?.find(({ slot }) => slot === i);
      if (name !== undefined) apart -= name.apart[one]! - name.apart[other]!;
      if (apart !== 0) return apart > 0;
    }
    return false;
  }

  /** Per member, the first member whose part is the same. */
  kinds(row: Row): readonly number[] {
    return this.parts.map((_, i) =>
      this.parts.findIndex(
        (_, j) => j === i || !(this.isAfter(row, i, j) || this.isAfter(row, j, i)),
      ),
    );
  }

  private exchange(row: Row, one: number, other: number): void {
    const mine = this.parts[one]!;
    const theirs = this.parts[other]!;
    for (let i = 0; i < mine.length; i++) {
      const cell = row[mine[i]!]!;
      row[mine[i]!] = row[theirs[i]!]!;
      row[theirs[i]!] = cell;
    }
    this.rename(row, other, one);
    this.rename(row, one, other);
  }

  /** Member `to` has the part of `from`: its names become those of `to`. */
  private rename(row: Row, from: number, to: number): void {
    const names = this.namesAt(row, to);
    if (names === undefined) return;
    const part = this.parts[to]!;
    for (const { slot, apart } of names) row[part[slot]!]! += apart[to]! - apart[from]!;
  }

  private namesAt(row: Row, member: number): readonly Name[] | undefined {
    if (this.names.size === 0) return undefined;
    const part = this.parts[member]!;
    return this.names.get(placeOf(row[part[0]!]!, row[part[1]!]!));
  }
}

/** Images that bring each member once to the place of each other. */
function turns(groups: readonly Group[]): readonly Image[] {
  const most = Math.max(...groups.map(({ actors }) => actors.length));
  return Array.from({ length: most - 1 }, (_, turn) =>
    groups.map(({ actors }) => actors.map((_, i) => (i + turn + 1) % actors.length)),
  );
}

const everyImage = (groups: readonly Group[]): readonly Image[] =>
  [...allImages(groups.map(({ actors }) => [...actors.keys()]))].slice(1);

/** Every image, the state itself first; members of one kind need not change places. */
function* allImages(kinds: readonly (readonly number[])[]): Generator<Image> {
  const [first, ...rest] = kinds;
  if (first === undefined) yield [];
  else
    for (const order of orders(first, [...first.keys()]))
      for (const others of allImages(rest)) yield [placesIn(order), ...others];
}

/** The orders of these members that differ in kind somewhere. */
function* orders(
  kinds: readonly number[],
  members: readonly number[],
): Generator<readonly number[]> {
  if (members.length === 0) yield [];
  for (const one of members) {
    if (members.find((other) => kinds[other] === kinds[one]) !== one) continue;
    const left = members.filter((other) => other !== one);
    for (const others of orders(kinds, left)) yield [one, ...others];
  }
}

/** Per member, its place in an order. */
const placesIn = (order: readonly number[]): readonly number[] =>
  order.map((_, member) => order.indexOf(member));

const factorial = (of: number): number => (of < 2 ? 1 : of * factorial(of - 1));
