/**
 * One serial order of a test's statements on the model: the same order that a forced run realises
 * on a real kernel. An actor that must wait in the middle of a statement (vfork) goes on as soon
 * as it can; what the order leaves out never runs.
 */

import { isDone, statementEnds, statementOf } from "../explore/serial.ts";
import type { Kernel } from "../kernels/index.ts";
import type { Statement, Test } from "../litmus/index.ts";
import type { Machine, Row } from "../step/index.ts";
import { askedOf } from "./asked.ts";
import { Collected } from "./collect.ts";
import type { Order, OrderStep } from "./orders.ts";
import type { Valuation } from "./result.ts";
import { loadWorld, type World } from "./world.ts";

export interface ForcedResult {
  /** The valuations the model allows for this order: more than one where allocations may fail. */
  readonly valuations: readonly Valuation[];
  /** "P1 waits for ever": the order cannot be run to its end. */
  readonly stuck: readonly string[];
  readonly notModelled: readonly string[];
}

export interface AskedForced extends ForcedResult {
  /** Places in the kernel's table that its steps have read, ascending. */
  readonly asked: readonly number[];
}

export function checkOrder(
  given: Test,
  kernel: Kernel,
  givenOrder: Order,
  machine?: Machine,
): AskedForced {
  const { test, order } = decided(given, givenOrder);
  const world = loadWorld(test, kernel, machine);
  if (world.notModelled.length > 0)
    return { valuations: [], stuck: [], notModelled: world.notModelled, asked: [] };
  const collected = new Collected(world);
  for (const row of rowsAlong(world, order).at(-1) ?? []) {
    collected.see(row);
    const held = heldUp(world, row, order);
    for (const one of held) collected.stuck.add(one);
    if (held.length === 0) collected.end(row, 0, true);
  }
  return {
    valuations: [...collected.valuations.values()],
    stuck: [...collected.stuck],
    notModelled: collected.exhausted ? ["more frames than the model has"] : [],
    asked: askedOf(world.model),
  };
}

/** Who did not come to the end of what the order has of him. A device without its handle is only idle. */
function heldUp({ test, model, program }: World, row: Row, order: Order): readonly string[] {
  return test.actors.flatMap(({ name }, t) => {
    const asked = order.filter(({ actor }) => actor === name);
    if (asked.length === 0 || isDone(model, row, t)) return [];
    const at = statementOf(model, row, t);
    const last = Math.max(...asked.map(({ index }) => index));
    const { entry } = program.actors[t]!.statements[at]!;
    return at <= program.origin[t]!.lastIndexOf(last) && entry !== "await_handle" ? [name] : [];
  });
}

/** What the kernel may do it does where the order has it; where the order leaves it out, it is not there. */
export function decided(test: Test, order: Order): { readonly test: Test; readonly order: Order } {
  const moved = new Map<string, ReadonlyMap<number, number>>();
  const actors = test.actors.map((actor) => {
    const kept = [...actor.statements.entries()].filter(
      ([index, one]) =>
        !isMay(one) || order.some((step) => step.actor === actor.name && step.index === index),
    );
    moved.set(actor.name, new Map(kept.map(([index], place) => [index, place])));
    const statements = kept.map(([, one]) =>
      isMay(one) ? { ...one, force: "must" as const } : one,
    );
    return actor.statements.some(isMay) ? { ...actor, statements } : actor;
  });
  return {
    test: { ...test, actors },
    order: order.map(({ actor, index }) => ({
      actor,
      index: moved.get(actor)?.get(index) ?? index,
    })),
  };
}

function isMay(statement: Statement): boolean {
  return statement.kind === "call" && statement.force === "may";
}

/** A state on the way along an order, with the steps whose turn came while their actor was held up. */
interface Position {
  readonly row: Row;
  readonly behind: Order;
}

/** The states of a world before the order's first statement, and after each of them. */
export function rowsAlong(world: World, order: Order): readonly (readonly Row[])[] {
  return turnsAlong(world, order).map(({ rows }) => rows);
}

/** What there is after one turn of an order. */
export interface AfterTurn {
  readonly rows: readonly Row[];
  /** The steps whose turn has come and that have not ended: waited in, or missed meanwhile. */
  readonly waiting: Order;
}

/** Before the first turn of an order, and after each; who waits is told of the first state. */
export function turnsAlong(world: World, order: Order): readonly AfterTurn[] {
  world.model.activate();
  let positions: readonly Position[] = [{ row: world.first, behind: [] }];
  const along: AfterTurn[] = [{ rows: [world.first], waiting: [] }];
  for (const [place, step] of order.entries()) {
    positions = positions.flatMap((one) => afterStep(world, one, step, order));
    const waiting = order
      .slice(0, place + 1)
      .filter((one) => positions[0] !== undefined && !hasEnded(world, positions[0], one));
    along.push({ rows: positions.map(({ row }) => row), waiting });
  }
  return along;
}

function hasEnded(world: World, { row, behind }: Position, step: OrderStep): boolean {
  if (behind.includes(step)) return false;
  const t = actorOf(world, step);
  return isDone(world.model, row, t) || statementOf(world.model, row, t) >= endOf(world, step);
}

/** Whoever is held up misses its turn, and so do those that wait for what it would do. */
function afterStep(
  world: World,
  { row, behind }: Position,
  step: OrderStep,
  order: Order,
): Position[] {
  const missed = { row, behind: [...behind, step] };
  const t = actorOf(world, step);
  if (isMidStatement(world, row, t) || behind.some(({ actor }) => actor === step.actor))
    return caughtUp(world, missed, order);
  const ends = advance(world, row, t, endOf(world, step));
  if (ends !== undefined)
    return ends.flatMap((one) => caughtUp(world, { row: one, behind }, order));
  const held = order.some((one) => isMidStatement(world, row, actorOf(world, one)));
  return caughtUp(world, held ? missed : { row, behind }, order);
}

/** Whoever was held up goes on, and then does, in the order's sequence, what it has missed. */
function caughtUp(world: World, { row, behind }: Position, order: Order): Position[] {
  return settled(world, row, order).flatMap((now): Position[] => {
    for (const [place, step] of behind.entries()) {
      const t = actorOf(world, step);
      const follows = behind.slice(0, place).some(({ actor }) => actor === step.actor);
      if (follows || isMidStatement(world, now, t)) continue;
      const ends = advance(world, now, t, endOf(world, step));
      if (ends === undefined) continue;
      const left = behind.filter((one) => one !== step);
      return ends.flatMap((one) => caughtUp(world, { row: one, behind: left }, order));
    }
    return [{ row: now, behind }];
  });
}

function actorOf({ test }: World, { actor }: OrderStep): number {
  return test.actors.findIndex(({ name }) => name === actor);
}

/** Where the program of a step's actor stands after it. */
function endOf(world: World, step: OrderStep): number {
  return world.program.origin[actorOf(world, step)]!.lastIndexOf(step.index) + 1;
}

/** Lets actor `t` run up to program statement `until`; undefined where it cannot move. */
function advance(world: World, row: Row, t: number, until: number): Row[] | undefined {
  if (isDone(world.model, row, t) || statementOf(world.model, row, t) >= until) return [row];
  const ends = statementEnds(world.model, row, t, until);
  return ends.length === 0 ? undefined : ends;
}

/** Whoever was held up in the middle of a statement goes on. */
function settled(world: World, row: Row, order: Order): Row[] {
  const actors = new Set(order.map((step) => actorOf(world, step)));
  let now: Row[] = [row];
  for (const t of actors)
    now = now.flatMap((one) =>
      isMidStatement(world, one, t)
        ? (advance(world, one, t, statementOf(world.model, one, t) + 1) ?? [one])
        : [one],
    );
  return now;
}

/** Whether actor `t` has begun its statement: its program counter is not the statement's first. */
function isMidStatement(world: World, row: Row, t: number): boolean {
  const { layout, machine } = world.model;
  if (isDone(world.model, row, t)) return false;
  const statement = world.program.actors[t]!.statements[statementOf(world.model, row, t)];
  if (statement === undefined) return false;
  return row[layout.actorBase + t * layout.actorStride] !== machine.entries[statement.entry]!.pc;
}
