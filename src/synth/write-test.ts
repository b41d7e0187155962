/**
 * A program as a litmus test: its operations divided among the processes, signals where the next
 * operation is another process's, and a condition that names what goes wrong.
 */
import type { Actor, Condition, Expectation, Operand, Statement, Test } from "../litmus/ast.ts";
import { wordText } from "../verdict/observe.ts";
import type { Alphabet } from "./alphabet.ts";
import { emptyTest } from "./bench.ts";
import { KILLED } from "./graph.ts";
import {
  argument,
  call,
  mayFail,
  nowhere,
  type Operation,
  placeAt,
  registers,
} from "./operation.ts";
import type { Judged } from "./outcome.ts";

export interface TestText {
  readonly name: string;
  readonly doc: string;
  readonly expectations: readonly Expectation[];
}

/** The test that holds where the bad side's witness shows its value. Undefined if nothing can say so. */
export function writeTest(
  alphabet: Alphabet,
  program: readonly Operation[],
  judged: Judged,
  text: TestText,
): Test | undefined {
  const draft = new Draft();
  for (const operation of program) draft.add(operation);
  const proposition = conditionOf(program, judged, draft);
  if (proposition === undefined) return undefined;
  return {
    ...emptyTest(
      alphabet.pages.filter(({ name }) => mentions(program, judged, name)),
      draft.actors(),
    ),
    info: alphabet.info,
    ...text,
    condition: proposition,
  };
}

function mentions(program: readonly Operation[], { witness }: Judged, page: string): boolean {
  const names = (place: string | undefined) => place !== undefined && placeAt(place).name === page;
  const seen = witness.kind === "memory" && names(witness.page);
  return seen || program.some((operation) => names(operation.page));
}

/** Statements per process as they are added, one operation after the other. */
class Draft {
  /** Per operation, the register its value is in. */
  readonly registers: (Extract<Operand, { kind: "register" }> | undefined)[] = [];
  private readonly statements = new Map<string, Statement[]>([["P0", []]]);
  private readonly holders = new Set<string>();
  private readonly gone = new Set<string>();
  private previous: Operation | undefined;
  private last = "P0";
  private events = 0;
  private reads = 0;

  add(operation: Operation): void {
    const actor = this.actorOf(operation);
    this.order(actor);
    const statements = this.of(actor);
    if (operation.fails !== undefined) statements.push(mayFail);
    const register = assigns(operation) ? `r${this.reads++}` : undefined;
    statements.push(named(operation.statement, register));
    this.registers.push(
      register === undefined ? undefined : { kind: "register", actor, register, span: nowhere },
    );
    this.follow(operation, actor);
  }

  actors(): Actor[] {
    return [...this.statements.keys()].sort().map((name) => ({
      role: "process",
      name,
      process: name,
      statements: this.statements.get(name)!,
      span: nowhere,
    }));
  }

  /** What goes through the handle is done by whoever has its file open. */
  private actorOf({ effect, actor }: Operation): string {
    if (effect !== "device-writes" && effect !== "device-reads" && effect !== "releases")
      return actor;
    const able = [...this.holders].filter((one) => !this.gone.has(one));
    return able.includes(this.last) ? this.last : (able[0] ?? actor);
  }

  /** Makes `actor` wait for the operation before, if that was another process's. */
  private order(actor: string): void {
    const { previous, last } = this;
    if (previous === undefined || last === actor) return;
    if (previous.effect === "forks" && previous.child === actor) return;
    if (previous.effect === "exits" && actor === parentOf(this.births, last)) {
      this.of(actor).push(call("wait", [argument.process(last)]));
      return;
    }
    const event = `e${this.events++}`;
    const statements = this.of(last);
    const signal = call("signal", [argument.event(event)]);
    if (previous.effect === "exits") statements.splice(-1, 0, signal);
    else statements.push(signal);
    this.of(actor).push(call("await", [argument.event(event)]));
  }

  private readonly births = new Map<string, string>();

  private follow(operation: Operation, actor: string): void {
    if (registers(operation)) this.holders.add(actor);
    if (operation.effect === "exits") this.gone.add(actor);
    if (operation.child !== undefined) {
      this.births.set(operation.child, actor);
      this.of(operation.child);
      if (this.holders.has(actor)) this.holders.add(operation.child);
    }
    this.previous = operation;
    this.last = actor;
  }

  private of(actor: string): Statement[] {
    const known = this.statements.get(actor);
    if (known !== undefined) return known;
    const made: Statement[] = [];
    this.statements.set(actor, made);
    return made;
  }
}

function parentOf(births: ReadonlyMap<string, string>, child: string): string | undefined {
  return births.get(child);
}

function assigns({ effect }: Operation): boolean {
  return effect === "reads" || effect === "device-reads" || effect === "forks";
}

function named(statement: Statement, register: string | undefined): Statement {
  if (register === undefined) return statement;
  if (statement.kind === "load") return { ...statement, register };
  return statement.kind === "call" ? { ...statement, result: register } : statement;
}

function conditionOf(
  program: readonly Operation[],
  { witness, values, bad }: Judged,
  draft: Draft,
): Condition | undefined {
  const shown = ([bad, 1 - bad] as const)
    .map((side) => values[side])
    .find(
      (value) =>
        value !== undefined &&
        value < KILLED &&
        !(witness.kind === "shown" && isStoreLike(program, witness.operation)),
    );
  if (shown === undefined) return undefined;
  const left = operandOf(program, witness, draft);
  if (left === undefined) return undefined;
  const word = wordText(shown);
  const right: Operand = /^\d+$/.test(word)
    ? { kind: "number", value: Number(word), span: nowhere }
    : { kind: "name", name: word, span: nowhere };
  const proposition = { kind: "compare", operator: "=", left, right } as const;
  return { quantifier: "exists", proposition, span: nowhere };
}

function isStoreLike(program: readonly Operation[], operation: number): boolean {
  return program[operation]!.effect === "plain";
}

function operandOf(
  program: readonly Operation[],
  witness: Judged["witness"],
  draft: Draft,
): Operand | undefined {
  if (witness.kind === "memory")
    return {
      kind: "memory",
      process: witness.process,
      place: placeAt(witness.page),
      span: nowhere,
    };
  if (registers(program[witness.operation]!)) return { kind: "errno", handle: "h", span: nowhere };
  return draft.registers[witness.operation];
}

/** A test's name made of kernels' names: a variant's has blanks and signs that no name may have. */
export function wordOf(name: string): string {
  return name.replaceAll(/[^\w.+-]+/g, "-");
}
