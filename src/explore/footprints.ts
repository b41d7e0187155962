/**
 * Which actor's step may be taken alone. A step whose cells no other actor's future writes, and
 * whose writes nobody's future reads, may be taken first: every run has an equivalent one that does
 * so. Futures are sets of cells per local state (future-graph.ts), found from the traced steps.
 *
 * Cells of the world that a goal looks at ("watched") count as touched by whoever writes one of
 * them, so that no two changes of what the goal sees are swapped.
 */
import type { Model, Row } from "../step/index.ts";
import type { CellValues } from "./cell-values.ts";
import { type Forgets, FutureGraph, type FutureSetting } from "./future-graph.ts";
import { type GraphLimits, type LocalGraphs, localGraphs } from "./local-graph.ts";
import { LocalStates } from "./local-states.ts";
import { StepTracer, TooMany } from "./step-tracer.ts";

/** Groups of cells; each group is what one goal looks at. */
export type Watched = readonly (readonly number[])[];

/** A coarser graph when the finer one grows too large. */
const graphLimits: readonly GraphLimits[] = [
  { states: 6_000, ways: 40_000, values: 64, owned: true },
  { states: 6_000, ways: 40_000, values: 24, owned: false },
  { states: 6_000, ways: 40_000, values: 2, owned: false },
];
const plainStatesMax = 50_000;
const futureWays = 400_000;
const refinedStatesMax = 4_000;
/** Vectors of "what everybody may still write" that are worth graphs of their own. */
const ownershipsMax = 100_000;

/** The model's footprints, or undefined when it has no traced twin or is too large to trace. */
export function footprintsOf(
  model: Model,
  first: Row,
  cell: "u8" | "u16",
  watched: Watched = [],
  forgets: Forgets = () => false,
): Footprints | undefined {
  const { traced } = model.machine;
  if (traced === undefined) return undefined;
  const mask = cell === "u8" ? 0xff : 0xffff;
  const twin = traced();
  for (const limits of graphLimits) {
    const graphs = localGraphs(model, twin, first, mask, limits);
    if (graphs === undefined) continue;
    const tracer = new StepTracer(model, twin, graphs.values, mask, futureWays);
    return new Footprints(model, first, graphs, tracer, watched, forgets);
  }
  return undefined;
}

/** An actor that has ended, or that nobody will ever start. */
const ended = -1;

/** Everybody's local states, to go on from. */
export interface Located {
  readonly plain: Int32Array;
  readonly classes: Int32Array;
  readonly located: Int32Array;
  graphs: readonly FutureGraph[];
}

/** Local states with equal future writes are one class; class 0 has ended and writes nothing. */
interface WriteClasses {
  readonly ofState: number[];
  readonly numbers: Map<string, number>;
  readonly bits: Uint32Array[];
}

export class Footprints {
  /** Per actor, the cells worth knowing once nobody else will write them. */
  private readonly wanted: readonly (readonly number[])[];
  /** What each cell may ever hold. */
  readonly values: CellValues;
  private readonly tracer: StepTracer;
  private readonly words: number;
  private readonly settings: readonly FutureSetting[];
  private readonly plain: readonly FutureGraph[];
  private readonly refined: readonly Map<string, FutureGraph>[];
  private readonly classes: readonly WriteClasses[];
  private readonly classVectors: LocalStates;
  /** Per vector of classes: everybody's graph, which knows the cells that nobody else will write. */
  private readonly ownerships: FutureGraph[][] = [];
  private readonly pcCells: readonly number[];
  /** Actors that wait for their start, and the plain local state they will begin in. */
  private readonly mayBegin: readonly boolean[];
  private readonly beginnings: readonly number[];
  private readonly now: Located;

  constructor(
    model: Model,
    first: Row,
    graphs: LocalGraphs,
    tracer: StepTracer,
    watched: Watched,
    forgets: Forgets,
  ) {
    this.values = graphs.values;
    this.wanted = model.actors.map((_, actor) => wantedCells(graphs, actor));
    this.tracer = tracer;
    const { width } = model.layout;
    const words = Math.ceil((width + watched.length) / 32);
    this.words = words;
    const goals = goalsByCell(watched, width);
    this.settings = graphs.actors.map(({ cells, wide }, actor) => {
      return { actor, tracer, cells, wide, words, goals, forgets, statesMax: plainStatesMax };
    });
    this.plain = this.settings.map((setting) => new FutureGraph(setting));
    this.refined = model.actors.map(() => new Map());
    this.classes = model.actors.map(() => ({ ofState: [], numbers: new Map(), bits: [] }));
    this.classVectors = new LocalStates(model.actors.length);
    this.pcCells = graphs.actors.map(({ cells }) => cells[0]!);
    this.mayBegin = model.actors.map(
      ({ startsAtOnce }, actor) => graphs.actors[actor]!.begins && !startsAtOnce,
    );
    this.beginnings = this.plain.map((graph, actor) =>
      this.mayBegin[actor] ? graph.locateKey(this.beginningKey(graph, actor, first)) : ended,
    );
    this.now = this.newLocated();
  }

  /** Local states that are known, over all graphs. */
  get size(): number {
    const all = [...this.plain, ...this.refined.flatMap((graphs) => [...graphs.values()])];
    return [...new Set(all)].reduce((sum, graph) => sum + graph.size, 0);
  }

  newLocated(): Located {
    const vector = () => new Int32Array(this.plain.length);
    return { plain: vector(), classes: vector(), located: vector(), graphs: this.plain };
  }

  /** Finds everybody's local state in a row. Ask `mayMoveAlone` afterwards. */
  locate(row: Row): void {
    const { now } = this;
    for (let actor = 0; actor < now.plain.length; actor++) this.locatePlain(actor, row);
    now.graphs = this.ownership();
    for (let actor = 0; actor < now.plain.length; actor++) this.locateRefined(actor, row);
  }

  /** As `locate`, when since the last time only `mover` moved. */
  relocate(row: Row, mover: number): void {
    const { now, beginnings, mayBegin } = this;
    let changed = false;
    for (let actor = 0; actor < now.plain.length; actor++) {
      const begun =
        mayBegin[actor]! &&
        now.plain[actor] === beginnings[actor] &&
        row[this.pcCells[actor]!] !== 0;
      if (actor !== mover && !begun) continue;
      const before = now.classes[actor];
      this.locatePlain(actor, row);
      if (now.classes[actor] !== before || begun) changed = true;
    }
    if (!changed) {
      this.locateRefined(mover, row);
      return;
    }
    now.graphs = this.ownership();
    for (let actor = 0; actor < now.plain.length; actor++) this.locateRefined(actor, row);
  }

  /** Keeps where everybody is, for several moves from one row. */
  save(into: Located): void {
    copyLocated(this.now, into);
  }

  restore(from: Located): void {
    copyLocated(from, this.now);
  }

  /** Whether the step of `actor`, in the row given last, is independent of all others' futures. */
  mayMoveAlone(actor: number): boolean {
    const { located, graphs } = this.now;
    const mover = graphs[actor]!;
    const state = located[actor]!;
    if (mover.isSticky(state)) return false;
    for (let other = 0; other < located.length; other++) {
      if (other === actor || located[other] === ended) continue;
      if (!mover.isIndependent(state, graphs[other]!, located[other]!)) return false;
    }
    return true;
  }

  /** Whether the step of `actor`, in the row given last, is declared to read or write a cell. */
  declares(actor: number, cell: number, write: boolean): boolean {
    const graph = this.now.graphs[actor]!;
    const state = this.now.located[actor]!;
    return graph.writes.has(state, cell) || (!write && graph.reads.has(state, cell));
  }

  private locatePlain(actor: number, row: Row): void {
    const { now } = this;
    const graph = this.plain[actor]!;
    let state = ended;
    if (row[this.pcCells[actor]!] !== 0) state = graph.locate(row);
    else if (this.mayBegin[actor] && row[graph.cells[1]!] === 0) state = this.beginnings[actor]!;
    now.plain[actor] = state;
    now.classes[actor] = state === ended ? 0 : this.writeClass(actor, state);
  }

  private locateRefined(actor: number, row: Row): void {
    const { now } = this;
    const graph = now.graphs[actor]!;
    now.located[actor] = now.plain[actor]!;
    if (now.plain[actor] === ended || graph === this.plain[actor]) return;
    try {
      now.located[actor] =
        row[this.pcCells[actor]!] !== 0
          ? graph.locate(row)
          : graph.locateKey(this.beginningKey(graph, actor, row));
    } catch (error) {
      if (!(error instanceof TooMany)) throw error;
      this.abandon(actor, graph);
    }
  }

  /** A refined graph that grew too large: the plain one is used in its place from now on. */
  private abandon(actor: number, graph: FutureGraph): void {
    for (const graphs of this.ownerships)
      if (graphs[actor] === graph) graphs[actor] = this.plain[actor]!;
    for (const [name, known] of this.refined[actor]!)
      if (known === graph) this.refined[actor]!.set(name, this.plain[actor]!);
  }

  /** The local state in which an actor that waits for its start will begin, as things are. */
  private beginningKey(graph: FutureGraph, actor: number, row: ArrayLike<number>): Int32Array {
    return this.tracer.beginning(
      actor,
      Int32Array.from(graph.cells, (cell) => row[cell]!),
    );
  }

  private writeClass(actor: number, state: number): number {
    const { ofState, numbers, bits: all } = this.classes[actor]!;
    const known = ofState[state];
    if (known !== undefined) return known;
    const bits = this.plain[actor]!.futureWrites.copy(state);
    const key = bits.join();
    const found = numbers.get(key) ?? all.push(bits);
    numbers.set(key, found);
    ofState[state] = found;
    return found;
  }

  private ownership(): readonly FutureGraph[] {
    const number = this.classVectors.add(this.now.classes);
    const known = this.ownerships[number];
    if (known !== undefined) return known;
    if (number >= ownershipsMax) return this.plain;
    const made = this.plain.map((_, actor) => this.refine(actor));
    this.ownerships[number] = made;
    return made;
  }

  /** The actor's graph that also knows the cells which nobody else will write from now on. */
  private refine(actor: number): FutureGraph {
    const plain = this.plain[actor]!;
    const written = new Uint32Array(this.words);
    for (let other = 0; other < this.plain.length; other++) {
      const number = this.now.classes[other]!;
      if (other === actor || number === 0) continue;
      const bits = this.classes[other]!.bits[number - 1]!;
      for (let i = 0; i < this.words; i++) written[i]! |= bits[i]!;
    }
    const wanted = this.wanted[actor]!;
    const isSettled = (cell: number) => ((written[cell >>> 5]! >>> (cell & 31)) & 1) === 0;
    const settled = wanted.filter(isSettled);
    if (settled.length === 0) return plain;
    const known = this.refined[actor]!;
    const name = settled.join();
    const found = known.get(name);
    if (found !== undefined) return found;
    const cells = [...plain.cells, ...settled];
    const made = new FutureGraph({ ...this.settings[actor]!, cells, statesMax: refinedStatesMax });
    known.set(name, made);
    return made;
  }
}

/** Cells that the actor reads, with a few known values, and that are not its own anyway. */
function wantedCells(graphs: LocalGraphs, actor: number): readonly number[] {
  const graph = graphs.actors[actor]!;
  const own = new Set(graph.cells);
  const read = new Set(graph.reads.flatMap((cells) => [...cells]));
  const changes = (cell: number) => (graphs.values.of(cell)?.length ?? 1) > 1;
  return [...read].filter((cell) => !own.has(cell) && changes(cell)).sort((a, b) => a - b);
}

function copyLocated(from: Located, into: Located): void {
  into.plain.set(from.plain);
  into.classes.set(from.classes);
  into.located.set(from.located);
  into.graphs = from.graphs;
}

function goalsByCell(watched: Watched, width: number): ReadonlyMap<number, readonly number[]> {
  const goals = new Map<number, number[]>();
  watched.forEach((cells, goal) => {
    for (const cell of cells) goals.set(cell, [...(goals.get(cell) ?? []), width + goal]);
  });
  return goals;
}
