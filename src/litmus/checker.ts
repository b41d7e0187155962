/**
 * Names and meaning: from what the text says to the test as data. Every mistake is told once, at its
 * place, in the order of the text; of a test with mistakes there is no AST.
 */
import type { Diagnostic } from "../step/diagnostic.ts";
import type { Actor, TestFile } from "./ast.ts";
import { checkActorNames, checkLives, processOf, roleOf } from "./check-actors.ts";
import { checkDeclarations } from "./check-pages.ts";
import { checkCondition, checkOperand, checkProposition } from "./check-propositions.ts";
import { checkEvents, checkStatements } from "./check-statements.ts";
import type { RawFile } from "./raw.ts";
import { gatherNames, type Report, type Scope } from "./scope.ts";

/** What the checker makes of a file: the AST only if there is no error. */
export interface Checked {
  readonly file: TestFile | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** Judges a file that was read. `result` comes from a comment and is passed through. */
export function checkFile(raw: RawFile, result: TestFile["result"]): Checked {
  const to: Report = { diagnostics: [], told: new Set() };
  const scope: Scope = {
    pages: new Map(),
    handles: new Map(),
    registers: new Map(),
    signalled: new Map(),
    awaited: new Map(),
    actors: new Map(),
    unclear: new Set(),
    broken: raw.broken,
  };
  const declarations = checkDeclarations(raw.declarations, scope, to);
  checkActorNames(raw, scope, to);
  gatherNames(raw, scope, to);
  const actors = raw.actors.map((actor): Actor => {
    const statements = checkStatements(actor, scope, to);
    const { name, span } = actor;
    return { role: roleOf(name), name, process: processOf(name), statements, span };
  });
  checkLives(raw, scope, to);
  checkEvents(scope, to);
  const locations = raw.locations.flatMap((operand) => checkOperand(operand, scope, to) ?? []);
  const filter = raw.filter && checkProposition(raw.filter, scope, to);
  const condition = raw.condition && checkCondition(raw.condition, scope, to);
  const failed = to.diagnostics.some((diagnostic) => diagnostic.severity === "error");
  if (failed || condition === undefined) return { file: undefined, diagnostics: to.diagnostics };
  const { name, nameSpan, doc, info, expectations } = raw;
  const head = { name, nameSpan, doc, info, declarations, actors, locations, filter, condition };
  return { file: { ...head, expectations, result }, diagnostics: to.diagnostics };
}
