/**
 * A gated run on the model: every interleaving in which the held thread stands at its place until the
 * other has done its part, or has to wait itself. What comes after that, and before it, is free.
 */
import { isDone, statementOf } from "../explore/serial.ts";
import type { Kernel } from "../kernels/index.ts";
import type { Test } from "../litmus/ast.ts";
import type { Row, StepDescription } from "../step/index.ts";
import { Collected } from "./collect.ts";
import { argumentOf } from "./describe.ts";
import { type Gate, type GateStatement, gatePageName, opensBeforehand } from "./gates.ts";
import { pageName } from "./names.ts";
import type { Valuation } from "./result.ts";
import { loadWorld, type World } from "./world.ts";

export interface GatedResult {
  /** How the runs end in which the thread was held, and let go as planned: a real run counts no others. */
  readonly valuations: readonly Valuation[];
  readonly notModelled: readonly string[];
  /** Whether the thread comes to its place at all, in some run and in every one. */
  readonly reached: "never" | "sometimes" | "always";
  /** Whether the other thread has to wait for the held one in every run, so that none counts. */
  readonly waits: boolean;
}

/** So many states are looked at; a gate leaves few interleavings. */
const statesMax = 300_000;

/** waited: it opened because the other thread had to wait for something in the middle of a statement. */
type Phase = "before" | "held" | "open" | "waited";

interface Point {
  readonly row: Row;
  readonly phase: Phase;
  /** How often the thread has come to its place. */
  readonly calls: number;
}

export function checkGated(test: Test, kernel: Kernel, gate: Gate): GatedResult {
  const world = loadWorld(test, kernel);
  const refused = (why: readonly string[]): GatedResult => ({
    valuations: [],
    notModelled: why,
    reached: "never",
    waits: false,
  });
  if (world.notModelled.length > 0) return refused(world.notModelled);
  world.model.activate();
  const search = new GatedSearch(world, gate);
  const ends = search.ends();
  if (ends === undefined) return refused([`more than ${statesMax} states`]);
  const collected = new Collected(world);
  const held = ends.filter(({ phase }) => phase !== "before");
  const passed = held.filter(({ phase }) => phase === "open");
  for (const { row } of passed) {
    collected.see(row);
    collected.end(row, 0);
  }
  const all = held.length === ends.length;
  return {
    valuations: [...collected.valuations.values()],
    notModelled: collected.exhausted ? ["more frames than the model has"] : [],
    reached: held.length === 0 ? "never" : all ? "always" : "sometimes",
    waits: held.length > 0 && passed.length === 0,
  };
}

class GatedSearch {
  readonly #world: World;
  readonly #gate: Gate;
  readonly #held: number;
  readonly #other: number;

  constructor(world: World, gate: Gate) {
    this.#world = world;
    this.#gate = gate;
    const numberOf = ({ actor }: GateStatement) =>
      world.test.actors.findIndex(({ name }) => name === actor);
    this.#held = numberOf(gate.held);
    this.#other = numberOf(gate.other);
  }

  /** Every state in which nobody can move; undefined when there are too many on the way. */
  ends(): readonly Point[] | undefined {
    const first: Point = { row: this.#world.first, phase: "before", calls: 0 };
    const seen = new Set<string>([keyOf(first)]);
    const waiting: Point[] = [first];
    const ends: Point[] = [];
    for (let point = waiting.pop(); point !== undefined; point = waiting.pop()) {
      const next = this.#successors(point);
      if (next.length === 0) ends.push(point);
      for (const one of next) {
        const key = keyOf(one);
        if (seen.has(key)) continue;
        seen.add(key);
        waiting.push(one);
      }
      if (seen.size > statesMax) return undefined;
    }
    return ends;
  }

  #successors(point: Point): readonly Point[] {
    const actors = this.#world.program.actors.map((_, actor) => actor);
    const moves = actors
      .filter((actor) => this.#mayMove(actor, point))
      .map((actor) => ({ actor, rows: this.#moves(point.row, actor) }));
    const others = moves.find(({ actor }) => actor === this.#other);
    if (point.phase === "held") {
      const opened = this.#opened(point.row, others?.rows ?? []);
      if (opened !== undefined) return [{ ...point, phase: opened }];
    }
    return moves.flatMap(({ actor, rows }) => rows.map((row) => this.#arrive(point, actor, row)));
  }

  #mayMove(actor: number, { row, phase }: Point): boolean {
    if (isDone(this.#world.model, row, actor)) return false;
    if (actor === this.#held) return phase !== "held";
    return actor !== this.#other || phase !== "before" || this.#isBefore(row);
  }

  /** The other thread has not come to the statement in which it takes part. */
  #isBefore(row: Row): boolean {
    return this.#statement(row, this.#other) < this.#gate.other.index;
  }

  /** The gate opens when the other thread is done, cannot go on, or would wait for the held one. */
  #opened(row: Row, rows: readonly Row[]): "open" | "waited" | undefined {
    if (rows.length === 0) return this.#isAtRest(row) ? "open" : "waited";
    const step = this.#step(row, this.#other);
    return step !== undefined && this.#gate.place.opensBefore(step) ? "open" : undefined;
  }

  /** The other thread has done its part, or stands before a statement at which it waits by intention. */
  #isAtRest(row: Row): boolean {
    const { model, test } = this.#world;
    if (isDone(model, row, this.#other)) return true;
    const statement = test.actors[this.#other]?.statements[this.#statement(row, this.#other)];
    return statement !== undefined && opensBeforehand(statement);
  }

  #moves(row: Row, actor: number): readonly Row[] {
    const { model } = this.#world;
    const base = this.#base(actor);
    const step = model.steps[row[base] ?? 0];
    if (!step) return [];
    const first = row.slice();
    const count = step(first, base, actor, 0);
    return Array.from({ length: count }, (_, choice) => {
      if (choice === 0) return first;
      const other = row.slice();
      step(other, base, actor, choice);
      return other;
    });
  }

  #arrive(point: Point, actor: number, row: Row): Point {
    if (actor !== this.#held || point.phase !== "before") return { ...point, row };
    const step = this.#step(row, actor);
    const inside = this.#statement(row, actor) === this.#gate.held.index;
    const there = step !== undefined && inside && this.#isThere(row, actor, step);
    const calls = point.calls + (there ? 1 : 0);
    return { row, calls, phase: calls === this.#gate.place.call ? "held" : "before" };
  }

  /** The thread stands at the gate's place, at the turn of the gate's page if it is a page's. */
  #isThere(row: Row, actor: number, step: StepDescription): boolean {
    const { place, page } = this.#gate;
    if (!place.before(step)) return false;
    if (page === undefined) return true;
    const frame = step.path.find(({ name }) => name === place.ofPage?.path);
    const at = frame === undefined ? undefined : argumentOf(frame, row, this.#base(actor));
    return at !== undefined && pageName(this.#world.names, at) === gatePageName(page);
  }

  #statement(row: Row, actor: number): number {
    const { model, program } = this.#world;
    return program.origin[actor]?.[statementOf(model, row, actor)] ?? Number.POSITIVE_INFINITY;
  }

  #step(row: Row, actor: number) {
    return this.#world.model.machine.steps[row[this.#base(actor)] ?? 0];
  }

  #base(actor: number): number {
    const { actorBase, actorStride } = this.#world.model.layout;
    return actorBase + actor * actorStride;
  }
}

function keyOf({ row, phase, calls }: Point): string {
  return `${phase} ${calls} ${row.join()}`;
}
