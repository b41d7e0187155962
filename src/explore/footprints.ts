/**
 * Whose futures a step is in the way of. A step whose cells no other actor's future writes, and
 * whose writes nobody's future reads, may be taken first: every run has an equivalent one that does
 * so. Futures are sets of cells per local state (future-graph.ts), found from the traced steps.
 *
 * Cells of the world that a goal looks at are "watched": a step that may end what the goal sees
 * there is not swapped with one that may bring it about (goal-effects.ts).
 */
import type { Model, Row } from "../step/index.ts";
import type { CellValues } from "./cell-values.ts";
import type { Forgets, FutureGraph } from "./future-graph.ts";
import { GoalEffects } from "./goal-effects.ts";
import { type Interchangeable, interchangeable } from "./interchange.ts";
import { type GraphLimits, type LocalGraphs, localGraphs } from "./local-graph.ts";
import { actorsMax, ended, Located } from "./located.ts";
import { Ownership } from "./ownership.ts";
import { StepTracer, TooMany } from "./step-tracer.ts";
import { swapsOf, type Watched, withImages } from "./watched-images.ts";

export type { Watched };

/** A coarser graph when the finer one grows too large. */
const graphLimits: readonly GraphLimits[] = [
  { states: 6_000, ways: 40_000, values: 64, owned: true },
  { states: 6_000, ways: 60_000, values: 4, owned: false },
  { states: 20_000, ways: 400_000, values: 1, owned: false },
];
/** What no slot of a local state holds. */
const untouched = -2;
const plainStatesMax = 50_000;
const futureWays = 2_000_000;

export interface Asked {
  /** Cells that are looked at beside local states. */
  readonly watched?: Watched;
  /** Looks at nothing but watched cells, and is true where it is of one group's alone. */
  readonly goal?: ((row: Row) => boolean) | undefined;
  /** Whether like actors may change places. */
  readonly symmetry?: boolean | undefined;
  /** Accesses to leave out: mistakes made on purpose. */
  readonly forgets?: Forgets;
  /** Asked now and then: true ends the tracing, and there are no footprints. */
  readonly interrupted?: (() => boolean) | undefined;
}

/** The model's footprints, or undefined when it has no traced twin or is too large to trace. */
export function footprintsOf(
  model: Model,
  first: Row,
  cell: "u8" | "u16",
  asked: Asked = {},
): Footprints | undefined {
  const { traced } = model.machine;
  if (traced === undefined || model.actors.length > actorsMax) return undefined;
  const mask = cell === "u8" ? 0xff : 0xffff;
  const twin = traced();
  for (const limits of graphLimits) {
    const { interrupted } = asked;
    const graphs = localGraphs(model, twin, first, mask, { ...limits, interrupted });
    if (graphs === undefined) continue;
    const tracer = new StepTracer(model, twin, graphs.values, mask, futureWays);
    const found = asked.symmetry ? interchangeable(model, first, graphs) : [];
    const { watched = [], goal, forgets = () => false } = asked;
    const alike = withImages(watched, swapsOf(found)) === undefined ? [] : found;
    const effects = new GoalEffects(first, graphs.values, watched, goal, swapsOf(alike));
    return new Footprints(model, first, graphs, tracer, { alike, effects, forgets });
  }
  return undefined;
}

/** What is looked for, and mistakes made on purpose. */
interface Setting {
  readonly alike: readonly Interchangeable[];
  readonly effects: GoalEffects;
  readonly forgets: Forgets;
}

export class Footprints {
  /** What each cell may ever hold. */
  readonly values: CellValues;
  /** What is looked at, with all images of it where like actors change places. */
  readonly watched: Watched;
  /** Actors that may change places. */
  readonly alike: readonly Interchangeable[];
  /** Whether the goal, if there is one, is the same where they do. */
  readonly isGoalSymmetric: boolean;
  private readonly ownership: Ownership;
  private readonly plain: readonly FutureGraph[];
  private readonly pcCells: readonly number[];
  /** Actors that wait for their start, and the plain local state they will begin in. */
  private readonly mayBegin: readonly boolean[];
  private readonly beginnings: readonly number[];
  /** Per actor, slots of its local states and the values with which it begins there. */
  private readonly begun: readonly (readonly number[])[];
  private readonly now: Located;
  /** How often a graph was given up. */
  private epoch = 0;

  constructor(
    model: Model,
    first: Row,
    graphs: LocalGraphs,
    tracer: StepTracer,
    { alike, effects, forgets }: Setting,
  ) {
    this.values = graphs.values;
    const { watched } = effects;
    this.watched = watched;
    this.alike = alike;
    this.isGoalSymmetric = effects.isSymmetric;
    const { actorBase } = model.layout;
    const startsAt = actorBase + watched.length;
    const words = Math.ceil((startsAt + model.actors.length) / 32);
    const goals = goalsByCell(watched);
    const limits = { statesMax: plainStatesMax, waysMax: futureWays };
    const bits = { words, goalsAt: actorBase, startsAt };
    const common = { tracer, goals, effects, forgets, ...bits, ...limits };
    this.ownership = new Ownership(
      graphs.actors.map(({ cells, wide }, actor) => ({ ...common, actor, cells, wide })),
      model.actors.map((_, actor) => wantedCells(graphs, actor)),
    );
    this.plain = this.ownership.plain;
    this.pcCells = graphs.actors.map(({ cells }) => cells[0]!);
    this.mayBegin = model.actors.map(
      ({ startsAtOnce }, actor) => graphs.actors[actor]!.begins && !startsAtOnce,
    );
    this.begun = graphs.actors.map(({ cells }, actor) => {
      const key = tracer.beginning(actor, new Int32Array(cells.length).fill(untouched));
      return [...key].flatMap((value, slot) => (value === untouched ? [] : [slot, value]));
    });
    this.beginnings = this.plain.map((graph, actor) =>
      this.mayBegin[actor] ? graph.locateWaiting(first, this.begun[actor]!) : ended,
    );
    this.now = this.newLocated();
  }

  /** Local states that are known, over all graphs. */
  get size(): number {
    return this.ownership.size;
  }

  newLocated(): Located {
    return new Located(this.plain);
  }

  /** Finds everybody's local state in a row. Ask `blockers` afterwards. */
  locate(row: Row): void {
    const { now } = this;
    now.waiting = 0;
    for (let actor = 0; actor < this.plain.length; actor++) {
      const state = this.locatePlain(actor, row);
      now.states[actor] = state;
      now.classes[actor] = state === ended ? 0 : this.ownership.classOf(actor, state);
    }
    now.graphs = this.plain;
    this.changeGraphs(this.ownership.graphsFor(now.classes), row);
    now.epoch = this.epoch;
    now.blockAll();
  }

  /** As `locate`, when since the last time only `mover` moved. */
  relocate(row: Row, mover: number): void {
    const { now } = this;
    if (now.epoch !== this.epoch) {
      this.locate(row);
      return;
    }
    let changed = this.follow(mover, row);
    let begun = 0;
    for (let actor = 0, left = now.waiting; left !== 0; actor++, left >>>= 1)
      if ((left & 1) === 1 && row[this.pcCells[actor]!] !== 0) begun |= 1 << actor;
    now.waiting &= ~begun;
    for (let actor = 0, left = begun; left !== 0; actor++, left >>>= 1)
      if ((left & 1) === 1) changed = this.follow(actor, row) || changed;
    const graphs = changed ? this.ownership.graphsFor(now.classes) : now.graphs;
    if (now.epoch !== this.epoch) this.locate(row);
    else if (graphs === now.graphs && begun === 0) now.blockMoved(mover);
    else {
      const others = graphs === now.graphs ? 0 : this.changeGraphs(graphs, row);
      if (now.epoch !== this.epoch) this.locate(row);
      else now.blockChanged(others | begun | (1 << mover));
    }
  }

  /** Keeps where everybody is, for several moves from one row. */
  save(into: Located): void {
    into.copyFrom(this.now);
  }

  restore(from: Located): void {
    this.now.copyFrom(from);
  }

  /** Those whose futures touch what the step of `actor`, in the row given last, touches. */
  blockers(actor: number): number {
    return this.now.blockers[actor]!;
  }

  /** Whether the step of `actor`, in the row given last, may close a cycle of its local states. */
  mayClose(actor: number): boolean {
    return this.now.graphs[actor]!.mayClose(this.now.states[actor]!);
  }

  /** Whether it does when it leads to `after`: then it is never taken without all others'. */
  closes(actor: number, after: Row): boolean {
    const graph = this.now.graphs[actor]!;
    const state = this.now.states[actor]!;
    if (after[this.pcCells[actor]!] === 0) return false;
    try {
      return graph.closes(state, graph.follow(state, after));
    } catch (error) {
      if (error instanceof TooMany) return true;
      throw error;
    }
  }

  /** Whether the step of `actor`, in the row given last, is declared to read or write a cell. */
  declares(actor: number, cell: number, write: boolean): boolean {
    const graph = this.now.graphs[actor]!;
    const state = this.now.states[actor]!;
    const changes = graph.writes.has(state, cell) || graph.counts.has(state, cell);
    return changes || (!write && graph.reads.has(state, cell));
  }

  /** Whether the step is declared to change a cell in a way that commutes, and to do no more there. */
  commutes(actor: number, cell: number): boolean {
    const graph = this.now.graphs[actor]!;
    const state = this.now.states[actor]!;
    const isMore = graph.reads.has(state, cell) || graph.writes.has(state, cell);
    return !isMore && graph.counts.has(state, cell);
  }

  private locatePlain(actor: number, row: Row): number {
    const graph = this.plain[actor]!;
    if (row[this.pcCells[actor]!] !== 0) return graph.locate(row);
    if (!this.mayBegin[actor] || row[graph.cells[1]!] !== 0) return ended;
    this.now.waiting |= 1 << actor;
    return this.beginnings[actor]!;
  }

  /** Finds an actor that moved. Whether it may write less than before. */
  private follow(actor: number, row: Row): boolean {
    const { now } = this;
    const graph = now.graphs[actor]!;
    const before = now.classes[actor];
    if (row[this.pcCells[actor]!] === 0) {
      now.states[actor] = ended;
      now.classes[actor] = 0;
      return before !== 0;
    }
    let plain: number;
    try {
      now.states[actor] = graph.follow(now.states[actor]!, row);
      plain = graph.plainOf(now.states[actor]!, this.plain[actor]!, row);
    } catch (error) {
      plain = this.giveUp(actor, graph, row, error);
    }
    now.classes[actor] = this.ownership.classOf(actor, plain);
    return now.classes[actor] !== before;
  }

  /** Finds everybody whose graph is another one; who that is, as bits. */
  private changeGraphs(graphs: readonly FutureGraph[], row: Row): number {
    const { now } = this;
    let changed = 0;
    const before = now.graphs;
    now.graphs = graphs;
    for (let actor = 0; actor < graphs.length; actor++) {
      const graph = graphs[actor]!;
      if (graph === before[actor] || now.states[actor] === ended) continue;
      changed |= 1 << actor;
      try {
        now.states[actor] =
          row[this.pcCells[actor]!] !== 0
            ? graph.locate(row)
            : graph.locateWaiting(row, this.begun[actor]!);
      } catch (error) {
        this.giveUp(actor, graph, row, error);
      }
    }
    return changed;
  }

  /** A refined graph that grew too large: the plain one takes its place. The actor's state there. */
  private giveUp(actor: number, graph: FutureGraph, row: Row, error: unknown): number {
    if (!(error instanceof TooMany) || graph === this.plain[actor]) throw error;
    this.ownership.abandon(actor, graph);
    this.epoch++;
    const state = this.locatePlain(actor, row);
    this.now.states[actor] = state;
    return state;
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

function goalsByCell(watched: Watched): ReadonlyMap<number, readonly number[]> {
  const goals = new Map<number, number[]>();
  watched.forEach((cells, goal) => {
    for (const cell of cells) goals.set(cell, [...(goals.get(cell) ?? []), goal]);
  });
  return goals;
}
