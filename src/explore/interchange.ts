/**
 * Actors that may change places. Two may, if they have the same program, but for names of their own
 * (a handle, a register, a number of theirs), and each touches under its names only cells that
 * nobody else touches. Nothing is declared: names are the slots in which the local states of the two
 * (local-graph.ts) differ, and the steps themselves, run once for both (renamed.ts), show that a name
 * is never told from another.
 */
import type { Model, Row, Traced } from "../step/index.ts";
import type { ActorGraph, LocalGraphs } from "./local-graph.ts";
import { anyNumber } from "./local-states.ts";
import { type Common, Pair, type Place, Renamed, ToldApart } from "./renamed.ts";
import { TooMany } from "./step-tracer.ts";

/** How far the names of each member are from the first one's, in a slot. */
export interface Name {
  readonly slot: number;
  readonly apart: readonly number[];
}

/** Actors any two of which may change places. */
export interface Interchangeable {
  readonly actors: readonly number[];
  /** Per member, the cells of the world that only it touches, in the same order. */
  readonly cells: readonly (readonly number[])[];
  /** By `placeOf` step and statement: the slots that hold names there. */
  readonly names: ReadonlyMap<number, readonly Name[]>;
}

const stepsMax = 1 << 16;
export const placeOf = (pc: number, statement: number): number => statement * stepsMax + pc;

/** All actors of a model that may change places, in groups of at least two. */
export function interchangeable(
  model: Model,
  first: Row,
  graphs: LocalGraphs,
): readonly Interchangeable[] {
  const left = model.actors
    .map((_, actor) => actor)
    .filter((actor) => model.actors[actor]!.startsAtOnce && !graphs.actors[actor]!.isStarted);
  const found: Interchangeable[] = [];
  const twin = model.machine.traced?.();
  if (twin === undefined) return [];
  let touched: Touched | undefined;
  while (left.length > 1) {
    const one = left.shift()!;
    const like = left.filter((other) => hasSameProgram(model, one, other));
    if (like.length === 0) continue;
    touched ??= touchedBy(graphs);
    const of = { model, twin, first, graphs, touched };
    const pairs = like.flatMap((other) => exchange(of, one, other) ?? []);
    const same = pairs.filter(({ mine }) => mine.join() === pairs[0]!.mine.join());
    if (same.length === 0) continue;
    for (const { other } of same) left.splice(left.indexOf(other), 1);
    found.push(grouped(one, same));
  }
  return found;
}

function hasSameProgram({ programs }: Model, one: number, other: number): boolean {
  const [mine, theirs] = [programs[one]!, programs[other]!];
  return (
    mine.length === theirs.length &&
    mine.every(({ pc, cells }, i) => {
      const twin = theirs[i]!;
      return pc === twin.pc && cells.join() === twin.cells.join();
    })
  );
}

/** Per actor, every cell that it may touch. */
type Touched = readonly ReadonlySet<number>[];

const touchedBy = ({ actors }: LocalGraphs): Touched =>
  actors.map(({ reads, writes }) => new Set([...reads, ...writes].flatMap((cells) => [...cells])));

interface Setting {
  readonly model: Model;
  readonly twin: Traced;
  readonly first: Row;
  readonly graphs: LocalGraphs;
  readonly touched: Touched;
}

/** Two that may change places: each one's cells, and how far names are apart. */
interface Exchange {
  readonly other: number;
  readonly mine: readonly number[];
  readonly theirs: readonly number[];
  readonly apart: ReadonlyMap<number, readonly { readonly slot: number; readonly apart: number }[]>;
}

function exchange(of: Setting, one: number, other: number): Exchange | undefined {
  try {
    return exchangeOrThrow(of, one, other);
  } catch (error) {
    if (error instanceof ToldApart || error instanceof TooMany) return undefined;
    throw error;
  }
}

function exchangeOrThrow(of: Setting, one: number, other: number): Exchange | undefined {
  const { model, twin, first, graphs } = of;
  const places = placesOf(graphs.actors[one]!, graphs.actors[other]!, model.layout.actorStride);
  const renamed = new Renamed(model, twin, graphs.values, [one, other]);
  for (const place of places.values()) {
    if (place.pc === 0) continue;
    for (const { pc, statement, slot } of renamed.arrivals(place)) {
      const to = places.get(placeOf(pc, statement));
      for (let i = 2; to !== undefined && i < to.slots.length; i++)
        if (apartOf(slot(i)) !== apartOf(to.slots[i]!)) return undefined;
    }
  }
  const cells = ownCells(of, renamed, one, other);
  if (cells === undefined) return undefined;
  const apart = new Map<number, { slot: number; apart: number }[]>();
  for (const [key, { slots }] of places) {
    const names = slots.flatMap((value, slot) =>
      typeof value === "number" ? [] : [{ slot, apart: value.apart }],
    );
    if (names.length > 0) apart.set(key, names);
  }
  const made = { other, ...cells, apart };
  return beginsAlike(model, first, one, made) ? made : undefined;
}

const apartOf = (value: Common): number => (typeof value === "number" ? 0 : value.apart);

/** Where the two may stand, and what their slots hold there. */
function placesOf(one: ActorGraph, other: ActorGraph, slots: number): ReadonlyMap<number, Place> {
  const mine = numbersAt(one, slots);
  const theirs = numbersAt(other, slots);
  const places = new Map<number, Place>();
  for (const [key, numbers] of mine) {
    const twins = theirs.get(key);
    if (twins === undefined) throw new ToldApart();
    const held = numbers.map((some, slot) => common([...some], [...twins[slot]!]));
    places.set(key, { pc: Number(held[0]), statement: Number(held[1]), slots: held });
  }
  if (places.size !== theirs.size) throw new ToldApart();
  return places;
}

/** By place, the numbers that each slot of an actor's own cells may hold. */
function numbersAt({ states }: ActorGraph, slots: number): Map<number, Set<number>[]> {
  const places = new Map<number, Set<number>[]>();
  for (let state = 0; state < states.size; state++) {
    const key = placeOf(states.slot(state, 0), states.slot(state, 1));
    const numbers = places.get(key) ?? Array.from({ length: slots }, () => new Set<number>());
    places.set(key, numbers);
    numbers.forEach((some, slot) => {
      some.add(states.slot(state, slot));
    });
  }
  return places;
}

function common(mine: number[], theirs: number[]): Common {
  const numbers = (of: number[]) => of.filter((one) => one !== anyNumber).sort((a, b) => a - b);
  const [some, others] = [numbers(mine), numbers(theirs)];
  const apart = (others[0] ?? 0) - (some[0] ?? 0);
  const isMoved =
    some.length === others.length && some.every((one, i) => one + apart === others[i]);
  const isOnly = some.length === 1 && !mine.includes(anyNumber);
  const at = isOnly ? some[0]! : Number.NaN;
  if (isOnly && !isMoved) return Number.NaN;
  return !isMoved || apart === 0 ? at : new Pair(at, apart);
}

/** The cells that each touches under its names, if nobody else touches them. */
function ownCells(
  { model, touched }: Setting,
  { shown }: Renamed,
  one: number,
  other: number,
): { mine: number[]; theirs: number[] } | undefined {
  const { layout, machine } = model;
  const classes = Object.entries(machine.schema.classes);
  const sizes = classes.flatMap(([name, fields]) => fields.map(() => layout.counts[name] ?? 0));
  const offsets = [...layout.offsets.values()];
  const mine: number[] = [];
  const theirs: number[] = [];
  for (const [field, apart] of shown.named) {
    if (shown.anywhere.has(field)) return undefined;
    const of = Array.from({ length: sizes[field]! }, (_, i) => offsets[field]! + i);
    const some = of.filter((cell) => touched[one]!.has(cell));
    const others = of.filter((cell) => touched[other]!.has(cell));
    if (some.map((cell) => cell + apart).join() !== others.join()) return undefined;
    mine.push(...some);
    theirs.push(...others);
  }
  const isOwn = (actor: number) => (cell: number) =>
    !shown.cells.has(cell) && touched.every((cells, who) => who === actor || !cells.has(cell));
  return mine.every(isOwn(one)) && theirs.every(isOwn(other)) ? { mine, theirs } : undefined;
}

/** Whether the first state stays what it is when the two change places. */
function beginsAlike(
  { layout }: Model,
  first: Row,
  one: number,
  { other, mine, theirs, apart }: Exchange,
): boolean {
  const { actorBase, actorStride } = layout;
  const [from, to] = [actorBase + one * actorStride, actorBase + other * actorStride];
  const names = new Map(
    apart.get(placeOf(first[from]!, first[from + 1]!))?.map((name) => [name.slot, name.apart]),
  );
  for (let slot = 0; slot < actorStride; slot++)
    if (first[from + slot]! + (names.get(slot) ?? 0) !== first[to + slot]) return false;
  return mine.every((cell, i) => first[cell] === first[theirs[i]!]);
}

function grouped(one: number, pairs: readonly Exchange[]): Interchangeable {
  const names = new Map<number, Name[]>();
  pairs.forEach(({ apart }, i) => {
    for (const [place, slots] of apart)
      for (const { slot, apart } of slots) {
        const at = names.get(place) ?? [];
        names.set(place, at);
        const known = at.find((name) => name.slot === slot);
        if (known) (known.apart as number[])[i + 1] = apart;
        else at.push({ slot, apart: nothing(pairs.length + 1, i + 1, apart) });
      }
  });
  return {
    actors: [one, ...pairs.map(({ other }) => other)],
    cells: [pairs[0]!.mine, ...pairs.map(({ theirs }) => theirs)],
    names,
  };
}

function nothing(members: number, member: number, apart: number): readonly number[] {
  const all = new Array<number>(members).fill(0);
  all[member] = apart;
  return all;
}
