/**
 * Which actor's step may be taken alone. A step whose cells no other actor's future writes, and
 * whose writes nobody's future reads, may be taken first: every run has an equivalent one that does
 * so. Futures are sets of cells per local state (future-graph.ts), found from the traced steps.
 *
 * Cells of the world that a goal looks at ("watched") count as touched by whoever writes one of
 * them, so that no two changes of what the goal sees are swapped.
 */
import type { Model, Row } from "../step/index.ts";
import { type CellSets, FutureGraph, type FutureSetting } from "./future-graph.ts";
import { type GraphLimits, type LocalGraphs, localGraphs } from "./local-graph.ts";
import { StepTracer } from "./step-tracer.ts";

/** Groups of cells; each group is what one goal looks at. */
export type Watched = readonly (readonly number[])[];

/** A coarser graph when the finer one grows too large. */
const graphLimits: readonly GraphLimits[] = [
  { states: 6_000, values: 64, owned: true },
  { states: 6_000, values: 24, owned: false },
  { states: 20_000, values: 1, owned: false },
];
const futureStatesMax = 20_000;
/** Different sets of settled cells that are worth graphs of their own. */
const ownershipsMax = 4_000;

/** The model's footprints, or undefined when it has no traced twin or is too large to trace. */
export function footprintsOf(
  model: Model,
  first: Row,
  cell: "u8" | "u16",
  watched: Watched = [],
): Footprints | undefined {
  const { traced } = model.machine;
  if (traced === undefined) return undefined;
  const mask = cell === "u8" ? 0xff : 0xffff;
  const twin = traced();
  for (const limits of graphLimits) {
    const graphs = localGraphs(model, twin, first, mask, limits);
    if (graphs === undefined) continue;
    const tracer = new StepTracer(model, twin, graphs.values, mask);
    return new Footprints(model, first, graphs, tracer, watched);
  }
  return undefined;
}

const ended = -1;

/** For one vector of "what everybody may still write": a graph per actor that knows what is settled. */
type Ownership = readonly FutureGraph[];

export class Footprints {
  private readonly model: Model;
  private readonly graphs: LocalGraphs;
  private readonly words: number;
  private readonly settings: readonly FutureSetting[];
  private readonly plain: readonly FutureGraph[];
  /** Classes of equal future writes, per actor: local state -> class, and each class's bits. */
  private readonly classOf: readonly number[][];
  private readonly classes: readonly {
    readonly keys: Map<string, number>;
    readonly bits: Uint32Array[];
  }[];
  private readonly ownerships = new Map<string, Ownership>();
  private readonly refined: readonly Map<string, FutureGraph>[];
  private readonly located: Int32Array;
  private readonly graphOf: FutureGraph[];
  private readonly unborn: readonly Int32Array[];

  constructor(model: Model, first: Row, graphs: LocalGraphs, tracer: StepTracer, watched: Watched) {
    this.model = model;
    this.graphs = graphs;
    this.words = Math.ceil((model.layout.width + watched.length) / 32);
    const goals = goalsByCell(watched, model.layout.width);
    this.settings = graphs.actors.map(({ cells, wide }, actor) => ({
      actor,
      tracer,
      cells,
      wide,
      words: this.words,
      goals,
      statesMax: futureStatesMax,
    }));
    this.plain = this.settings.map((setting) => new FutureGraph(setting));
    this.classOf = model.actors.map(() => []);
    this.classes = model.actors.map(() => ({ keys: new Map(), bits: [] }));
    this.refined = model.actors.map(() => new Map());
    this.located = new Int32Array(model.actors.length);
    this.graphOf = [...this.plain];
    this.unborn = model.actors.map((_, actor) =>
      tracer.beginning(
        actor,
        Int32Array.from(graphs.actors[actor]!.cells, (cell) => first[cell]!),
      ),
    );
  }

  /** Local states that are known, over all graphs. */
  get size(): number {
    const all = [...this.plain, ...this.refined.flatMap((graphs) => [...graphs.values()])];
    return new Set(all).size === 0 ? 0 : all.reduce((sum, graph) => sum + graph.size, 0);
  }

  /** Finds everybody's local state in a row. Ask `mayMoveAlone` afterwards. */
  locate(row: Row): void {
    const { located, plain } = this;
    let key = "";
    for (let actor = 0; actor < located.length; actor++) {
      located[actor] = this.locatePlain(actor, row);
      key += String.fromCharCode(this.writeClass(actor, located[actor]!));
    }
    const graphs = this.ownership(key);
    for (let actor = 0; actor < located.length; actor++) {
      const graph = graphs[actor]!;
      this.graphOf[actor] = graph;
      if (graph === plain[actor] || located[actor] === ended) continue;
      located[actor] = this.locateIn(graph, actor, row);
    }
  }

  /** Whether the step of `actor`, in the row given to `locate`, is independent of all others' futures. */
  mayMoveAlone(actor: number): boolean {
    const { located, graphOf, words } = this;
    const mover = graphOf[actor]!;
    const state = located[actor]!;
    if (mover.isSticky(state)) return false;
    for (let other = 0; other < located.length; other++) {
      if (other === actor || located[other] === ended) continue;
      if (!independent(mover, state, graphOf[other]!, located[other]!, words)) return false;
    }
    return true;
  }

  private locatePlain(actor: number, row: Row): number {
    const graph = this.plain[actor]!;
    const [pc, ip] = graph.cells as [number, number];
    if (row[pc] !== 0) return graph.locate(row);
    return this.isUnborn(actor, row[ip]!) ? graph.locateKey(this.unborn[actor]!.slice()) : ended;
  }

  private isUnborn(actor: number, ip: number): boolean {
    return ip === 0 && this.graphs.actors[actor]!.begins && !this.model.actors[actor]!.startsAtOnce;
  }

  private locateIn(graph: FutureGraph, actor: number, row: Row): number {
    const [pc] = graph.cells as [number];
    if (row[pc] !== 0) return graph.locate(row);
    const key = Int32Array.from(graph.cells, (cell) => row[cell]!);
    key.set(this.unborn[actor]!.subarray(0, this.model.layout.actorStride));
    return graph.locateKey(key);
  }

  private writeClass(actor: number, state: number): number {
    if (state === ended) return 0;
    const known = this.classOf[actor]![state];
    if (known !== undefined) return known;
    const { futureWrites } = this.plain[actor]!;
    const bits = futureWrites.bits.slice(state * this.words, (state + 1) * this.words);
    const { keys, bits: all } = this.classes[actor]!;
    const key = bits.join();
    const found = keys.get(key) ?? all.push(bits);
    keys.set(key, found);
    this.classOf[actor]![state] = found;
    return found;
  }

  private ownership(key: string): Ownership {
    const known = this.ownerships.get(key);
    if (known !== undefined) return known;
    const made =
      this.ownerships.size >= ownershipsMax
        ? this.plain
        : this.plain.map((plain, actor) => this.refine(plain, actor, key));
    this.ownerships.set(key, made);
    return made;
  }

  /** The actor's graph that also knows the cells which, by `key`, nobody else will write. */
  private refine(plain: FutureGraph, actor: number, key: string): FutureGraph {
    const written = new Uint32Array(this.words);
    for (let other = 0; other < this.plain.length; other++) {
      const number = key.charCodeAt(other);
      if (other === actor || number === 0) continue;
      const bits = this.classes[other]!.bits[number - 1]!;
      for (let i = 0; i < this.words; i++) written[i]! |= bits[i]!;
    }
    const settled = this.wanted(actor).filter(
      (cell) => ((written[cell >>> 5]! >>> (cell & 31)) & 1) === 0,
    );
    if (settled.length === 0) return plain;
    const name = settled.join();
    const made =
      this.refined[actor]!.get(name) ??
      new FutureGraph({ ...this.settings[actor]!, cells: [...plain.cells, ...settled] });
    this.refined[actor]!.set(name, made);
    return made;
  }

  /** Cells that the actor reads, with a few known values, and that are not its own anyway. */
  private wanted(actor: number): readonly number[] {
    const graph = this.graphs.actors[actor]!;
    const read = new Set(graph.reads.flatMap((cells) => [...cells]));
    return [...read]
      .filter(
        (cell) => !graph.cells.includes(cell) && (this.graphs.values.of(cell)?.length ?? 1) > 1,
      )
      .sort((a, b) => a - b);
  }
}

function goalsByCell(watched: Watched, width: number): ReadonlyMap<number, readonly number[]> {
  const goals = new Map<number, number[]>();
  watched.forEach((cells, goal) => {
    for (const cell of cells) goals.set(cell, [...(goals.get(cell) ?? []), width + goal]);
  });
  return goals;
}

function independent(
  mover: FutureGraph,
  state: number,
  other: FutureGraph,
  otherState: number,
  words: number,
): boolean {
  const mine = state * words;
  const theirs = otherState * words;
  const reads: CellSets["bits"] = mover.reads.bits;
  const writes = mover.writes.bits;
  const futureReads = other.futureReads.bits;
  const futureWrites = other.futureWrites.bits;
  for (let i = 0; i < words; i++) {
    const written = writes[mine + i]!;
    const touched = reads[mine + i]! | written;
    if ((touched & futureWrites[theirs + i]!) !== 0) return false;
    if ((written & futureReads[theirs + i]!) !== 0) return false;
  }
  return true;
}
