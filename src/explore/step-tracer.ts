/**
 * One actor's step, run once for each way its reads and choices may fall: the tracer that the
 * traced twin of the steps asks. It notes what the step may read and write, what it may write
 * there, and the local states it may lead to.
 */
import type { Model, Traced, TracedStep, Tracer } from "../step/index.ts";
import type { CellValues } from "./cell-values.ts";
import { anyNumber } from "./local-states.ts";

/** Thrown inside a traced step: this combination of values cannot be. */
class Infeasible extends Error {}
/** Thrown when a step has too many ways to be worth tracing. */
export class TooMany extends Error {}

const waysMax = 1 << 12;

/** What one way through a step did. */
export interface Way {
  /** False when the step was not enabled: then only `reads` counts. */
  readonly enabled: boolean;
  readonly reads: ReadonlySet<number>;
  /** Cells written, with the value, NaN for any. */
  readonly writes: ReadonlyMap<number, number>;
  /** Those cells of `reads` and `writes` in which it only counts: nothing depends on their values. */
  readonly counted: ReadonlySet<number>;
  readonly starts: readonly number[];
  /** The actor's local state afterwards. */
  readonly next: Int32Array;
}

export class StepTracer {
  private readonly model: Model;
  private readonly values: CellValues;
  private readonly steps: readonly (TracedStep | null)[];
  /** Fields whose values nothing depends on: any number will do. */
  private readonly copied: ReadonlySet<number>;
  private readonly offsets: readonly number[];
  private readonly counts: readonly number[];
  private readonly mask: number;
  private actor = 0;
  /** Cell -> slot of the actor's local state, for cells that nobody else writes. */
  private slots: ReadonlyMap<number, number> = new Map();
  private key: Int32Array = new Int32Array(0);
  private next: Int32Array = new Int32Array(0);
  private known = new Map<number, number>();
  private reads = new Set<number>();
  private writes = new Map<number, number>();
  private counted = new Set<number>();
  private starts: number[] = [];
  private script: { taken: number; of: number }[] = [];
  private asked = 0;
  /** Ways that may still be traced: what a model's footprints may cost, counted, not timed. */
  private budget: number;

  constructor(model: Model, traced: Traced, values: CellValues, mask: number, budget: number) {
    this.budget = budget;
    this.model = model;
    this.values = values;
    this.mask = mask;
    const { layout, machine } = model;
    this.offsets = [...layout.offsets.values()];
    this.counts = Object.entries(machine.schema.classes).flatMap(([name, fields]) =>
      fields.map(() => layout.counts[name] ?? 0),
    );
    const { steps, copied } = traced(this.tracer());
    this.steps = steps;
    this.copied = new Set(copied);
  }

  /**
   * Every way through the step that `actor` in local state `key` is at; `slots` says which cells
   * the local state holds.
   */
  *ways(actor: number, key: Int32Array, slots: ReadonlyMap<number, number>): Generator<Way> {
    const step = this.steps[key[0]!]!;
    this.actor = actor;
    this.key = key;
    this.slots = slots;
    this.script = [];
    for (let ways = 0; ; ways++) {
      if (ways > waysMax || --this.budget < 0) throw new TooMany();
      this.asked = 0;
      this.next = key.slice();
      this.known = new Map();
      this.reads = new Set();
      this.writes = new Map();
      this.counted = new Set();
      this.starts = [];
      const enabled = this.attempt(step, actor);
      if (enabled !== undefined) yield this.way(enabled);
      while (this.script.length > 0) {
        const last = this.script[this.script.length - 1]!;
        if (++last.taken < last.of) break;
        this.script.pop();
      }
      if (this.script.length === 0) return;
    }
  }

  /** Whether every write of `cell` puts the same value there: two such writes commute. */
  isLatch(cell: number): boolean {
    return this.values.isLatch(cell);
  }

  /** The local state in which `actor` begins its first statement, one for each way that may fall. */
  beginning(actor: number, key: Int32Array): Int32Array {
    const next = key.slice();
    const statement = this.model.programs[actor]![0];
    if (statement === undefined) return next;
    next[0] = statement.pc;
    statement.cells.forEach((cell, i) => {
      next[2 + cell] = statement.values[i]! & this.mask;
    });
    return next;
  }

  private attempt(step: TracedStep, actor: number): boolean | undefined {
    try {
      return step(actor) !== 0;
    } catch (error) {
      if (error instanceof Infeasible) return undefined;
      throw error;
    }
  }

  private way(enabled: boolean): Way {
    const { reads, writes, counted, starts, next, slots } = this;
    for (const [cell, value] of writes) {
      const slot = slots.get(cell);
      if (slot === undefined) continue;
      next[slot] = Number.isNaN(value) ? anyNumber : value;
    }
    return { enabled, reads, writes, counted, starts, next };
  }

  private tracer(): Tracer {
    return {
      read: (field, index) => this.read(field, index),
      write: (field, index, value) => this.write(field, index, value),
      update: (field, index, operator, amount) => this.update(field, index, operator, amount),
      count: (field, index, operator, amount) => this.count(field, index, operator, amount),
      own: (cell) => fromSlot(this.key[cell]!),
      keep: (cell, value) => {
        this.next[cell] = Number.isNaN(value) ? anyNumber : Number(value) & this.mask;
      },
      holds: (value) => (Number.isNaN(value) ? this.ask(2) === 1 : Boolean(value)),
      choose: (count) => this.ask(this.concrete(count)),
      start: (actor) => {
        const other = this.concrete(actor);
        this.starts.push(other);
        const { haltedAt } = this.model;
        if (haltedAt >= 0) this.noteRead(haltedAt + other);
        return 0;
      },
      end: () => this.endStatement(),
      decision: (slot) => {
        this.model.asked[slot] = 1;
        return this.model.decisions[slot]!;
      },
    };
  }

  private update(field: number, index: number, operator: string, amount: number): number {
    const old = this.read(field, index);
    if ((operator === "+" || operator === "-") && !Number.isNaN(index))
      this.values.isCount(this.offsets[field]! + index);
    const value = combined(operator, old, amount);
    this.write(field, index, value);
    return value;
  }

  private count(field: number, index: number, operator: string, amount: number): void {
    const cell = this.offsets[field]! + index;
    const isOnly = !this.reads.has(cell) && !this.writes.has(cell);
    const isCounted = this.counted.has(cell);
    this.update(field, index, operator, amount);
    if (!Number.isNaN(index) && (isOnly || isCounted)) this.counted.add(cell);
  }

  private concrete(value: number): number {
    if (Number.isNaN(value)) throw new TooMany();
    return value;
  }

  private ask(of: number): number {
    if (this.asked === this.script.length) {
      if (this.asked > waysMax) throw new TooMany();
      this.script.push({ taken: 0, of });
    }
    return this.script[this.asked++]!.taken;
  }

  private read(field: number, index: number): number {
    const offset = this.offsets[field]!;
    if (this.copied.has(field) && !Number.isNaN(index)) {
      this.noteRead(this.cell(field, index));
      return Number.NaN;
    }
    if (!Number.isNaN(index)) return this.readCell(this.cell(field, index));
    for (let i = 0; i < this.counts[field]!; i++) this.noteRead(offset + i);
    return Number.NaN;
  }

  private cell(field: number, index: number): number {
    if (!(index >= 0 && index < this.counts[field]!)) throw new Infeasible();
    return this.offsets[field]! + index;
  }

  private readCell(cell: number): number {
    const slot = this.slots.get(cell);
    this.noteRead(cell);
    const known = this.known.get(cell);
    if (known !== undefined) return known;
    const value = slot === undefined ? this.shared(cell) : fromSlot(this.key[slot]!);
    this.known.set(cell, value);
    return value;
  }

  private noteRead(cell: number): void {
    this.reads.add(cell);
    this.counted.delete(cell);
  }

  private shared(cell: number): number {
    const values = this.values.of(cell);
    if (values === undefined) return Number.NaN;
    return values.length === 1 ? values[0]! : values[this.ask(values.length)]!;
  }

  private write(field: number, index: number, value: number): number {
    const offset = this.offsets[field]!;
    if (Number.isNaN(index))
      for (let i = 0; i < this.counts[field]!; i++) this.writeCell(offset + i, Number.NaN);
    else this.writeCell(this.cell(field, index), value);
    return value;
  }

  private writeCell(cell: number, value: number): void {
    const kept = Number.isNaN(value) ? value : Number(value) & this.mask;
    this.known.set(cell, kept);
    this.writes.set(cell, kept);
    this.counted.delete(cell);
  }

  /** As `load` does it in compiled code: the next statement, or the end. */
  private endStatement(): void {
    const program = this.model.programs[this.actor]!;
    const ip = this.key[1]! + 1;
    this.next[1] = ip;
    this.next[0] = 0;
    const statement = program[ip];
    if (statement === undefined) return;
    if (this.model.haltedAt >= 0) {
      const halted = this.readCell(this.model.haltedAt + this.actor);
      if (Number.isNaN(halted) ? this.ask(2) === 1 : halted !== 0) return;
    }
    this.next[0] = statement.pc;
    statement.cells.forEach((cell, i) => {
      this.next[2 + cell] = statement.values[i]! & this.mask;
    });
  }
}

const fromSlot = (value: number): number => (value === anyNumber ? Number.NaN : value);

function combined(operator: string, old: number, amount: number): number {
  if (Number.isNaN(old) || Number.isNaN(amount)) return Number.NaN;
  switch (operator) {
    case "+":
      return old + amount;
    case "-":
      return old - amount;
    case "|":
      return old | amount;
    case "&":
      return old & amount;
    default:
      return old ^ amount;
  }
}
