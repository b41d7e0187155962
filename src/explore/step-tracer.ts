/**
 * One actor's step, run once for each way its branches may fall: the tracer that the traced twin of
 * the steps asks. It notes what the step may read and write, what it may write there, and the local
 * states it may lead to. Numbers that are not known stay sets (possible.ts) until a branch, or a
 * local state, tells them apart; what a function that only looks may give is one such set.
 */
import type { Model, Traced, TracedStep, Tracer } from "../step/index.ts";
import type { CellValues } from "./cell-values.ts";
import { anyNumber } from "./local-states.ts";
import {
  anyOf,
  binary,
  both,
  each,
  numbersOf,
  oneOf,
  type Possible,
  type Source,
  unary,
  type Value,
} from "./possible.ts";
import type { WideSlots } from "./wide-slots.ts";

/** Thrown inside a traced step: this combination of values cannot be. */
class Infeasible extends Error {}
/** Thrown where another way has come by with the same values: what follows is that way's. */
class Covered extends Infeasible {}
/** They say nothing but that they were thrown, and often are. */
const infeasible = new Infeasible();
const covered = new Covered();
/** Thrown when a step has too many ways to be worth tracing. */
export class TooMany extends Error {}

const waysMax = 1 << 12;
/** Local states that one way may lead to; beyond, slots with many numbers are told apart no longer. */
const nextMax = 256;

/** Numbers that a cell or a slot may get; undefined for any. */
export type Numbers = readonly number[] | undefined;

/** A slot that holds one of these numbers where the way leads. */
export interface WideSlot {
  readonly slot: number;
  readonly numbers: Numbers;
}

/** What one way through a step did. */
export interface Way {
  /** False when the step was not enabled: then only `reads` counts. */
  readonly enabled: boolean;
  readonly reads: ReadonlySet<number>;
  readonly writes: ReadonlyMap<number, Numbers>;
  /** Those cells of `reads` and `writes` in which it only counts: nothing depends on their values. */
  readonly counted: ReadonlySet<number>;
  readonly starts: readonly number[];
  /** The actor's local states afterwards: `anyNumber` in the slots of `wide`. */
  readonly next: readonly Int32Array[];
  readonly wide: readonly WideSlot[];
}

/** Who is traced: an actor in a local state, and which cells that state holds in which slots. */
export interface Standing {
  readonly actor: number;
  readonly key: Int32Array;
  readonly slots: ReadonlyMap<number, number>;
  readonly wide: WideSlots;
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
  private at!: Standing;
  /** What slots and cells hold on this way; a slot is written by its own number. */
  private kept = new Map<number, Value>();
  private held = new Map<number, Value>();
  private known = new Map<number, Value>();
  private reads = new Set<number>();
  private writes = new Map<number, Numbers>();
  private counted = new Set<number>();
  private starts: number[] = [];
  private script: { taken: number; of: number }[] = [];
  private asked = 0;
  /** Sources that branches have narrowed, with what was left before. */
  private trail: { source: Source; left: readonly number[] }[] = [];
  /** The function that is asked for what it may give: the rounds its ways have come by. */
  private call: { readonly seen: Map<string, string>; readonly mark: number } | undefined;
  /** Ways that may still be traced: what a model's footprints may cost, counted, not timed. */
  private budget: number;

  /** Ways that may still be traced. */
  get left(): number {
    return this.budget;
  }

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

  /** Every way through the step that an actor is at. */
  *ways(at: Standing): Generator<Way> {
    const step = this.steps[at.key[0]!]!;
    this.at = at;
    this.script = [];
    this.held = new Map();
    for (const enabled of this.branches(() => {
      this.known = new Map();
      this.kept = new Map();
      this.reads = new Set();
      this.writes = new Map();
      this.starts = [];
      return step(at.actor) !== 0;
    }))
      yield this.way(enabled);
  }

  /** What `run` gives for each way its branches may fall; ways that cannot be are left out. */
  private *branches<T>(run: () => T): Generator<T> {
    const outer = { script: this.script, asked: this.asked };
    this.script = [];
    for (let ways = 0; ; ways++) {
      if (ways > waysMax || --this.budget < 0) throw new TooMany();
      const mark = this.trail.length;
      this.asked = 0;
      const script = this.script;
      try {
        yield run();
      } catch (error) {
        if (!(error instanceof Infeasible)) throw error;
      }
      this.script = script;
      this.undo(mark);
      while (script.length > 0) {
        const last = script[script.length - 1]!;
        if (++last.taken < last.of) break;
        script.pop();
      }
      if (script.length === 0) break;
    }
    this.script = outer.script;
    this.asked = outer.asked;
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

  private way(enabled: boolean): Way {
    const { reads, writes, counted, starts } = this;
    const after = enabled ? this.after() : { next: [], wide: [] };
    return { enabled, reads, writes, counted, starts, ...after };
  }

  /** The local states after this way: one for all that tracked slots may hold together. */
  private after(): Pick<Way, "next" | "wide"> {
    const { key, slots, wide } = this.at;
    const after = new Map(this.kept);
    this.writes.forEach((_, cell) => {
      const slot = slots.get(cell);
      if (slot !== undefined) after.set(slot, this.known.get(cell) ?? Number.NaN);
    });
    for (let slot = 2; slot < key.length; slot++)
      if (!after.has(slot) && key[slot] === anyNumber) after.set(slot, this.slotValue(slot));
    const next = key.slice();
    for (const slot of [0, 1]) next[slot] = Number(after.get(slot) ?? key[slot]);
    const pc = next[0]!;
    if (pc === 0) return { next: [next.fill(0, 2)], wide: [] };
    const loose: WideSlot[] = [];
    const split: { slot: number; value: Possible }[] = [];
    for (const [slot, value] of after) {
      if (slot < 2) continue;
      if (typeof value === "number" && !Number.isNaN(value)) next[slot] = value;
      else if (typeof value === "number" || wide.isWide(pc, slot)) {
        next[slot] = anyNumber;
        loose.push({ slot, numbers: numbersOf(value) });
      } else split.push({ slot, value });
    }
    return { next: this.combined(next, split, loose), wide: loose };
  }

  private combined(
    next: Int32Array,
    split: { slot: number; value: Possible }[],
    loose: WideSlot[],
  ): readonly Int32Array[] {
    const bySource = new Map<Source, { slot: number; value: Possible }[]>();
    for (const one of split)
      bySource.set(one.value.source, [...(bySource.get(one.value.source) ?? []), one]);
    let all: Int32Array[] = [next];
    for (const [source, of] of bySource) {
      if (all.length * source.left.length > nextMax) {
        for (const { slot, value } of of) {
          for (const one of all) one[slot] = anyNumber;
          loose.push({ slot, numbers: numbersOf(value) });
        }
        continue;
      }
      all = all.flatMap((one) =>
        source.left.map((at) => {
          const made = one.slice();
          for (const { slot, value } of of) made[slot] = value.table[at]!;
          return made;
        }),
      );
    }
    return all;
  }

  private tracer(): Tracer {
    return {
      read: (field, index) => this.read(field, index as Value),
      write: (field, index, value) => this.write(field, index as Value, value as Value),
      update: (field, index, operator, amount) =>
        this.update(field, index as Value, operator, amount as Value),
      count: (field, index, operator, amount) =>
        this.count(field, index as Value, operator, amount as Value),
      own: (cell) => (this.at.key[cell] === anyNumber ? this.slotValue(cell) : this.at.key[cell]!),
      keep: (cell, value) => {
        this.kept.set(
          cell,
          each(value as Value, (number) => number & this.mask),
        );
      },
      holds: (value) => this.holds(value as Value),
      choose: (count) => this.ask(this.number(count as Value)),
      start: (actor) => {
        const other = this.number(actor as Value);
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
      unary: (operator, value) => unary(operator, value as Value),
      binary: (operator, left, right) => binary(operator, left as Value, right as Value),
      result: (of, given) => this.result(of as (...given: Value[]) => Value, given as Value[]),
      round: (loop, values) => this.round(loop, values as Value[]),
      number: (value) => this.number(value as Value),
    };
  }

  /** Whether a branch is taken: both ways are tried where both may be. */
  private holds(value: Value): boolean {
    if (typeof value === "number") return Number.isNaN(value) ? this.ask(2) === 1 : value !== 0;
    const { source, table } = value;
    const yes = source.left.filter((at) => table[at] !== 0);
    if (yes.length === source.left.length) return true;
    if (yes.length === 0) return false;
    const taken = this.ask(2) === 1;
    this.narrow(source, taken ? yes : source.left.filter((at) => table[at] === 0));
    return taken;
  }

  private number(value: Value): number {
    if (typeof value === "number") {
      if (Number.isNaN(value)) throw new TooMany();
      return value;
    }
    const numbers = numbersOf(value)!;
    const chosen = numbers.length === 1 ? numbers[0]! : numbers[this.ask(numbers.length)]!;
    const { source, table } = value;
    this.narrow(
      source,
      source.left.filter((at) => table[at] === chosen),
    );
    return chosen;
  }

  private narrow(source: Source, left: readonly number[]): void {
    this.trail.push({ source, left: source.left });
    source.left = left;
  }

  private undo(mark: number): void {
    while (this.trail.length > mark) {
      const { source, left } = this.trail.pop()!;
      source.left = left;
    }
  }

  private ask(of: number): number {
    if (this.asked === this.script.length) {
      if (this.asked > waysMax) throw new TooMany();
      this.script.push({ taken: 0, of });
    }
    return this.script[this.asked++]!.taken;
  }

  /** All that a function may give: its ways add to the caller's and do not multiply them. */
  private result(of: (...given: Value[]) => Value, given: readonly Value[]): Value {
    const outer = this.call;
    this.call = { seen: new Map(), mark: this.trail.length };
    const found = new Set<number>();
    let any = false;
    for (const gave of this.branches(() => numbersOf(of(...given)) ?? "any")) {
      if (gave === "any") any = true;
      else for (const number of gave) found.add(number);
    }
    this.call = outer;
    if (any) return Number.NaN;
    if (found.size === 0) throw infeasible;
    return oneOf([...found]);
  }

  /**
   * What branches have told of other values is forgotten, and a way that comes to a round as another
   * way did ends there: so the ways of rounds add up, too.
   */
  private round(loop: number, values: readonly Value[]): void {
    const { seen, mark } = this.call!;
    const kept = new Set(values.map((value) => (typeof value === "number" ? value : value.source)));
    const narrowed = this.trail.splice(mark);
    for (const { source, left } of [...narrowed].reverse())
      if (!kept.has(source)) source.left = left;
    this.trail.push(...narrowed.filter(({ source }) => kept.has(source)));
    const sources = values.map((value) => (typeof value === "number" ? undefined : value.source));
    const names = values.map((value, at) =>
      typeof value === "number" ? value : `${sources.indexOf(sources[at])}:${listed(value)}`,
    );
    const key = `${loop} ${names.join(" ")}`;
    let way = "";
    for (let at = 0; at < this.asked; at++) way += `${this.script[at]!.taken} `;
    const first = seen.get(key);
    if (first === undefined) seen.set(key, way);
    else if (first !== way) throw covered;
  }

  private slotValue(slot: number): Value {
    const before = this.held.get(slot);
    if (before !== undefined) return before;
    const { key, wide } = this.at;
    const value = oneOf(wide.numbersOf(key[0]!, key[1]!, slot));
    this.held.set(slot, value);
    return value;
  }

  private read(field: number, index: Value): Value {
    const cells = this.cells(field, index);
    if (this.copied.has(field)) {
      for (const cell of cells) this.noteRead(cell);
      return Number.NaN;
    }
    return anyOf(cells.map((cell) => this.readCell(cell)));
  }

  /** The cells that `field[index]` may be; an index beyond them cannot be. */
  private cells(field: number, index: Value): readonly number[] {
    const offset = this.offsets[field]!;
    const count = this.counts[field]!;
    if (typeof index !== "number") {
      const { source, table } = index;
      const within = source.left.filter((at) => table[at]! >= 0 && table[at]! < count);
      if (within.length === 0) throw infeasible;
      if (within.length < source.left.length) this.narrow(source, within);
      return numbersOf(index)!.map((at) => offset + at);
    }
    if (Number.isNaN(index)) return Array.from({ length: count }, (_, at) => offset + at);
    if (!(index >= 0 && index < count)) throw infeasible;
    return [offset + index];
  }

  private noteRead(cell: number): void {
    this.reads.add(cell);
    this.counted.delete(cell);
  }

  private readCell(cell: number): Value {
    this.noteRead(cell);
    const known = this.known.get(cell);
    if (known !== undefined) return known;
    const slot = this.at.slots.get(cell);
    const value = slot === undefined ? oneOf(this.values.of(cell)) : this.ownCell(slot);
    this.known.set(cell, value);
    return value;
  }

  private ownCell(slot: number): Value {
    const value = this.at.key[slot]!;
    return value === anyNumber ? this.slotValue(slot) : value;
  }

  private update(field: number, index: Value, operator: string, amount: Value): Value {
    const old = this.read(field, index);
    if (operator === "+" || operator === "-")
      for (const cell of this.cells(field, index)) this.values.isCount(cell);
    return this.write(
      field,
      index,
      both(old, amount, (one, other) => compute(operator, one, other)),
    );
  }

  /** A count that nobody looks at: in one known cell, and nothing else is done with it. */
  private count(field: number, index: Value, operator: string, amount: Value): void {
    const cells = this.cells(field, index);
    const [cell] = cells;
    const isOnly = !this.reads.has(cell!) && !this.writes.has(cell!);
    const isCounted = this.counted.has(cell!);
    this.update(field, index, operator, amount);
    if (cells.length === 1 && (isOnly || isCounted)) this.counted.add(cell!);
  }

  private write(field: number, index: Value, value: Value): Value {
    const cells = this.cells(field, index);
    const kept = each(value, (number) => number & this.mask);
    const numbers = numbersOf(kept);
    for (const cell of cells) {
      this.counted.delete(cell);
      const before = this.writes.has(cell) ? this.writes.get(cell) : [];
      this.writes.set(cell, numbers && before && [...before, ...numbers]);
      this.known.set(cell, cells.length === 1 ? kept : anyOf([kept, this.current(cell)]));
    }
    return value;
  }

  /** What a cell holds, without the step's reading it. */
  private current(cell: number): Value {
    const known = this.known.get(cell);
    if (known !== undefined) return known;
    const slot = this.at.slots.get(cell);
    return slot === undefined ? oneOf(this.values.of(cell)) : this.ownCell(slot);
  }

  /** As `load` does it in compiled code: the next statement, or the end. */
  private endStatement(): void {
    const { actor, key } = this.at;
    const program = this.model.programs[actor]!;
    const ip = key[1]! + 1;
    this.kept.set(1, ip);
    this.kept.set(0, 0);
    const statement = program[ip];
    if (statement === undefined) return;
    const { haltedAt } = this.model;
    if (haltedAt >= 0 && this.holds(this.readCell(haltedAt + actor))) return;
    this.kept.set(0, statement.pc);
    statement.cells.forEach((cell, i) => {
      this.kept.set(2 + cell, statement.values[i]! & this.mask);
    });
  }
}

/** What is left, in the order of the source: so that values tied to one another have tied names. */
function listed({ source, table }: Possible): string {
  return source.left.map((at) => table[at]).join();
}

function compute(operator: string, old: number, amount: number): number {
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
