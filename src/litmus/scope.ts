/**
 * What the names of a test stand for, gathered before any statement is judged: a handle may be used
 * by a device whose block stands before the process that makes it.
 */
import type { Diagnostic, Span } from "../step/diagnostic.ts";
import { duplicateName, handleOfTwo, reservedName, unknownPage } from "./diagnostics.ts";
import { nearest } from "./nearest.ts";
import { findOperation, type Operation, operations, otherNames } from "./operations.ts";
import type { RawActor, RawCall, RawFile, RawPlace, RawWord } from "./raw.ts";

export interface PageName {
  readonly span: Span;
  /** Base pages; in a matrix, of the smallest cell. */
  readonly size: number;
}

export interface HandleName {
  readonly span: Span;
  readonly actor: string;
  readonly operation: string;
  /** Base pages under the handle; undefined where the page is unknown. */
  readonly size: number | undefined;
}

export interface Scope {
  readonly pages: Map<string, PageName>;
  readonly handles: Map<string, HandleName>;
  /** Actor to register to the first place. */
  readonly registers: Map<string, Map<string, Span>>;
  readonly signalled: Map<string, Span>;
  readonly awaited: Map<string, Span>;
  readonly actors: Map<string, RawActor>;
  /** Results of operations that do not exist: of those nothing more is said. */
  readonly unclear: Set<string>;
  readonly broken: RawFile["broken"];
}

/** The diagnostics so far; a name that is wrong in ten places is one mistake, told once. */
export interface Report {
  readonly diagnostics: Diagnostic[];
  readonly told: Set<string>;
}

export function report(to: Report, diagnostic: Diagnostic, name?: string): void {
  const key = `${diagnostic.code} ${name}`;
  if (name !== undefined && to.told.has(key)) return;
  to.told.add(key);
  to.diagnostics.push(diagnostic);
}

const reserved = new Set([
  ...["true", "false", "not", "exists", "forall", "final", "locations", "filter", "with"],
  ...["must", "may", "times", "page", "for"],
]);

/** Words that a name would be mistaken for. */
export function isReserved(name: string): boolean {
  return reserved.has(name) || /^[PDK]\d+$/.test(name);
}

/** The operation a call means: by name, or the nearest name, so that one typo stays one mistake. */
export function meantOperation(call: RawCall): Operation | undefined {
  const name = call.operation.text;
  const known = findOperation(name);
  if (known !== undefined) return known;
  const foreign = /(\w+)\(/.exec(otherNames.get(name) ?? "")?.[1];
  if (foreign !== undefined) return findOperation(foreign);
  const near = nearest(
    name,
    operations.map((entry) => entry.name),
  );
  return near === undefined ? undefined : findOperation(near);
}

/** Gathers the names that statements introduce. Pages must be in the scope already. */
export function gatherNames(file: RawFile, scope: Scope, to: Report): void {
  for (const actor of file.actors) {
    if (!scope.registers.has(actor.name)) scope.registers.set(actor.name, new Map());
    for (const statement of actor.statements) {
      if (statement.kind === "load") gatherRegister(actor, statement.target, scope, to);
      if (statement.kind === "call") gatherCall(actor, statement, scope, to);
    }
  }
  for (const event of [...scope.signalled, ...scope.awaited]) gatherEvent(event, scope, to);
}

function gatherCall(actor: RawActor, call: RawCall, scope: Scope, to: Report): void {
  const operation = meantOperation(call);
  if (call.result !== undefined) {
    if (operation === undefined) scope.unclear.add(call.result.name);
    else if (operation.result === "handle") gatherHandle(actor, call, scope, to);
    else gatherRegister(actor, call.result, scope, to);
  }
  const first = call.arguments[0];
  if (first?.kind !== "words" || first.words.length !== 1) return;
  const event = first.words[0]!;
  const table =
    operation?.name === "signal"
      ? scope.signalled
      : operation?.name === "await"
        ? scope.awaited
        : undefined;
  if (table !== undefined && !table.has(event.text)) table.set(event.text, event.span);
}

function gatherRegister(actor: RawActor, target: RawPlace, scope: Scope, to: Report): void {
  if (!isFreshName(target, scope, to)) return;
  const { name, nameSpan } = target;
  const handle = scope.handles.get(name);
  const registers = scope.registers.get(actor.name)!;
  if (handle !== undefined) {
    report(to, duplicateName(nameSpan, name, "a handle", handle.span), name);
  } else if (!registers.has(name)) registers.set(name, nameSpan);
}

function gatherHandle(actor: RawActor, call: RawCall, scope: Scope, to: Report): void {
  const target = call.result!;
  if (!isFreshName(target, scope, to)) return;
  const { name, nameSpan } = target;
  const tables = [...scope.registers.values()];
  const register = tables.map((table) => table.get(name)).find((span) => span !== undefined);
  const first = scope.handles.get(name);
  if (register !== undefined) {
    report(to, duplicateName(nameSpan, name, "a register", register), name);
  } else if (first === undefined) {
    const operation = call.operation.text;
    const size = pinnedSize(call, scope);
    scope.handles.set(name, { span: nameSpan, actor: actor.name, operation, size });
  } else if (first.actor !== actor.name) {
    const both = `${first.actor} and ${actor.name}`;
    report(to, handleOfTwo(nameSpan, name, both, first.span), name);
  }
}

/** A page, or a part of something, left of `=` is the statement's own mistake, told elsewhere. */
function isFreshName(target: RawPlace, scope: Scope, to: Report): boolean {
  const { name, nameSpan, index, field } = target;
  if (index !== undefined || field !== undefined || scope.pages.has(name)) return false;
  if (!isReserved(name)) return true;
  report(to, reservedName(nameSpan, name), name);
  return false;
}

/** How many base pages a handle covers: those of the declaration, or the one that was indexed. */
function pinnedSize(call: RawCall, scope: Scope): number | undefined {
  const first = call.arguments[0];
  if (first?.kind === "place") return 1;
  if (first?.kind !== "words") return undefined;
  return scope.pages.get(first.words[0]!.text)?.size;
}

function gatherEvent([name, span]: [string, Span], scope: Scope, to: Report): void {
  if (scope.pages.has(name)) {
    report(to, duplicateName(span, name, "a page", scope.pages.get(name)!.span), name);
  } else if (scope.handles.has(name)) {
    report(to, duplicateName(span, name, "a handle", scope.handles.get(name)!.span), name);
  } else if (isReserved(name)) report(to, reservedName(span, name), name);
}

/** The page of a name; where there is none, that is reported with the nearest. */
export function findPage(word: RawWord, scope: Scope, to: Report): PageName | undefined {
  const known = scope.pages.get(word.text);
  if (known === undefined) missingPage(word, scope, to);
  return known;
}

function missingPage(word: RawWord, scope: Scope, to: Report): void {
  if (scope.broken.declarations) return;
  const declared = [...scope.pages.keys()];
  report(to, unknownPageAt(word, declared), word.text);
}

function unknownPageAt(word: RawWord, declared: readonly string[]): Diagnostic {
  return unknownPage(word.span, word.text, nearest(word.text, declared), declared);
}
