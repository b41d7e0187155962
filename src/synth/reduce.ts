/**
 * Smaller tests of the same kind: what a disagreement is shrunk by. A statement goes with all that
 * needs it (a handle's uses, a child's statements), and the order of the others stays as it was.
 */
import { type Actor, parseFile, printFile, type Statement, type Test } from "../litmus/index.ts";
import type { Order } from "../verdict/orders.ts";

/** A test and the one order of its statements that matters. */
export interface Ordered {
  readonly test: Test;
  readonly order: Order;
}

interface Site {
  readonly actor: string;
  readonly index: number;
}

/** Every test that has one statement less, or one page less; those that would be no test left out. */
export function smallerTests({ test, order }: Ordered): readonly Ordered[] {
  const sites = test.actors.flatMap((actor) =>
    actor.statements.map((_, index): Site => ({ actor: actor.name, index })),
  );
  const less = sites.map((site) => without(test, order, dependents(test, site)));
  const found = new Map<string, Ordered>();
  for (const one of less.map((smaller) => withoutIdlePages(smaller))) {
    const text = printFile({ ...one.test, name: "smaller" });
    if (!found.has(text) && parseFile(printFile(one.test)).ok) found.set(text, one);
  }
  return [...found.values()];
}

/** The statement and all that make no sense without it. */
function dependents(test: Test, site: Site): readonly Site[] {
  const gone = test.actors.find((one) => one.name === site.actor)!.statements[site.index]!;
  const handle = gone.kind === "call" ? gone.result : undefined;
  const event = eventOf(gone);
  const child = gone.kind === "call" && isBirth(gone.operation) ? childOf(gone) : undefined;
  const children = child === undefined ? [] : family(test, child);
  const sites: Site[] = [site];
  for (const actor of test.actors) {
    for (const [index, statement] of actor.statements.entries()) {
      if (actor.name === site.actor && index === site.index) continue;
      const needs =
        children.includes(actor.process) ||
        children.includes(childOf(statement) ?? "") ||
        (handle !== undefined && usesHandle(statement, handle)) ||
        (event !== undefined && eventOf(statement) === event);
      if (needs) sites.push({ actor: actor.name, index });
    }
  }
  return sites;
}

/** The process and those that it makes. */
function family(test: Test, process: string): readonly string[] {
  const own = test.actors.filter((actor) => actor.process === process);
  const children = own.flatMap(({ statements }) =>
    statements.flatMap((one) =>
      one.kind === "call" && isBirth(one.operation) ? [childOf(one) ?? ""] : [],
    ),
  );
  return [process, ...children.flatMap((child) => family(test, child))];
}

function without(test: Test, order: Order, sites: readonly Site[]): Ordered {
  const isGone = (actor: string, index: number): boolean =>
    sites.some((site) => site.actor === actor && site.index === index);
  const kept = test.actors.map((actor) => ({
    ...actor,
    statements: actor.statements.filter((_, index) => !isGone(actor.name, index)),
  }));
  const born = new Set(["P0", ...kept.flatMap(({ statements }) => statements.map(birth))]);
  const actors = kept.filter(({ role, process, statements }) =>
    role === "process" || role === "thread" ? born.has(process) : statements.length > 0,
  );
  const moved = order
    .filter(({ actor, index }) => !isGone(actor, index))
    .map(({ actor, index }) => ({
      actor,
      index: index - sites.filter((one) => one.actor === actor && one.index < index).length,
    }));
  return { test: observedIn({ ...test, actors }, actors), order: moved };
}

function birth(statement: Statement): string | undefined {
  return statement.kind === "call" && isBirth(statement.operation) ? childOf(statement) : undefined;
}

/** Locations that name what is gone go too. */
function observedIn(test: Test, actors: readonly Actor[]): Test {
  const processes = actors.map(({ process }) => process);
  const made = actors.flatMap(({ name, statements }) =>
    statements.flatMap((one) => {
      const result = one.kind === "call" ? one.result : one.kind === "load" ? one.register : "";
      return [`${name}:${result}`, `${result}`];
    }),
  );
  const locations = test.locations.filter((one) => {
    if (one.kind === "register") return made.includes(`${one.actor}:${one.register}`);
    if (one.kind === "errno") return made.includes(one.handle);
    return one.kind !== "memory" || processes.includes(one.process);
  });
  return { ...test, locations };
}

/** Pages that no statement names, but for the one that the condition is about. */
function withoutIdlePages({ test, order }: Ordered): Ordered {
  const named = new Set(
    test.actors.flatMap(({ statements }) => statements.flatMap((one) => pagesOf(one))),
  );
  const declarations = test.declarations.filter(
    ({ name }, index) => index === 0 || named.has(name),
  );
  const kept = new Set(declarations.map(({ name }) => name));
  const locations = test.locations.filter(
    (one) => one.kind !== "memory" || kept.has(one.place.name),
  );
  return { test: { ...test, declarations, locations }, order };
}

function pagesOf(statement: Statement): readonly string[] {
  if (statement.kind === "store" || statement.kind === "load") return [statement.place.name];
  if (statement.kind !== "call") return [];
  return statement.arguments.flatMap((one) => (one.kind === "place" ? [one.place.name] : []));
}

function isBirth(operation: string): boolean {
  return operation === "fork" || operation === "vfork";
}

function childOf(statement: Statement): string | undefined {
  if (statement.kind !== "call") return undefined;
  const named = statement.arguments.find((one) => one.kind === "process");
  return named?.kind === "process" ? named.process : undefined;
}

function eventOf(statement: Statement): string | undefined {
  if (statement.kind !== "call") return undefined;
  const named = statement.arguments.find((one) => one.kind === "event");
  return named?.kind === "event" ? named.event : undefined;
}

function usesHandle(statement: Statement, handle: string): boolean {
  if (statement.kind !== "call") return false;
  return statement.arguments.some((one) => one.kind === "handle" && one.handle.name === handle);
}
