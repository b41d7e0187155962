/**
 * A library test as a program of diff's engine: its statements as operations over an alphabet of
 * their own, in the one order that it allows, and its condition read off what the operations showed.
 * What the engine has no words for is named, not guessed.
 */
import type {
  Argument,
  Call,
  Operand,
  Proposition,
  Statement,
  Test,
} from "../../src/litmus/ast.ts";
import { printStatement } from "../../src/litmus/index.ts";
import { naturalSize } from "../../src/litmus/page-kinds.ts";
import type { Alphabet } from "../../src/synth/alphabet.ts";
import { type KernelGraph, KILLED, NOT_APPLICABLE, STUCK, UNSEEN } from "../../src/synth/graph.ts";
import type { Effect, Operation } from "../../src/synth/operation.ts";
import { wordText } from "../../src/verdict/observe.ts";
import { orders } from "../../src/verdict/orders.ts";
import { absent, holds, type Observable } from "../../src/verdict/valuation.ts";

export interface Program {
  readonly test: Test;
  readonly alphabet: Alphabet;
  readonly operations: readonly number[];
  /** Per operation, the register or handle that its result is assigned to: "P0:r0", "h". */
  readonly results: readonly (string | undefined)[];
}

export type Translated =
  | { readonly ok: true; readonly program: Program }
  | { readonly ok: false; readonly why: string };

const synchronising: ReadonlySet<string> = new Set(["signal", "await", "wait"]);
const registering: Readonly<Record<string, (flags: readonly string[]) => boolean>> = {
  pin: (flags) => flags.includes("WRITE"),
  get: (flags) => flags.includes("WRITE"),
  ibv_reg_mr: (flags) => flags.includes("WRITE"),
  vfio_map: (flags) => flags.includes("WRITE"),
  io_uring_register: () => true,
  xdp_umem: () => true,
  read_direct: () => true,
  vmsplice: () => false,
};
const foreign: ReadonlySet<string> = new Set(["vfork", "exec", "post", "complete"]);

/** The test as a program, or the first thing in it that the engine cannot say. */
export function translate(test: Test): Translated {
  const why = strangeness(test);
  if (why !== undefined) return { ok: false, why };
  const steps = onlyOrder(test);
  if (steps === undefined) return { ok: false, why: "several orders" };
  const processes = test.actors.map(({ name }) => name).sort();
  const all = steps.map(({ actor, statement }, i) => operationOf(actor, statement, i));
  const alphabet: Alphabet = {
    pages: test.declarations,
    alike: false,
    processes,
    operations: all,
    info: test.info,
  };
  const results = steps.map(({ actor, statement }) => resultOf(actor, statement));
  return {
    ok: true,
    program: { test, alphabet, operations: all.map((_, i) => i), results },
  };
}

function strangeness(test: Test): string | undefined {
  if (test.actors.some(({ role }) => role !== "process")) return "threads, devices, kernel actors";
  const special = test.info.find(({ key }) => key === "Hugetlb-pool" || key === "Swap");
  if (special !== undefined) return `${special.key}=`;
  const all = test.actors.flatMap(({ statements }) => statements);
  if (all.some(({ kind }) => kind === "mayFail")) return "allocations that may fail";
  const calls = all.filter((one): one is Call => one.kind === "call");
  const strange = calls.find(({ operation }) => foreign.has(operation));
  if (strange !== undefined) return strange.operation;
  const makers = calls.filter(({ operation }) => operation in registering);
  if (makers.length > 1) return "several registrations";
  const writes = calls.some(({ operation }) => operation === "dma_write");
  if (writes && makers.some((one) => !isWritable(one))) return "writes through a read registration";
  if (/\b(lo|hi)\b/.test(JSON.stringify(test.actors.map((a) => a.statements)))) return "halves";
  if (calls.some(({ arguments: given }) => given.some(isIndexed))) return "a pin of several pages";
  const values = JSON.stringify(all).matchAll(/"value":(\d+)/g);
  if ([...values].some(([, value]) => Number(value) >= UNSEEN)) return "values over 6";
  const more = [test.condition.proposition, ...(test.filter ? [test.filter] : [])];
  return more.map(strangeProposition).find((one) => one !== undefined);
}

function isWritable(call: Call): boolean {
  const flags = call.arguments.flatMap((one) => (one.kind === "flags" ? one.flags : []));
  return registering[call.operation]!(flags);
}

function isIndexed(one: Argument): boolean {
  return one.kind === "handle" && one.handle.index !== undefined;
}

function strangeProposition(of: Proposition): string | undefined {
  switch (of.kind) {
    case "state":
      return `${of.predicate}()`;
    case "compare":
      return [of.left, of.right].map(strangeOperand).find((one) => one !== undefined);
    case "not":
      return strangeProposition(of.operand);
    case "and":
    case "or":
    case "implies":
      return strangeProposition(of.left) ?? strangeProposition(of.right);
    default:
      return undefined;
  }
}

function strangeOperand(operand: Operand): string | undefined {
  if (operand.kind === "measure") return `${operand.measure}()`;
  if (operand.kind === "handle") return "a bare handle";
  return operand.kind === "memory" && operand.place.half !== undefined ? "halves" : undefined;
}

interface Step {
  readonly actor: string;
  readonly statement: Statement;
}

/** The order of what is not mere waiting, if the test allows only one. */
function onlyOrder(test: Test): readonly Step[] | undefined {
  const { orders: all, complete } = orders(test, { limit: 64 });
  if (!complete) return undefined;
  const texts = new Map<string, readonly Step[]>();
  for (const order of all) {
    const steps = order
      .map(({ actor, index }): Step => {
        const of = test.actors.find(({ name }) => name === actor)!;
        return { actor, statement: of.statements[index]! };
      })
      .filter(({ statement }) => !isSynchronising(statement));
    texts.set(steps.map((s) => `${s.actor}: ${printStatement(s.statement)}`).join(), steps);
  }
  return texts.size === 1 ? [...texts.values()][0] : undefined;
}

function isSynchronising(statement: Statement): boolean {
  return statement.kind === "call" && synchronising.has(statement.operation);
}

function operationOf(actor: string, statement: Statement, number: number): Operation {
  const place = placeOf(statement);
  return {
    name: `${number} ${actor}: ${printStatement(statement)}`,
    family: pagesOut(statement) ? "pageout" : statement.kind,
    actor,
    statement: renamed(statement),
    page: place,
    child: childOf(statement),
    effect: effectOf(statement),
    fails: undefined,
  };
}

/** The engine's world has a swap device only where something is paged out. */
function pagesOut(statement: Statement): boolean {
  if (statement.kind !== "call") return false;
  return statement.arguments.some((one) => one.kind === "flags" && one.flags.includes("PAGEOUT"));
}

function effectOf(statement: Statement): Effect {
  if (statement.kind === "load") return "reads";
  if (statement.kind !== "call") return "plain";
  const { operation, result } = statement;
  if (operation in registering) return isWritable(statement) ? "registers-writable" : "registers";
  const known: Readonly<Record<string, Effect>> = {
    fork: "forks",
    exit: "exits",
    dma_write: "device-writes",
    dma_read: "device-reads",
    unpin: "releases",
  };
  return known[operation] ?? (result === undefined ? "plain" : "reads");
}

/** The engine has one register and one handle. */
function renamed(statement: Statement): Statement {
  if (statement.kind === "load") return { ...statement, register: "r0" };
  if (statement.kind !== "call") return statement;
  const given = statement.arguments.map((one) =>
    one.kind === "handle" ? { ...one, handle: { ...one.handle, name: "h" } } : one,
  );
  const made = statement.operation in registering;
  const needs = statement.result !== undefined || statement.operation === "fork";
  const result = made ? "h" : needs ? "r0" : undefined;
  return { ...statement, arguments: given, result };
}

function resultOf(actor: string, statement: Statement): string | undefined {
  if (statement.kind === "load") return `${actor}:${statement.register}`;
  if (statement.kind !== "call" || statement.result === undefined) return undefined;
  return statement.operation in registering ? statement.result : `${actor}:${statement.result}`;
}

function placeOf(statement: Statement): string | undefined {
  if (statement.kind === "store" || statement.kind === "load") return statement.place.name;
  if (statement.kind !== "call") return undefined;
  const place = statement.arguments.find((one) => one.kind === "place");
  return place?.kind === "place" ? place.place.name : undefined;
}

function childOf(statement: Statement): string | undefined {
  if (statement.kind !== "call" || statement.operation !== "fork") return undefined;
  const named = statement.arguments.find((one) => one.kind === "process");
  return named?.kind === "process" ? named.process : undefined;
}

/** The condition's word at the program's end; undefined if a statement was not reached, as in "vacuous". */
export function verdictOf(program: Program, graph: KernelGraph): "never" | "always" | undefined {
  const shown = new Map<string, number>();
  let state = 0;
  for (const o of program.operations) {
    const next = graph.next(state, o);
    if (next === NOT_APPLICABLE) return undefined;
    const value = graph.shown(state, o);
    if (value === STUCK) return undefined;
    const result = program.results[o];
    if (result !== undefined && value !== KILLED) shown.set(result, value);
    state = next;
  }
  if (graph.exhausted) return undefined;
  const lookup = (observable: Observable) => textOf(program, graph, state, shown, observable);
  if (program.test.filter !== undefined && !holds(program.test.filter, lookup)) return undefined;
  return holds(program.test.condition.proposition, lookup) ? "always" : "never";
}

function textOf(
  { alphabet, test }: Program,
  graph: KernelGraph,
  state: number,
  shown: ReadonlyMap<string, number>,
  observable: Observable,
): string {
  switch (observable.kind) {
    case "register":
      return wordText(shown.get(`${observable.actor}:${observable.register}`) ?? 0xffff);
    case "errno":
      return wordText(shown.has(observable.handle) ? shown.get(observable.handle)! : 0xffff);
    case "memory": {
      const p = alphabet.processes.indexOf(observable.process);
      const value = graph.seen(state, p, placeNumber(test, observable.place));
      return value === UNSEEN ? absent : String(value);
    }
    default:
      throw new Error(`assert: ${observable.kind} was called strange`);
  }
}

function placeNumber(
  test: Test,
  place: { readonly name: string; readonly index?: number | undefined },
): number {
  let at = 0;
  for (const { name, pageKind, count } of test.declarations) {
    if (name === place.name) return at + (place.index ?? 0);
    at += count ?? naturalSize(pageKind);
  }
  throw new Error(`assert: ${place.name} is declared`);
}
