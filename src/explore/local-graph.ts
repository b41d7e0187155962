/**
 * Every local state that each actor can be in, whatever the others do, and what each may touch:
 * the footprints that reductions stand on. Found by running the traced steps from the first state
 * until nothing new comes: a read of a shared cell may give any value that any actor ever writes
 * there. That is more than can happen, never less.
 */
import type { Model, Row, Traced } from "../step/index.ts";
import { CellValues } from "./cell-values.ts";
import { anyNumber, LocalStates } from "./local-states.ts";
import { StepTracer, TooMany, type WideSlot } from "./step-tracer.ts";
import { WideSlots } from "./wide-slots.ts";

/** What tracing found: the cells each actor owns, its slots without a bound, and all values. */
export interface LocalGraphs {
  readonly actors: readonly ActorGraph[];
  readonly values: CellValues;
}

/** One actor's local states and the steps between them. */
export interface ActorGraph {
  /** The cells of the row that are this actor's: its own, then those that nobody else writes. */
  readonly cells: readonly number[];
  readonly states: LocalStates;
  /** Slots that tell no states apart at a program counter. */
  readonly wide: WideSlots;
  /** Per local state: cells that its step may read and write, and the states it leads to. */
  readonly reads: readonly ReadonlySet<number>[];
  readonly writes: readonly ReadonlySet<number>[];
  readonly next: readonly ReadonlySet<number>[];
  /** The local state in which an actor that waits for its start will begin. */
  readonly beginning: number;
  /** Whether the actor may run at all, and whether some step may start it. */
  readonly begins: boolean;
  readonly isStarted: boolean;
}

export interface GraphLimits {
  readonly states: number;
  /** Ways through steps that one pass may trace. */
  readonly ways: number;
  /** Values that one slot may have at one program counter. */
  readonly values: number;
  /** Whether cells that only one actor writes are part of its local state. */
  readonly owned: boolean;
  /** Asked now and then; true: not worth it, either. */
  readonly interrupted?: (() => boolean) | undefined;
}

const runsBetweenQuestions = 64;

/** The graphs of all actors, or undefined when they are larger than `limits` allows. */
export function localGraphs(
  model: Model,
  traced: Traced,
  first: Row,
  mask: number,
  limits: GraphLimits,
): LocalGraphs | undefined {
  try {
    const shared = new Exploration(model, traced, first, mask, limits, noneOwned(model)).run();
    if (!limits.owned) return shared;
    const owned = ownedCells(shared.actors);
    if (owned.every((cells) => cells.length === 0)) return shared;
    return new Exploration(model, traced, first, mask, limits, owned).run();
  } catch (error) {
    if (error instanceof TooMany) return undefined;
    throw error;
  }
}

const noneOwned = (model: Model): readonly number[][] => model.actors.map(() => []);

/** Per actor, the cells that it reads and that nobody else writes: it always knows their values. */
function ownedCells(graphs: readonly ActorGraph[]): readonly number[][] {
  const writers = new Map<number, Set<number>>();
  graphs.forEach((graph, actor) => {
    for (const cells of graph.writes)
      for (const cell of cells) writers.set(cell, (writers.get(cell) ?? new Set()).add(actor));
  });
  return graphs.map((graph, actor) => {
    const read = new Set(graph.reads.flatMap((cells) => [...cells]));
    const owned = [...read].filter((cell) => {
      const by = writers.get(cell);
      return by?.size === 1 && by.has(actor);
    });
    return owned.sort((a, b) => a - b);
  });
}

/** A graph being found. */
interface Growing {
  readonly cells: readonly number[];
  readonly states: LocalStates;
  readonly wide: WideSlots;
  readonly valuesAt: Map<number, Set<number>[]>;
  readonly statesAt: Map<number, number[]>;
  readonly reads: Set<number>[];
  readonly writes: Set<number>[];
  readonly next: Set<number>[];
  readonly beginningKey: Int32Array;
  beginning: number;
  begins: boolean;
  isStarted: boolean;
}

class Exploration {
  private readonly model: Model;
  private readonly limits: GraphLimits;
  private readonly values: CellValues;
  private readonly tracer: StepTracer;
  private readonly graphs: readonly Growing[];
  private readonly slots: readonly ReadonlyMap<number, number>[];
  /** Local states to run (again), as actor and state. */
  private readonly queue: { actor: number; state: number }[] = [];
  private readonly queued: Set<number>[];
  /** Who read a cell, and must run again when it may hold more. */
  private readonly readers = new Map<number, Map<number, Set<number>>>();
  private total = 0;
  private runs = 0;

  constructor(
    model: Model,
    traced: Traced,
    first: Row,
    mask: number,
    limits: GraphLimits,
    owned: readonly (readonly number[])[],
  ) {
    this.model = model;
    this.limits = limits;
    this.values = new CellValues(first);
    const { actorBase, actorStride } = model.layout;
    this.graphs = model.actors.map((_, actor) => {
      const own = Array.from(
        { length: actorStride },
        (_, i) => actorBase + actor * actorStride + i,
      );
      return growing([...own, ...owned[actor]!], first);
    });
    this.slots = this.graphs.map(
      ({ cells }) => new Map(cells.map((cell, i) => [cell, i] as const)),
    );
    this.tracer = new StepTracer(model, traced, this.values, mask, limits.ways);
    this.queued = model.actors.map(() => new Set());
  }

  run(): LocalGraphs {
    this.model.actors.forEach(({ startsAtOnce }, actor) => {
      const graph = this.graphs[actor]!;
      const key = this.tracer.beginning(actor, graph.beginningKey);
      graph.beginning = this.state(actor, key, startsAtOnce);
      graph.begins = startsAtOnce;
    });
    // First come, first served: much may have grown until a state runs again.
    for (let at = 0; at < this.queue.length; at++) {
      const { actor, state } = this.queue[at]!;
      this.queued[actor]!.delete(state);
      this.runState(actor, state);
    }
    return { actors: this.graphs, values: this.values };
  }

  private runState(actor: number, state: number): void {
    const graph = this.graphs[actor]!;
    const key = new Int32Array(graph.cells.length);
    graph.states.copy(state, key);
    if (key[0] === 0) return;
    if (++this.runs % runsBetweenQuestions === 0 && this.limits.interrupted?.() === true)
      throw new TooMany();
    const slots = this.slots[actor]!;
    for (const way of this.tracer.ways({ actor, key, slots, wide: graph.wide })) {
      for (const cell of way.reads) {
        graph.reads[state]!.add(cell);
        this.noteReader(cell, actor, state);
      }
      if (!way.enabled) continue;
      for (const [cell, numbers] of way.writes) {
        graph.writes[state]!.add(cell);
        if (this.values.add(cell, numbers)) this.runReaders(cell);
      }
      for (const other of way.starts) this.begin(other);
      for (const next of way.next) graph.next[state]!.add(this.state(actor, next, true, way.wide));
    }
  }

  /** The number of a local state, after making its slots wide where its program counter says so. */
  private state(
    actor: number,
    key: Int32Array,
    reached: boolean,
    loose: readonly WideSlot[] = [],
  ): number {
    const graph = this.graphs[actor]!;
    this.widen(actor, key);
    this.noteWide(actor, key, loose);
    const before = graph.states.size;
    const state = graph.states.add(key);
    if (graph.states.size === before) return state;
    if (++this.total > this.limits.states) throw new TooMany();
    graph.reads.push(new Set());
    graph.writes.push(new Set());
    graph.next.push(new Set());
    const at = graph.statesAt.get(key[0]!) ?? [];
    graph.statesAt.set(key[0]!, at);
    at.push(state);
    if (reached) this.enqueue(actor, state);
    return state;
  }

  /** Notes new values per slot, and gives slots up that have too many. */
  private widen(actor: number, key: Int32Array): void {
    const graph = this.graphs[actor]!;
    const pc = key[0]!;
    if (pc === 0) return;
    let sets = graph.valuesAt.get(pc);
    if (sets === undefined) {
      sets = Array.from(key, () => new Set<number>());
      graph.valuesAt.set(pc, sets);
    }
    for (let slot = 2; slot < key.length; slot++) {
      if (graph.wide.isWide(pc, slot)) continue;
      const value = key[slot]!;
      if (value !== anyNumber && sets[slot]!.add(value).size <= this.limits.values) continue;
      graph.wide.widen(pc, slot);
      this.widenStates(actor, pc);
    }
  }

  /** Puts the numbers of wide slots where they are kept; who may hold more than before runs again. */
  private noteWide(actor: number, key: Int32Array, loose: readonly WideSlot[]): void {
    const { wide, statesAt } = this.graphs[actor]!;
    const [pc, statement] = [key[0]!, key[1]!];
    const flags = wide.at(pc);
    if (flags === undefined) return;
    let grew = false;
    for (let slot = 2; slot < key.length; slot++) {
      if (flags[slot] !== 1) continue;
      const numbers =
        key[slot] === anyNumber ? loose.find((one) => one.slot === slot)?.numbers : [key[slot]!];
      key[slot] = anyNumber;
      if (wide.add(pc, statement, slot, numbers)) grew = true;
    }
    if (grew) for (const state of statesAt.get(pc) ?? []) this.enqueue(actor, state);
  }

  /** States that were found with a number in a slot stay; the wide ones that stand for them join. */
  private widenStates(actor: number, pc: number): void {
    const graph = this.graphs[actor]!;
    for (const state of [...(graph.statesAt.get(pc) ?? [])]) {
      const key = new Int32Array(graph.cells.length);
      graph.states.copy(state, key);
      const loose: WideSlot[] = [];
      for (let other = 2; other < key.length; other++)
        if (key[other] === anyNumber)
          loose.push({ slot: other, numbers: graph.wide.numbersOf(pc, key[1]!, other) });
      const wide = this.state(actor, key, true, loose);
      if (state === graph.beginning) graph.beginning = wide;
      if (wide !== state) graph.next[state]!.add(wide);
    }
  }

  private begin(actor: number): void {
    const graph = this.graphs[actor]!;
    graph.isStarted = true;
    if (graph.begins) return;
    graph.begins = true;
    this.enqueue(actor, graph.beginning);
  }

  private enqueue(actor: number, state: number): void {
    if (this.queued[actor]!.has(state)) return;
    this.queued[actor]!.add(state);
    this.queue.push({ actor, state });
  }

  private noteReader(cell: number, actor: number, state: number): void {
    if (this.values.of(cell) === undefined) return;
    const actors = this.readers.get(cell) ?? new Map<number, Set<number>>();
    this.readers.set(cell, actors);
    const states = actors.get(actor) ?? new Set<number>();
    actors.set(actor, states.add(state));
  }

  private runReaders(cell: number): void {
    for (const [actor, states] of this.readers.get(cell) ?? [])
      for (const state of states) this.enqueue(actor, state);
    this.readers.delete(cell);
  }
}

function growing(cells: readonly number[], first: Row): Growing {
  return {
    cells,
    states: new LocalStates(cells.length),
    wide: new WideSlots(cells.length),
    valuesAt: new Map(),
    statesAt: new Map(),
    reads: [],
    writes: [],
    next: [],
    beginningKey: Int32Array.from(cells, (cell) => first[cell]!),
    beginning: -1,
    begins: false,
    isStarted: false,
  };
}
