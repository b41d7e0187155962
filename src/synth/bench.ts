/**
 * The world in which operations run one after another: the checker's own world of a test that names
 * everything the operations name, with every operation lowered by the checker's own tables. A
 * process is an actor whose program is the list of its operations; running one is loading it and
 * stepping until the next would begin.
 */
import type { Kernel } from "../kernels/index.ts";
import type { Actor, Statement, Test } from "../litmus/ast.ts";
import { mmMachine } from "../mm/index.ts";
import { type ActorProgram, type Machine, type Model, model, type Row } from "../step/index.ts";
import { nameThings } from "../verdict/names.ts";
import { programOf } from "../verdict/program.ts";
import { loadWorld } from "../verdict/world.ts";
import type { Alphabet } from "./alphabet.ts";
import { argument, call, load, mayFail, nowhere, type Operation, registers } from "./operation.ts";

export interface Bench {
  readonly alphabet: Alphabet;
  readonly machine: Machine;
  readonly places: readonly ProgramPlace[];
  readonly programs: readonly ActorProgram[];
  readonly frame: Test;
}

/** Where an operation stands: statements `from` up to `to` of actor `actor`. */
export interface ProgramPlace {
  readonly actor: number;
  readonly from: number;
  readonly to: number;
}

/** A kernel's model of the bench and its first state. */
export interface BenchModel {
  readonly model: Model;
  readonly first: Row;
}

/** Lays out an alphabet once; kernels are bound to it by `benchModel`. */
export function bench(alphabet: Alphabet, machine: Machine = mmMachine()): Bench {
  const programs = alphabet.processes.map((name) => ({
    name,
    statements: [],
    startsAtOnce: false,
  }));
  const statements: ActorProgram["statements"][number][][] = programs.map(() => []);
  const places = alphabet.operations.map((operation): ProgramPlace => {
    const actor = alphabet.processes.indexOf(operation.actor);
    const own = statements[actor]!;
    const from = own.length;
    own.push(...lowered(operation, alphabet, actor));
    return { actor, from, to: own.length };
  });
  const filled = programs.map((program, t) => ({ ...program, statements: statements[t]! }));
  return { alphabet, machine, places, programs: filled, frame: frameTest(alphabet, undefined) };
}

/** The operations that the model leaves out, by name. */
export function notModelled(alphabet: Alphabet): readonly string[] {
  const missing = new Set<string>();
  for (const operation of alphabet.operations) {
    const test = frameTest(alphabet, operation);
    for (const one of programOf(test, nameThings(test)).notModelled) missing.add(one);
  }
  return [...missing];
}

function lowered(operation: Operation, alphabet: Alphabet, actor: number) {
  const test = frameTest(alphabet, operation);
  const program = programOf(test, nameThings(test));
  const last = test.actors[actor]!.statements.length - 1;
  const first = operation.fails === undefined ? last : last - 1;
  const origin = program.origin[actor]!;
  return program.actors[actor]!.statements.filter((_, i) => origin[i]! >= first);
}

/**
 * A test in which `operation` is the last statement of its actor, and everything it names exists
 * with the same numbers as in every other such test.
 */
function frameTest(alphabet: Alphabet, operation: Operation | undefined): Test {
  const needsHandle = operation === undefined || !registers(operation);
  const register = operation === undefined || operation.statement.kind !== "load";
  const start: Statement[] = [];
  if (needsHandle) start.push(call("pin", [argument.place(alphabet.pages[0]!.name)], "h"));
  if (operation === undefined && register) start.push(load("r0", alphabet.pages[0]!.name));
  const swaps = alphabet.operations.find(({ family }) => family === "pageout");
  if (operation === undefined && swaps !== undefined) start.push(swaps.statement);
  const actors = alphabet.processes.map((name): Actor => {
    const statements = name === "P0" ? [...start] : [];
    if (operation?.actor === name) {
      if (operation.fails !== undefined) statements.push(mayFail);
      statements.push(operation.statement);
    }
    return { role: "process", name, process: name, statements, span: nowhere };
  });
  return { ...emptyTest(alphabet.pages, actors), info: alphabet.info };
}

/** A test whose condition says nothing yet. */
export function emptyTest(declarations: Test["declarations"], actors: readonly Actor[]): Test {
  return {
    name: "FRAME",
    nameSpan: nowhere,
    doc: undefined,
    info: [],
    declarations,
    actors,
    locations: [],
    filter: undefined,
    condition: { quantifier: "exists", proposition: { kind: "true" }, span: nowhere },
    expectations: [],
    result: undefined,
  };
}

/** Binds a kernel: its table, and the first state as the checker would write it. */
export function benchModel(of: Bench, kernel: Kernel): BenchModel {
  const world = loadWorld(of.frame, kernel, of.machine);
  const made = model(of.machine, {
    counts: world.model.layout.counts,
    actors: of.programs,
    decisions: kernel.table,
    halted: "actor.halted",
  });
  const first = new Uint16Array(made.layout.width);
  first.set(world.first.subarray(0, world.model.layout.actorBase));
  return { model: made, first };
}
