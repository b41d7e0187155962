/**
 * A compiled set of paths, ready to be bound to a layout, to programs (what each actor does) and
 * to one kernel's table. One binding is active at a time; binding is cheap (a few assignments), so
 * thousands of tests and kernels share one machine whose code is warm.
 */
import type { EntryDescription, StepDescription } from "./emit.ts";
import { type DecisionValue, type Layout, layout, type Schema } from "./objects.ts";
import type { Traced } from "./traced.ts";

/** A row of cells: one state. */
export type Row = Uint8Array | Uint16Array | Int32Array;

/** `(row, actor's first cell, actor, choice)` -> 0 if not enabled, else the number of alternatives. */
export type StepFunction = (row: Row, base: number, actor: number, choice: number) => number;

/** What the generated module returns. */
export interface Compiled {
  readonly bind: (
    offsets: readonly number[],
    actorBase: number,
    actorStride: number,
    halted: number,
    programs: readonly (readonly LoadedStatement[])[],
    decisions: ArrayLike<number>,
    asked: Uint8Array,
  ) => void;
  readonly load: (row: Row, base: number, actor: number, ip: number) => void;
  readonly steps: readonly (StepFunction | null)[];
}

/** A statement as `load` begins it: the program counter and the registers its arguments are in. */
export interface LoadedStatement {
  readonly pc: number;
  readonly cells: readonly number[];
  readonly values: readonly number[];
}

/** One statement of an actor: an entry path with its arguments. */
export interface ProgramStatement {
  readonly entry: string;
  readonly arguments: readonly number[];
}

export interface ActorProgram {
  readonly name: string;
  readonly statements: readonly ProgramStatement[];
  /** Whether the actor runs from the start, or waits for `start(actor)`. */
  readonly startsAtOnce: boolean;
}

export interface Machine {
  readonly schema: Schema;
  readonly compiled: Compiled;
  readonly steps: readonly (StepDescription | undefined)[];
  readonly entries: Readonly<Record<string, EntryDescription>>;
  /** The steps' traced twin, for footprints; without it there are no reductions. */
  readonly traced: (() => Traced) | undefined;
}

/** A machine laid out for one test: the thing an explorer explores. */
export interface Model {
  readonly machine: Machine;
  readonly layout: Layout;
  readonly actors: readonly ActorProgram[];
  readonly steps: readonly (StepFunction | null)[];
  /** Per actor, its statements as `load` begins them. */
  readonly programs: readonly (readonly LoadedStatement[])[];
  /** The cell of actor 0's "takes no further statement", or -1. */
  readonly haltedAt: number;
  readonly decisions: ArrayLike<number>;
  /** 1 for every place of the kernel's table that a step, run or traced, has read so far. */
  readonly asked: Uint8Array;
  /** Makes this model the machine's binding. Call before stepping, after another model ran. */
  readonly activate: () => void;
  /** Writes the first state of all actors; the objects' cells are the caller's. */
  readonly loadActors: (row: Row) => void;
}

/** `steps` is asked for when somebody describes or analyses a step, not before. */
export function machine(
  schema: Schema,
  compiled: Compiled,
  steps: () => Machine["steps"],
  entries: Machine["entries"],
  traced?: () => Traced,
): Machine {
  let described: Machine["steps"] | undefined;
  return {
    schema,
    compiled,
    entries,
    traced,
    get steps() {
      described ??= steps();
      return described;
    },
  };
}

export interface ModelOptions {
  /** Objects per class. */
  readonly counts: Readonly<Record<string, number>>;
  readonly actors: readonly ActorProgram[];
  /** A kernel's table as numbers, see `decisionTable`. */
  readonly decisions: ArrayLike<number>;
  /** A field indexed by actor: where it is not 0, the actor takes no further statement. */
  readonly halted?: string;
}

export function model(of: Machine, options: ModelOptions): Model {
  const used = new Set(options.actors.flatMap((actor) => actor.statements.map((s) => s.entry)));
  const registers = Math.max(0, ...[...used].map((name) => entry(of, name).cells));
  const at = layout(of.schema, options.counts, options.actors.length, registers);
  const programs = options.actors.map((actor) => actor.statements.map((s) => loaded(of, s)));
  const offsets = [...at.offsets.values()];
  const halted = options.halted === undefined ? -1 : at.offsets.get(options.halted)!;
  const asked = new Uint8Array(options.decisions.length);
  return {
    machine: of,
    layout: at,
    actors: options.actors,
    steps: of.compiled.steps,
    programs,
    haltedAt: halted,
    decisions: options.decisions,
    asked,
    activate: () =>
      of.compiled.bind(
        offsets,
        at.actorBase,
        at.actorStride,
        halted,
        programs,
        options.decisions,
        asked,
      ),
    loadActors: (row) =>
      options.actors.forEach((actor, t) => {
        if (actor.startsAtOnce) of.compiled.load(row, at.actorBase + t * at.actorStride, t, 0);
      }),
  };
}

function entry(of: Machine, name: string): EntryDescription {
  const found = of.entries[name];
  if (found === undefined)
    throw new Error(`The machine has no entry ${name}; compile it with that entry.`);
  return found;
}

function loaded(of: Machine, statement: ProgramStatement): LoadedStatement {
  const { pc, parameters } = entry(of, statement.entry);
  if (parameters.length !== statement.arguments.length)
    throw new Error(
      `${statement.entry} takes ${parameters.length} arguments, not ${statement.arguments.length}.`,
    );
  const live = parameters
    .map((p, i) => [p.cell, statement.arguments[i]!] as const)
    .filter(([cell]) => cell !== undefined);
  return { pc, cells: live.map(([cell]) => cell!), values: live.map(([, value]) => value) };
}

/** A kernel's answers as the numbers compiled code reads: the index of each value. */
export function decisionTable(
  schema: Schema,
  answers: Readonly<Record<string, DecisionValue>>,
): Int32Array {
  const slots = Object.entries(schema.decisions).flatMap(([group, all]) =>
    Object.entries(all).map(([name, values]) => ({ name: `${group}.${name}`, values })),
  );
  return Int32Array.from(slots, ({ name, values }) => {
    const index = values.indexOf(answers[name]!);
    if (index < 0)
      throw new Error(`Decision ${name} has no value ${JSON.stringify(answers[name])}.`);
    return index;
  });
}
