/**
 * What a search gathers on its way: distinct final valuations, the first state that shows the
 * condition, ends in which somebody waits for ever, and which statements ever ran.
 */
import { FAILED } from "../mm/pin.ts";
import type { Row } from "../step/index.ts";
import { observe } from "./observe.ts";
import type { Valuation } from "./result.ts";
import {
  absentObservables,
  holds,
  type Observable,
  observableName,
  observables,
  valuationKey,
} from "./valuation.ts";
import type { World } from "./world.ts";

const statementsMax = 1 << 16;
const transfers: ReadonlySet<string> = new Set(["dma_write", "dma_read"]);
/** Program statements that the test does not write itself. */
const silent: ReadonlySet<string> = new Set(["may_fail_alloc", "await_handle"]);

/** A Collected as data. */
interface Report {
  readonly witness?: number | undefined;
  readonly filtered: number;
  readonly exhausted: boolean;
  readonly valuations: readonly (readonly [string, Valuation])[];
  readonly absent: readonly string[];
  readonly stuck: readonly string[];
  readonly refused: readonly string[];
  readonly completed: readonly number[];
  readonly transferred: readonly number[];
}

export class Collected {
  readonly valuations = new Map<string, Valuation>();
  /** The first final state whose valuation the run should show; negative where it has no number. */
  witness: number | undefined;
  filtered = 0;
  /** Names of actors that wait for ever at the end of some run. */
  readonly stuck = new Set<string>();
  exhausted = false;
  /** Handles whose registration the kernel refused in some run. */
  readonly refused = new Set<string>();
  /** Keys of valuations in which the condition names a register nobody wrote. */
  private readonly absent = new Set<string>();
  private readonly world: World;
  private readonly skippedAt: number;
  private readonly exhaustedAt: number;
  private readonly names: readonly Observable[];
  /** The last statement each actor completed in some run. */
  private readonly completed: Int32Array;
  /** Transfers that found their registration in some run, as "actor statement". */
  private readonly transferred = new Set<number>();

  constructor(world: World) {
    this.world = world;
    this.skippedAt = world.model.layout.offsets.get("actor.skipped")!;
    this.exhaustedAt = world.model.layout.offsets.get("system.exhausted")!;
    this.names = observables(world.test);
    this.completed = new Int32Array(world.program.actors.length).fill(-1);
  }

  /** Called for every state. */
  see(row: Row): void {
    const { actorBase, actorStride } = this.world.model.layout;
    for (let actor = 0; actor < this.completed.length; actor++) {
      const base = actorBase + actor * actorStride;
      const done = row[base + 1]! - 1;
      if (done > this.completed[actor]!) this.completed[actor] = done;
      if (row[this.skippedAt + actor] === 0) this.transferred.add(actor * statementsMax + done);
    }
    const made = this.world.model.layout.offsets.get("handle.made")!;
    for (const handle of this.world.names.handles)
      if (row[made + handle.index] === FAILED) this.refused.add(handle.name);
    if (row[this.exhaustedAt] !== 0) this.exhausted = true;
  }

  /** Called for every state in which nobody can move, or (`forced`) at the end of a given order. */
  end(row: Row, state: number, forced = false): void {
    const waiting = forced ? [] : this.waiting(row);
    if (waiting.length > 0) {
      for (const one of waiting) this.stuck.add(one);
      return;
    }
    const { filter, condition } = this.world.test;
    const lookup = this.lookup(row);
    if (filter !== undefined && !holds(filter, lookup)) {
      this.filtered++;
      return;
    }
    const valuation = this.valuationOf(row);
    const key = valuationKey(valuation.values);
    if (!this.valuations.has(key)) {
      this.valuations.set(key, valuation);
      if (absentObservables(condition.proposition, lookup).length > 0) this.absent.add(key);
    }
    const shows = valuation.holds === (condition.quantifier !== "forall");
    if (shows && (this.witness ?? -1) < 0) this.witness = state;
  }

  /** Valuations in which the condition names a register nobody wrote. */
  get absentIn(): number {
    return this.absent.size;
  }

  /** What was gathered, as text: for another thread, or a later day. */
  report(): string {
    const { valuations, absent, stuck, refused, completed, transferred } = this;
    const { witness, filtered, exhausted } = this;
    const report: Report = {
      witness,
      filtered,
      exhausted,
      valuations: [...valuations],
      absent: [...absent],
      stuck: [...stuck],
      refused: [...refused],
      completed: [...completed],
      transferred: [...transferred],
    };
    return JSON.stringify(report);
  }

  /** Adds what was gathered elsewhere in the same search. */
  merge(text: string): void {
    const report = JSON.parse(text) as Report;
    const { witness, completed } = report;
    if (witness !== undefined && (this.witness === undefined || witness < this.witness))
      this.witness = witness;
    this.filtered += report.filtered;
    this.exhausted ||= report.exhausted;
    for (const [key, valuation] of report.valuations)
      if (!this.valuations.has(key)) this.valuations.set(key, valuation);
    for (const key of report.absent) this.absent.add(key);
    for (const name of report.stuck) this.stuck.add(name);
    for (const name of report.refused) this.refused.add(name);
    for (const one of report.transferred) this.transferred.add(one);
    completed.forEach((done, actor) => {
      if (done > this.completed[actor]!) this.completed[actor] = done;
    });
  }

  valuationOf(row: Row): Valuation {
    const lookup = this.lookup(row);
    const values = this.names.map((o) => ({ name: observableName(o), value: lookup(o) }));
    return { values, holds: holds(this.world.test.condition.proposition, lookup) };
  }

  private lookup(row: Row): (observable: Observable) => string {
    return (observable) => observe(this.world, row, observable);
  }

  /** The statements of the test that no run completed, as "P0: `x = 1;`". */
  unreached(print: (actor: number, statement: number) => string): readonly string[] {
    return this.world.program.actors.flatMap((actor, t) =>
      actor.statements.flatMap((_, s) => {
        if (this.isSilent(t, s) || this.ran(t, s)) return [];
        return [print(t, this.world.program.origin[t]![s]!)];
      }),
    );
  }

  private ran(actor: number, statement: number): boolean {
    const { entry } = this.world.program.actors[actor]!.statements[statement]!;
    if (!transfers.has(entry)) return statement <= this.completed[actor]!;
    return this.transferred.has(actor * statementsMax + statement);
  }

  private isSilent(actor: number, statement: number): boolean {
    return silent.has(this.world.program.actors[actor]!.statements[statement]!.entry);
  }

  /** Who still has something to do and cannot. A device without its registration is only idle. */
  waiting(row: Row): readonly string[] {
    const { model, test, program } = this.world;
    const { actorBase, actorStride } = model.layout;
    const found: string[] = [];
    test.actors.forEach((actor, t) => {
      const base = actorBase + t * actorStride;
      if (row[base] === 0) return;
      const statement = program.actors[t]!.statements[row[base + 1]!]!;
      if (statement.entry !== "await_handle") found.push(actor.name);
    });
    return found;
  }
}
