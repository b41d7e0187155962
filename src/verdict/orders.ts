/**
 * The serial orders of a test: its statements one after the other, in every order that the test
 * allows. A forced run on a real kernel realises one of them, and `compare` asks the model for the
 * same one. What an order must respect:
 *
 * - an actor's statements keep their order;
 * - P1's statements, and those of its threads, come after the fork(P1) or vfork(P1); P0 and its
 *   threads, devices and kernel actors run from the start;
 * - await(e) comes after a signal(e), and wait(P1) after P1's exit();
 * - the statement after vfork(P1) comes after P1's exec() or exit();
 * - a device's statement comes after each handle that it names was made (a process may use a handle
 *   too early: that use is skipped, and reported);
 * - exit() ends its process with all threads, exec() ends the other threads: what they had left to
 *   do is not part of the order;
 * - a kernel actor's `may` statement is part of an order or is not: both are orders of the test.
 *
 * A fork that fails at run time takes the child's statements out of the order.
 */
import { uniformBigInt } from "pure-rand/distribution/uniformBigInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import type { Actor, Call, Statement, Test } from "../litmus/ast.ts";

/** One statement of an order: the actor's name and the statement's index in it. */
export interface OrderStep {
  readonly actor: string;
  readonly index: number;
}

export type Order = readonly OrderStep[];

export interface OrderOptions {
  /** At most so many orders. */
  readonly limit?: number;
  /** Chooses the sample when there are more. */
  readonly seed?: number;
}

export interface Orders {
  readonly orders: readonly Order[];
  /** Whether `orders` are all there are. */
  readonly complete: boolean;
  /** How many orders the test has. */
  readonly total: bigint;
  /** The statements that some order can never reach: somebody waits for ever before them. */
  readonly stuck: readonly OrderStep[];
}

/** How many orders are run when nobody says otherwise. */
export const defaultOrderLimit = 24;

/** All serial orders of a test in the order of its actors, or a uniform sample of `limit` of them. */
export function orders(test: Pick<Test, "actors">, options: OrderOptions = {}): Orders {
  const limit = options.limit ?? defaultOrderLimit;
  const counter = new OrderCounter(test.actors);
  const total = counter.total();
  const complete = total <= BigInt(limit);
  const all = complete
    ? Array.from({ length: Number(total) }, (_, rank) => counter.order(BigInt(rank)))
    : sampleRanks(total, limit, options.seed ?? 1).map((rank) => counter.order(rank));
  return { orders: all, complete, total, stuck: counter.stuck() };
}

/** `P0.3`, `P0.T1.0`, `D0.1`. */
export function stepName(step: OrderStep): string {
  return `${step.actor}.${step.index}`;
}

/** `P0.0 P0.1 P1.0`: the form that emitted programs print and readers compare. */
export function orderText(order: Order): string {
  return order.map(stepName).join(" ");
}

/** Distinct ranks, ascending. */
function sampleRanks(total: bigint, limit: number, seed: number): bigint[] {
  const generator = xoroshiro128plus(seed);
  const ranks = new Set<bigint>();
  while (ranks.size < limit) ranks.add(uniformBigInt(generator, 0n, total - 1n));
  return [...ranks].sort((left, right) => (left < right ? -1 : left > right ? 1 : 0));
}

/** How far each actor has come; a `may` statement may also be passed over. */
interface Progress {
  /** Statements done or passed over, by actor. */
  readonly positions: readonly number[];
  /** The `may` statements that were passed over. */
  readonly passed: readonly OrderStep[];
}

/**
 * Counts the orders that follow from each state, so that the order of any rank can be written down
 * without writing the others. The `may` statements left out are chosen first: each choice is a set
 * of orders of its own, so no order counts twice.
 */
class OrderCounter {
  readonly #actors: readonly Actor[];
  readonly #choices: readonly (readonly OrderStep[])[];
  readonly #counts = new Map<string, bigint>();
  readonly #stuck = new Map<string, OrderStep>();

  constructor(actors: readonly Actor[]) {
    this.#actors = actors;
    this.#choices = subsets(mayStatements(actors));
  }

  total(): bigint {
    let total = 0n;
    for (const passed of this.#choices) total += this.#count(this.#start(passed));
    return total;
  }

  /** The statements before which some order waits for ever; known once `total` was asked. */
  stuck(): OrderStep[] {
    return [...this.#stuck.values()];
  }

  order(rank: bigint): Order {
    let left = rank;
    for (const passed of this.#choices) {
      const count = this.#count(this.#start(passed));
      if (left < count) return this.#write(this.#start(passed), left);
      left -= count;
    }
    throw new Error(`assert: rank ${rank} is beyond the last order`);
  }

  #start(passed: readonly OrderStep[]): Progress {
    return this.#passOver({ positions: this.#actors.map(() => 0), passed });
  }

  #write(start: Progress, rank: bigint): Order {
    const order: OrderStep[] = [];
    let progress = start;
    let left = rank;
    for (;;) {
      const next = this.#enabled(progress);
      if (next.length === 0) return order;
      for (const actor of next) {
        const after = this.#step(progress, actor);
        const count = this.#count(after);
        if (left >= count) {
          left -= count;
          continue;
        }
        order.push({ actor: this.#actors[actor]!.name, index: progress.positions[actor]! });
        progress = after;
        break;
      }
    }
  }

  #count(progress: Progress): bigint {
    const key = `${progress.positions.join()}/${progress.passed.map(stepName).join()}`;
    const known = this.#counts.get(key);
    if (known !== undefined) return known;
    const next = this.#enabled(progress);
    let count = next.length === 0 ? 1n : 0n;
    if (next.length === 0) this.#noteStuck(progress);
    for (const actor of next) count += this.#count(this.#step(progress, actor));
    this.#counts.set(key, count);
    return count;
  }

  /** At an end, a statement of an actor that was born and not ended waits for ever. */
  #noteStuck(progress: Progress): void {
    this.#actors.forEach((actor, number) => {
      const index = progress.positions[number]!;
      if (index >= actor.statements.length) return;
      if (!this.#born(actor, progress) || this.#ended(actor, number, progress)) return;
      const step = { actor: actor.name, index };
      this.#stuck.set(stepName(step), step);
    });
  }

  #step(progress: Progress, actor: number): Progress {
    const positions = progress.positions.map((at, index) => (index === actor ? at + 1 : at));
    return this.#passOver({ positions, passed: progress.passed });
  }

  /** Moves over the `may` statements that this choice leaves out. */
  #passOver(progress: Progress): Progress {
    if (progress.passed.length === 0) return progress;
    const positions = progress.positions.map((at, number) => {
      let index = at;
      while (isPassed(progress.passed, this.#actors[number]!.name, index)) index++;
      return index;
    });
    return { positions, passed: progress.passed };
  }

  #enabled(progress: Progress): number[] {
    const enabled: number[] = [];
    this.#actors.forEach((actor, number) => {
      const statement = actor.statements[progress.positions[number]!];
      if (statement === undefined) return;
      if (!this.#born(actor, progress) || this.#ended(actor, number, progress)) return;
      if (this.#waits(actor, number, statement, progress)) return;
      enabled.push(number);
    });
    return enabled;
  }

  #born(actor: Actor, progress: Progress): boolean {
    if (actor.process === "P0" || actor.role === "device" || actor.role === "kernel") return true;
    return this.#did(progress, (call) => isBirth(call) && names(call, actor.process));
  }

  /** Its process did exit(), or another thread of its process did exec(). */
  #ended(actor: Actor, number: number, progress: Progress): boolean {
    return this.#actors.some((other, index) => {
      if (other.process !== actor.process) return false;
      const done = other.statements.slice(0, progress.positions[index]!);
      if (done.some((one) => isCall(one, "exit"))) return true;
      return index !== number && done.some((one) => isCall(one, "exec"));
    });
  }

  #waits(actor: Actor, number: number, statement: Statement, progress: Progress): boolean {
    if (this.#inVfork(actor, number, progress)) return true;
    if (statement.kind !== "call") return false;
    if (statement.operation === "await") {
      return !this.#did(
        progress,
        (call) => call.operation === "signal" && sameEvent(call, statement),
      );
    }
    if (statement.operation === "wait")
      return !this.#left(processNamed(statement), ["exit"], progress);
    if (actor.role !== "device") return false;
    return handlesNamed(statement).some(
      (handle) => !this.#did(progress, (call) => call.result === handle),
    );
  }

  /** Its last statement was a vfork whose child has neither gone nor executed another program. */
  #inVfork(actor: Actor, number: number, progress: Progress): boolean {
    const last = actor.statements[progress.positions[number]! - 1];
    if (last === undefined || !isCall(last, "vfork")) return false;
    return !this.#left(processNamed(last), ["exit", "exec"], progress);
  }

  #left(process: string, ways: readonly string[], progress: Progress): boolean {
    return this.#did(progress, (call, actor) => {
      return actor.process === process && ways.includes(call.operation);
    });
  }

  #did(progress: Progress, which: (call: Call, actor: Actor) => boolean): boolean {
    return this.#actors.some((actor, number) =>
      actor.statements.some(
        (statement, index) =>
          index < progress.positions[number]! &&
          statement.kind === "call" &&
          which(statement, actor),
      ),
    );
  }
}

function mayStatements(actors: readonly Actor[]): OrderStep[] {
  return actors.flatMap((actor) =>
    actor.statements.flatMap((statement, index) =>
      statement.kind === "call" && statement.force === "may" ? [{ actor: actor.name, index }] : [],
    ),
  );
}

/** The empty set first: the order with everything in it is the first order. */
function subsets(steps: readonly OrderStep[]): OrderStep[][] {
  let sets: OrderStep[][] = [[]];
  for (const step of steps) sets = [...sets, ...sets.map((set) => [...set, step])];
  return sets;
}

function isPassed(passed: readonly OrderStep[], actor: string, index: number): boolean {
  return passed.some((step) => step.actor === actor && step.index === index);
}

function isCall(statement: Statement, operation: string): statement is Call {
  return statement.kind === "call" && statement.operation === operation;
}

function isBirth(call: Call): boolean {
  return call.operation === "fork" || call.operation === "vfork";
}

function names(call: Call, process: string): boolean {
  return call.arguments.some((one) => one.kind === "process" && one.process === process);
}

/** The process that wait(P1) or vfork(P1) names. */
function processNamed(call: Call): string {
  const argument = call.arguments.find((one) => one.kind === "process");
  return argument?.kind === "process" ? argument.process : "";
}

function sameEvent(left: Call, right: Call): boolean {
  return eventOf(left) === eventOf(right);
}

function eventOf(call: Call): string | undefined {
  const argument = call.arguments.find((one) => one.kind === "event");
  return argument?.kind === "event" ? argument.event : undefined;
}

function handlesNamed(call: Call): string[] {
  return call.arguments.flatMap((one) => (one.kind === "handle" ? [one.handle.name] : []));
}
