/**
 * Which cells an actor alone may still change. Local states with equal future writes are one class;
 * from everybody's classes follows, for each actor, the set of cells that nobody else will write
 * any more ("settled"): a finer graph of the actor knows their values.
 */
import { FutureGraph, type FutureSetting } from "./future-graph.ts";
import { LocalStates } from "./local-states.ts";

/** Vectors of "what everybody may still write" that are worth graphs of their own. */
const ownershipsMax = 100_000;
const refinedStatesMax = 4_000;
/** Ways through steps that one refined graph, and all of them, may be traced for. */
const refinedWaysMax = 20_000;
const allRefinedWaysMax = 100_000;

/** Class 0 has ended and writes nothing. */
interface WriteClasses {
  readonly ofState: number[];
  readonly numbers: Map<string, number>;
  readonly bits: Uint32Array[];
}

/** The graph that knows the cells of `settled`, as bits. */
interface Refined {
  readonly settled: Uint32Array;
  graph: FutureGraph;
}

export class Ownership {
  private readonly settings: readonly FutureSetting[];
  readonly plain: readonly FutureGraph[];
  /** Per actor, the cells worth knowing once nobody else will write them, as bits. */
  private readonly wanted: readonly Uint32Array[];
  /** Cells that anybody wants to know: what else an actor may write tells no classes apart. */
  private readonly asked: Uint32Array;
  private readonly classes: readonly WriteClasses[];
  private readonly refined: readonly Refined[][];
  /** Refined graphs, given up or not. */
  private readonly traced: FutureGraph[] = [];
  private readonly classVectors: LocalStates;
  /** Per vector of classes, its vector of graphs; equal ones are one object. */
  private readonly graphVectors: (readonly FutureGraph[])[] = [];
  private readonly distinct: FutureGraph[][] = [];
  private readonly scratch: Uint32Array;

  constructor(settings: readonly FutureSetting[], wanted: readonly (readonly number[])[]) {
    this.settings = settings;
    this.plain = settings.map((setting) => new FutureGraph(setting));
    const words = settings[0]?.words ?? 0;
    this.wanted = wanted.map((cells) => {
      const bits = new Uint32Array(words);
      for (const cell of cells) bits[cell >>> 5]! |= 1 << (cell & 31);
      return bits;
    });
    this.asked = new Uint32Array(words);
    for (const bits of this.wanted) for (let i = 0; i < words; i++) this.asked[i]! |= bits[i]!;
    this.classes = settings.map(() => ({ ofState: [], numbers: new Map(), bits: [] }));
    this.refined = settings.map(() => []);
    this.classVectors = new LocalStates(settings.length);
    this.scratch = new Uint32Array(words);
    this.distinct.push([...this.plain]);
  }

  /** Local states that are known, over all graphs. */
  get size(): number {
    const refined = this.refined.flatMap((graphs) => graphs.map(({ graph }) => graph));
    return [...new Set([...this.plain, ...refined])].reduce((sum, { size }) => sum + size, 0);
  }

  /** The class of a local state of the actor's plain graph. */
  classOf(actor: number, state: number): number {
    const known = this.classes[actor]!.ofState[state];
    return known ?? this.newClassOf(actor, state);
  }

  /** Everybody's graph, from everybody's class: the same array for the same graphs. */
  graphsFor(classes: Int32Array): readonly FutureGraph[] {
    const number = this.classVectors.add(classes);
    const known = this.graphVectors[number];
    if (known !== undefined) return known;
    if (number >= ownershipsMax) return this.distinct[0]!;
    // Pushed, not mapped: engines give arrays made in different ways different shapes.
    const made: FutureGraph[] = [];
    for (let actor = 0; actor < classes.length; actor++) made.push(this.refine(actor, classes));
    const same = this.distinct.find((graphs) => graphs.every((graph, i) => graph === made[i]));
    if (same === undefined) this.distinct.push(made);
    this.graphVectors[number] = same ?? made;
    return same ?? made;
  }

  /** A refined graph that grew too large: the plain one is used in its place from now on. */
  abandon(actor: number, graph: FutureGraph): void {
    for (const graphs of this.distinct)
      if (graphs[actor] === graph) graphs[actor] = this.plain[actor]!;
    for (const refined of this.refined[actor]!)
      if (refined.graph === graph) refined.graph = this.plain[actor]!;
  }

  private newClassOf(actor: number, state: number): number {
    const { ofState, numbers, bits: all } = this.classes[actor]!;
    const bits = this.plain[actor]!.futureChanges(state).map((word, i) => word & this.asked[i]!);
    const key = bits.join();
    const found = numbers.get(key) ?? all.push(bits);
    numbers.set(key, found);
    ofState[state] = found;
    return found;
  }

  /** The actor's graph that also knows the cells which nobody else will write from now on. */
  private refine(actor: number, classes: Int32Array): FutureGraph {
    const settled = this.scratch;
    settled.set(this.wanted[actor]!);
    for (let other = 0; other < classes.length; other++) {
      const number = classes[other]!;
      if (other === actor || number === 0) continue;
      const written = this.classes[other]!.bits[number - 1]!;
      for (let i = 0; i < settled.length; i++) settled[i]! &= ~written[i]!;
    }
    for (const known of this.refined[actor]!)
      if (settled.every((word, i) => word === known.settled[i])) return known.graph;
    const plain = this.plain[actor]!;
    const cells = [...plain.cells, ...cellsOf(settled)];
    const limits = { statesMax: refinedStatesMax, waysMax: refinedWaysMax };
    const graph =
      cells.length === plain.cells.length || this.refinedWays > allRefinedWaysMax
        ? plain
        : new FutureGraph({ ...this.settings[actor]!, cells, ...limits }, plain);
    if (graph !== plain) this.traced.push(graph);
    this.refined[actor]!.push({ settled: settled.slice(), graph });
    return graph;
  }

  private get refinedWays(): number {
    return this.traced.reduce((sum, { ways }) => sum + ways, 0);
  }
}

function cellsOf(bits: Uint32Array): readonly number[] {
  const cells: number[] = [];
  bits.forEach((word, i) => {
    for (let bit = 0; bit < 32; bit++) if (((word >>> bit) & 1) === 1) cells.push(32 * i + bit);
  });
  return cells;
}
