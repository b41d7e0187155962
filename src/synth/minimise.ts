/**
 * The minimiser: a test made smallest while something stays true of it. What may go: operations,
 * processes with all they do, pairs of signal and await, pages; what may become plainer: page kinds.
 * A candidate that the language refuses is no candidate.
 */
import type { Actor, PageDeclaration, Proposition, Statement, Test } from "../litmus/ast.ts";
import { expand, parseFile, printFile, printStatement } from "../litmus/index.ts";
import { smallestSlice } from "./slice.ts";

export interface Minimised {
  readonly test: Test;
  /** Statements before and after. */
  readonly before: number;
  readonly after: number;
}

/** The smallest test found for which `keeps` is true; `keeps(test)` must be true. */
export function minimise(test: Test, keeps: (candidate: Test) => boolean): Minimised {
  const holds = (candidate: Test): boolean => {
    const sound = readAgain(candidate);
    return sound !== undefined && keeps(sound);
  };
  let smallest = test;
  for (let size = -1; size !== countOf(smallest); ) {
    size = countOf(smallest);
    const pieces = smallestSlice(piecesOf(smallest), (kept) => holds(withOnly(smallest, kept)));
    smallest = withOnly(smallest, pieces);
    smallest = plainer(smallest, holds);
  }
  return { test: readAgain(smallest) ?? test, before: countOf(test), after: countOf(smallest) };
}

function countOf({ actors }: Test): number {
  return actors.reduce((sum, { statements }) => sum + statements.length, 0);
}

/** The test as its own text says it; undefined if the text has errors. */
function readAgain(test: Test): Test | undefined {
  const parsed = parseFile(printFile({ ...test, expectations: [] }));
  if (!parsed.ok || parsed.diagnostics.some(({ severity }) => severity === "error"))
    return undefined;
  return expand(parsed.value)[0];
}

/** What can only go together: one statement, or all that name one event. */
interface Piece {
  readonly statements: readonly Statement[];
}

function piecesOf({ actors }: Test): readonly Piece[] {
  const pieces: Piece[] = [];
  const events = new Map<string, Statement[]>();
  for (const { statements } of actors)
    statements.forEach((statement, i) => {
      if (statements[i - 1]?.kind === "mayFail") return;
      const event = eventOf(statement);
      if (statement.kind === "mayFail" && statements[i + 1] !== undefined)
        pieces.push({ statements: [statement] }, { statements: [statements[i + 1]!] });
      else if (event === undefined) pieces.push({ statements: [statement] });
      else if (events.has(event)) events.get(event)!.push(statement);
      else {
        const together = [statement];
        events.set(event, together);
        pieces.push({ statements: together });
      }
    });
  return pieces;
}

function eventOf(statement: Statement): string | undefined {
  if (statement.kind !== "call") return undefined;
  for (const one of statement.arguments) if (one.kind === "event") return one.event;
  return undefined;
}

function withOnly(test: Test, pieces: readonly Piece[]): Test {
  const kept = new Set(pieces.flatMap(({ statements }) => statements));
  const born = new Set(["P0"]);
  const some = test.actors.map(
    (actor): Actor => ({
      ...actor,
      statements: actor.statements.filter((statement) => kept.has(statement)),
    }),
  );
  for (const { statements } of some)
    for (const statement of statements) {
      const child = childOf(statement);
      if (child !== undefined) born.add(child);
    }
  const actors = some.filter(({ role, process, statements }) =>
    role === "process" || role === "thread" ? born.has(process) : statements.length > 0,
  );
  return withPages({ ...test, actors });
}

function childOf(statement: Statement): string | undefined {
  if (statement.kind !== "call" || !statement.operation.endsWith("fork")) return undefined;
  for (const one of statement.arguments) if (one.kind === "process") return one.process;
  return undefined;
}

/** Only the pages that are still spoken of. */
function withPages(test: Test): Test {
  const spoken = test.actors
    .flatMap(({ statements }) => statements.map(printStatement))
    .concat(placesOf(test.condition.proposition), test.filter ? placesOf(test.filter) : []);
  const declarations = test.declarations.filter(({ name }) =>
    spoken.some((text) => new RegExp(`\\b${name}\\b`).test(text)),
  );
  return declarations.length > 0 ? { ...test, declarations } : test;
}

function placesOf(proposition: Proposition): string[] {
  return [...JSON.stringify(proposition).matchAll(/"name":"(\w+)"/g)].map(([, name]) => name!);
}

/** Fewer modifiers, small pages. */
function plainer(test: Test, holds: (candidate: Test) => boolean): Test {
  let now = test;
  test.declarations.forEach((declaration, i) => {
    for (const simpler of simplerPages(declaration)) {
      const declarations = now.declarations.with(i, simpler);
      const candidate = { ...now, declarations };
      if (!holds(candidate)) continue;
      now = candidate;
      return;
    }
  });
  return now;
}

function simplerPages(declaration: PageDeclaration): readonly PageDeclaration[] {
  const { pageKind, modifiers, count } = declaration;
  const plain = { ...declaration, pageKind: "anon", modifiers: [], count: undefined } as const;
  const found: PageDeclaration[] = [];
  if (pageKind !== "anon" || modifiers.length > 0 || count !== undefined) found.push(plain);
  if (modifiers.length > 0) found.push({ ...declaration, modifiers: [] });
  return found;
}
