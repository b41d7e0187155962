/**
 * Whether two actors do the same, each with names of its own: their steps are run once for both, by
 * the traced twin, on numbers of which is only known whether they are equal for the two or how far
 * they are apart. Such a pair may count, name a cell, or be compared where both give one answer; as
 * soon as it is stored in a shared cell or decides a branch, the two are told apart.
 */
import type { Model, Traced, TracedStep, Tracer } from "../step/index.ts";
import type { CellValues } from "./cell-values.ts";
import { operate } from "./possible.ts";

/** Thrown where a step tells the two apart, or is too long to say. */
export class ToldApart extends Error {}
/** Thrown where a way cannot be: nothing follows from it. */
class Infeasible extends Error {}

const toldApart = new ToldApart();
const infeasible = new Infeasible();
const waysMax = 1 << 12;

/** A number that is `at` for one and `at + apart` for the other; NaN where only `apart` is known. */
export class Pair {
  readonly at: number;
  readonly apart: number;

  constructor(at: number, apart: number) {
    this.at = at;
    this.apart = apart;
  }
}

/** A pair, or a number that both have; NaN for any. */
export type Common = number | Pair;

/** Where both stand: a step of a statement, with what their slots hold there. */
export interface Place {
  readonly pc: number;
  readonly statement: number;
  readonly slots: readonly Common[];
}

/** Where a way leads. */
export interface Arrival {
  readonly pc: number;
  readonly statement: number;
  readonly slot: (slot: number) => Common;
}

/** What accesses of both have shown so far. */
export interface Shown {
  /** Fields whose cells they name by pairs, and how far the two's are apart. */
  readonly named: Map<number, number>;
  /** Cells that both touch, and fields in which that may be any. */
  readonly cells: Set<number>;
  readonly anywhere: Set<number>;
}

const apartOf = (value: Common): number => (typeof value === "number" ? 0 : value.apart);
const firstOf = (value: Common): number => (typeof value === "number" ? value : value.at);
const otherOf = (value: Common): number => firstOf(value) + apartOf(value);
const isKnown = (value: Common): boolean => !Number.isNaN(firstOf(value));

function pairOf(one: number, other: number): Common {
  return one === other ? one : new Pair(one, other - one);
}

export class Renamed {
  readonly shown: Shown = { named: new Map(), cells: new Set(), anywhere: new Set() };
  private readonly model: Model;
  private readonly values: CellValues;
  private readonly both: readonly [number, number];
  private readonly steps: readonly (TracedStep | null)[];
  private readonly offsets: readonly number[];
  private readonly counts: readonly number[];
  private at!: Place;
  private kept = new Map<number, Common>();
  private script: { taken: number; of: number }[] = [];
  private asked = 0;
  /** The function that is asked for what it may give: the rounds its ways have come by. */
  private seen: Map<string, string> | undefined;

  constructor(model: Model, traced: Traced, values: CellValues, both: readonly [number, number]) {
    this.model = model;
    this.values = values;
    this.both = both;
    const { layout, machine } = model;
    this.offsets = [...layout.offsets.values()];
    this.counts = Object.entries(machine.schema.classes).flatMap(([name, fields]) =>
      fields.map(() => layout.counts[name] ?? 0),
    );
    this.steps = traced(this.tracer()).steps;
  }

  /** Where the step of a place may lead; throws where it tells the two apart. */
  *arrivals(at: Place): Generator<Arrival> {
    const step = this.steps[at.pc]!;
    this.at = at;
    this.script = [];
    for (const enabled of this.branches(() => {
      this.kept = new Map();
      return step(pairOf(...this.both) as number) !== 0;
    })) {
      if (!enabled) continue;
      const { kept } = this;
      const slot = (number: number) => kept.get(number) ?? at.slots[number]!;
      const [pc, statement] = [slot(0), slot(1)];
      if (typeof pc !== "number" || typeof statement !== "number") throw toldApart;
      yield { pc, statement, slot };
    }
  }

  private *branches<T>(run: () => T): Generator<T> {
    const outer = { script: this.script, asked: this.asked };
    this.script = [];
    const { script } = this;
    for (let ways = 0; ; ways++) {
      if (ways > waysMax) throw toldApart;
      this.asked = 0;
      try {
        yield run();
      } catch (error) {
        if (!(error instanceof Infeasible)) throw error;
      }
      this.script = script;
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

  private ask(of: number): number {
    if (this.asked === this.script.length) {
      if (this.asked > waysMax) throw toldApart;
      this.script.push({ taken: 0, of });
    }
    return this.script[this.asked++]!.taken;
  }

  private tracer(): Tracer {
    return {
      read: (field, index) => this.read(field, index as Common),
      write: (field, index, value) => this.write(field, index as Common, value as Common),
      update: (field, index, _, amount) => this.write(field, index as Common, amount as Common),
      count: (field, index, _, amount) => {
        this.write(field, index as Common, amount as Common);
      },
      own: (cell) => this.at.slots[cell]!,
      keep: (cell, value) => {
        this.kept.set(cell, value as Common);
      },
      holds: (value) => this.holds(value as Common),
      choose: (alternatives) => common(alternatives as Common),
      start: (actor) => {
        common(actor as Common);
        return 0;
      },
      end: () => this.endStatement(),
      decision: (slot) => this.model.decisions[slot]!,
      unary: (operator, value) => this.compute((one) => operate(operator, one), value as Common),
      binary: (operator, left, right) => this.binary(operator, left as Common, right as Common),
      result: (of, given) => this.result(of as (...given: Common[]) => Common, given as Common[]),
      round: (loop, values) => this.round(loop, values as Common[]),
      number: (value) => {
        if (typeof value !== "number" || Number.isNaN(value)) throw toldApart;
        return value;
      },
    };
  }

  private holds(value: Common): boolean {
    if (typeof value === "number") return Number.isNaN(value) ? this.ask(2) === 1 : value !== 0;
    const answer = (value.at !== 0) === (value.at + value.apart !== 0);
    if (!isKnown(value) || !answer) throw toldApart;
    return value.at !== 0;
  }

  private compute(of: (number: number) => number, value: Common): Common {
    if (typeof value === "number") return Number.isNaN(value) ? value : of(value);
    if (!isKnown(value)) throw toldApart;
    return pairOf(of(value.at), of(otherOf(value)));
  }

  private binary(operator: string, left: Common, right: Common): Common {
    if (isKnown(left) && isKnown(right))
      return pairOf(
        operate(operator, firstOf(left), firstOf(right)),
        operate(operator, otherOf(left), otherOf(right)),
      );
    const apart = [apartOf(left), apartOf(right)] as const;
    if (apart[0] === 0 && apart[1] === 0) return Number.NaN;
    if (operator === "+") return shifted(apart[0] + apart[1]);
    if (operator === "-") return shifted(apart[0] - apart[1]);
    // Moved by as much, two numbers compare as before.
    if (/[=<>]/.test(operator) && !/<<|>>/.test(operator) && apart[0] === apart[1])
      return Number.NaN;
    throw toldApart;
  }

  /** All that a function may give, which writes nothing. */
  private result(of: (...given: Common[]) => Common, given: readonly Common[]): Common {
    const outer = this.seen;
    this.seen = new Map();
    let found: Common | undefined;
    for (const gave of this.branches(() => of(...given))) {
      if (found === undefined) found = gave;
      else if (apartOf(found) !== apartOf(gave)) throw toldApart;
      else if (firstOf(found) !== firstOf(gave)) found = shifted(apartOf(found));
    }
    this.seen = outer;
    if (found === undefined) throw infeasible;
    return found;
  }

  /** A way that comes to a round as another way did ends there. */
  private round(loop: number, values: readonly Common[]): void {
    const key = `${loop} ${values.map((one) => `${firstOf(one)}+${apartOf(one)}`).join(" ")}`;
    let way = "";
    for (let at = 0; at < this.asked; at++) way += `${this.script[at]!.taken} `;
    const first = this.seen!.get(key);
    if (first === undefined) this.seen!.set(key, way);
    else if (first !== way) throw infeasible;
  }

  private read(field: number, index: Common): Common {
    if (!isKnown(index)) return this.touch(field, index);
    const one = this.constant(this.cell(field, firstOf(index)));
    const other = this.constant(this.cell(field, otherOf(index)));
    return one === undefined || other === undefined ? this.touch(field, index) : pairOf(one, other);
  }

  private write(field: number, index: Common, value: Common): number {
    common(value);
    return this.touch(field, index);
  }

  /** Notes an access of a cell that changes, or may; its number is any. */
  private touch(field: number, index: Common): number {
    if (typeof index !== "number") {
      const apart = this.shown.named.get(field) ?? index.apart;
      if (apart !== index.apart) throw toldApart;
      this.shown.named.set(field, apart);
    } else if (isKnown(index)) this.shown.cells.add(this.cell(field, index));
    else this.shown.anywhere.add(field);
    return Number.NaN;
  }

  private cell(field: number, index: number): number {
    if (!(index >= 0 && index < this.counts[field]!)) throw infeasible;
    return this.offsets[field]! + index;
  }

  /** The number that a cell always holds. */
  private constant(cell: number): number | undefined {
    const numbers = this.values.of(cell);
    return numbers?.length === 1 ? numbers[0] : undefined;
  }

  /** As StepTracer does it: the next statement, or the end. */
  private endStatement(): void {
    const [programs, statement] = [
      this.both.map((actor) => this.model.programs[actor]!),
      Number(this.at.slots[1]) + 1,
    ];
    this.kept.set(1, statement);
    this.kept.set(0, 0);
    const [one, other] = programs.map((program) => program[statement]);
    if (one === undefined || other === undefined) return;
    if (this.isHalted()) return;
    this.kept.set(0, one.pc);
    one.cells.forEach((cell, i) => {
      this.kept.set(2 + cell, pairOf(one.values[i]!, other.values[i]!));
    });
  }

  private isHalted(): boolean {
    const { haltedAt } = this.model;
    if (haltedAt < 0) return false;
    const field = this.offsets.findIndex((offset, i) => offset === haltedAt && this.counts[i]! > 0);
    return this.holds(this.read(field, pairOf(...this.both)));
  }
}

/** A number that is the same for both, whatever it is. */
function common(value: Common): number {
  if (typeof value !== "number") throw toldApart;
  return Number.NaN;
}

const shifted = (apart: number): Common => (apart === 0 ? Number.NaN : new Pair(Number.NaN, apart));
