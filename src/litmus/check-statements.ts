/**
 * What a statement means: which declared page it touches, which operation it calls, whether its
 * arguments have that operation's shape and whether its actor may do such a thing at all.
 */

import type { Span } from "../step/diagnostic.ts";
import type { Argument, Call, HandleRef, Load, Place, Statement, Store } from "./ast.ts";
import { findProcess, roleOf } from "./check-actors.ts";
import { checkFlags } from "./check-flags.ts";
import { largestHalf } from "./cursor.ts";
import {
  duplicateName,
  forceMissing,
  forceOnOther,
  foreignOperation,
  halfNotAllowed,
  indexOutside,
  mayFailNothing,
  neverAwaited,
  neverSignalled,
  notAllowed,
  notANumber,
  notAPage,
  timesNotAllowed,
  unknownField,
  unknownHandle,
  unknownOperation,
  wrongArguments,
  wrongResult,
} from "./diagnostics.ts";
import { badNumber, quote } from "./diagnostics-syntax.ts";
import { nearest } from "./nearest.ts";
import {
  type ArgumentShape,
  findOperation,
  type Operation,
  operationsOf,
  otherNames,
  type Role,
  usage,
} from "./operations.ts";
import type {
  RawActor,
  RawArgument,
  RawCall,
  RawLoad,
  RawPlace,
  RawStatement,
  RawStore,
} from "./raw.ts";
import { findPage, meantOperation, type Report, report, type Scope } from "./scope.ts";

/** Turns an actor's statements into the AST's; those that mean nothing are left out. */
export function checkStatements(actor: RawActor, scope: Scope, to: Report): readonly Statement[] {
  const last = actor.statements[actor.statements.length - 1];
  if (last?.kind === "mayFail" && !scope.broken.statements) report(to, mayFailNothing(last.span));
  return actor.statements.flatMap((statement) => {
    const checked = checkStatement(actor, statement, scope, to);
    return checked === undefined ? [] : [checked];
  });
}

function checkStatement(
  actor: RawActor,
  statement: RawStatement,
  scope: Scope,
  to: Report,
): Statement | undefined {
  const role = roleOf(actor.name);
  const isTask = role === "process" || role === "thread";
  switch (statement.kind) {
    case "mayFail":
      if (isTask) return statement;
      report(to, notAllowed(statement.span, "that", aRole(role), "Write it in a process."));
      return undefined;
    case "store":
    case "load":
      if (!isTask) {
        const what = statement.kind === "store" ? "a store" : "a load";
        report(to, notAllowed(statement.span, what, aRole(role), insteadOf(role, statement.kind)));
        return undefined;
      }
      return statement.kind === "store"
        ? checkStore(statement, scope, to)
        : checkLoad(statement, scope, to);
    case "call":
      return checkCall(actor, statement, scope, to);
  }
}

function aRole(role: Role): string {
  return role === "kernel" ? "A kernel actor" : `A ${role}`;
}

function insteadOf(role: Role, kind: "store" | "load"): string {
  if (role === "kernel") return "Write `may reclaim(x);` or another kernel operation.";
  return kind === "store" ? "Write `dma_write(h, 2);`." : "Write `r0 = dma_read(h);`.";
}

function checkStore(store: RawStore, scope: Scope, to: Report): Store | undefined {
  const { name, nameSpan } = store.place;
  const instead = "Registers are set by loads and calls: `r0 = x;`.";
  if (isRegister(name, scope)) {
    report(to, notAPage(nameSpan, name, "a register", instead), name);
    return undefined;
  }
  if (scope.handles.has(name)) {
    const how = `Write \`dma_write(${name}, ${store.value});\`.`;
    report(to, notAPage(nameSpan, name, "a handle", how), name);
    return undefined;
  }
  const place = checkPlace(store.place, true, "a store writes", scope, to);
  if (place === undefined || !fits(store.value, place, store.span, to)) return undefined;
  return { kind: "store", place, value: store.value, span: store.span };
}

/** A half has room for half of what a word can hold. */
function fits(value: number, place: Place, span: Span, to: Report): boolean {
  if (place.half === undefined || value <= largestHalf) return true;
  report(
    to,
    badNumber(span, String(value), `is more than ${largestHalf}, the most that half a word holds`),
  );
  return false;
}

function isRegister(name: string, scope: Scope): boolean {
  if (scope.pages.has(name)) return false;
  return [...scope.registers.values()].some((registers) => registers.has(name));
}

function checkLoad(load: RawLoad, scope: Scope, to: Report): Load | undefined {
  const { name, nameSpan } = load.place;
  if (scope.pages.has(load.target.name)) {
    const what = scope.pages.has(name) ? "a page" : "no number";
    report(to, notANumber(load.place.span, textOf(load.place), what, textOf(load.target)));
    return undefined;
  }
  const register = checkRegister(load.target, scope, to);
  if (scope.handles.has(name)) {
    const how = `Write \`r0 = dma_read(${name});\`.`;
    report(to, notAPage(nameSpan, name, "a handle", how), name);
    return undefined;
  }
  const place = checkPlace(load.place, true, "a load reads", scope, to);
  if (register === undefined || place === undefined) return undefined;
  return { kind: "load", register, place, span: load.span };
}

/** The name left of `=` of a load or call. */
function checkRegister(target: RawPlace, scope: Scope, to: Report): string | undefined {
  const page = scope.pages.get(target.name);
  if (page !== undefined) {
    report(to, duplicateName(target.nameSpan, target.name, "a page", page.span), target.name);
    return undefined;
  }
  if (target.index === undefined && target.field === undefined) return target.name;
  const instead = "A register or handle has no parts: write `r0 = ...;`.";
  report(to, notAPage(target.span, target.name, "set here", instead));
  return undefined;
}

/** A place of a declared page, its index and half looked at. */
export function checkPlace(
  place: RawPlace,
  halves: boolean,
  use: string,
  scope: Scope,
  to: Report,
): Place | undefined {
  const page = findPage({ text: place.name, span: place.nameSpan }, scope, to);
  if (page === undefined) return undefined;
  const { name, index, field, span } = place;
  let half: "lo" | "hi" | undefined;
  if (field !== undefined) {
    if (field.text !== "lo" && field.text !== "hi") {
      report(to, unknownField(field.span, field.text, nearest(field.text, ["lo", "hi"])));
      return undefined;
    }
    half = field.text;
    if (!halves) {
      report(to, halfNotAllowed(span, textOf(place), use));
      return undefined;
    }
  }
  if (index !== undefined && index >= page.size) {
    report(to, indexOutside(span, `${name}[${index}]`, name, page.size, page.span));
    return undefined;
  }
  return { name, index, half, span };
}

export function textOf(place: RawPlace): string {
  const index = place.index === undefined ? "" : `[${place.index}]`;
  return `${place.name}${index}${place.field === undefined ? "" : `.${place.field.text}`}`;
}

function checkCall(actor: RawActor, call: RawCall, scope: Scope, to: Report): Call | undefined {
  const operation = meantOperation(call);
  const { text: name, span: nameSpan } = call.operation;
  const role = roleOf(actor.name);
  if (findOperation(name) === undefined) {
    const foreign = otherNames.get(name);
    const callable = operationsOf(role).map((entry) => entry.name);
    if (foreign !== undefined) report(to, foreignOperation(nameSpan, name, foreign));
    else report(to, unknownOperation(nameSpan, name, operation?.name, callable));
    return undefined;
  }
  if (operation === undefined) return undefined;
  const allowed = checkCaller(operation, call, role, to);
  const result = checkResult(operation, call, scope, to);
  const checked = checkArguments(operation, call, scope, to);
  if (call.times !== undefined && (!operation.repeatable || call.times.value < 1)) {
    report(to, timesNotAllowed(call.times.span, name));
    return undefined;
  }
  if (!allowed || result === null || checked === undefined) return undefined;
  if (!valueFits(checked, to)) return undefined;
  return {
    kind: "call",
    force: call.force?.word,
    result,
    resultSpan: call.result?.nameSpan,
    operation: name,
    operationSpan: nameSpan,
    arguments: checked,
    times: call.times?.value ?? 1,
    span: call.span,
  };
}

function valueFits(given: readonly Argument[], to: Report): boolean {
  const [place] = given.flatMap((one) => (one.kind === "place" ? [one.place] : []));
  const [value] = given.flatMap((one) => (one.kind === "value" ? [one] : []));
  return place === undefined || value === undefined || fits(value.value, place, value.span, to);
}

function checkCaller(operation: Operation, call: RawCall, role: Role, to: Report): boolean {
  const { name, callers } = operation;
  if (!callers.includes(role)) {
    const others =
      callers.length === 1 ? "Write it in a kernel actor K0." : "Write it in a process.";
    report(to, notAllowed(call.operation.span, name, aRole(role), others));
    return false;
  }
  const forced = callers.length === 1 && callers[0] === "kernel";
  if (call.force !== undefined && !forced) {
    report(to, forceOnOther(call.force.span, call.force.word, name, call.operation.span.start));
    return false;
  }
  if (call.force === undefined && forced) {
    report(to, forceMissing(call.operation.span, name));
    return false;
  }
  return true;
}

/** The result's name, undefined without one, null after an error. */
function checkResult(
  operation: Operation,
  call: RawCall,
  scope: Scope,
  to: Report,
): string | undefined | null {
  const { name, result, resultRequired } = operation;
  if (call.result === undefined) {
    if (!resultRequired) return undefined;
    report(
      to,
      wrongResult(
        call.operation.span,
        name,
        `a value that is lost: write \`r0 = ${usage(operation)};\``,
      ),
    );
    return null;
  }
  if (result === "none") {
    const gives = `no result: write \`${usage(operation)};\``;
    report(to, wrongResult(call.result.span, name, gives));
    return null;
  }
  return checkRegister(call.result, scope, to) ?? null;
}

function checkArguments(
  operation: Operation,
  call: RawCall,
  scope: Scope,
  to: Report,
): readonly Argument[] | undefined {
  const shapes = operation.arguments;
  const receiver: readonly RawArgument[] =
    call.receiver === undefined
      ? []
      : [{ kind: "place", place: call.receiver, span: call.receiver.span }];
  const given = joinFlags([...receiver, ...call.arguments], shapes);
  const needed = shapes.filter((shape) => !("optional" in shape && shape.optional)).length;
  const methodOnly = call.receiver !== undefined && shapes[0]?.kind !== "handle";
  if (given.length < needed || given.length > shapes.length || methodOnly) {
    const count = counted(call.arguments.length, "argument");
    const found = methodOnly ? quote(textOf(call.receiver!)) : count;
    report(to, wrongArguments(call.span, found, usage(operation)));
    return undefined;
  }
  if (operation.name === "complete" && !completes(given, scope, to)) return undefined;
  const checked = given.map((argument, at) =>
    checkArgument(operation, shapes[at]!, argument, scope, to),
  );
  return checked.every((argument) => argument !== undefined) ? checked : undefined;
}

/** `pin(x, WRITE, LONGTERM)` names its flags as `pin(x, WRITE | LONGTERM)` does. */
function joinFlags(
  given: readonly RawArgument[],
  shapes: readonly ArgumentShape[],
): readonly RawArgument[] {
  const last = shapes[shapes.length - 1];
  const flags = given.slice(shapes.length - 1);
  if (last?.kind !== "flags" || !last.many || flags.length < 2) return given;
  const words = flags.flatMap((one) => (one.kind === "words" ? one.words : []));
  if (flags.some(({ kind }) => kind !== "words")) return given;
  const span = { start: flags[0]!.span.start, end: flags[flags.length - 1]!.span.end };
  return [...given.slice(0, shapes.length - 1), { kind: "words", words, span }];
}

/** A direct read ends with the value that it brings; a posted write has its value already. */
function completes(given: readonly RawArgument[], scope: Scope, to: Report): boolean {
  const first = given[0]!;
  const name = first.kind === "value" ? undefined : placeOf(first)?.name;
  const maker = name === undefined ? undefined : scope.handles.get(name)?.operation;
  if (maker === undefined || (maker === "read_direct") === (given.length === 2)) return true;
  const span = { start: first.span.start, end: given[given.length - 1]!.span.end };
  const found = counted(given.length - 1, "value");
  const expected = maker === "read_direct" ? `complete(${name}, 2)` : `${name}.complete()`;
  report(to, wrongArguments(span, found, expected));
  return false;
}

/** "no arguments", "1 argument", "2 arguments" */
export function counted(count: number, what: string): string {
  return `${count === 0 ? "no" : count} ${what}${count === 1 ? "" : "s"}`;
}

function checkArgument(
  operation: Operation,
  shape: ArgumentShape,
  argument: RawArgument,
  scope: Scope,
  to: Report,
): Argument | undefined {
  const { span } = argument;
  const misshapen = () => {
    report(to, wrongArguments(span, describeArgument(argument), usage(operation)));
    return undefined;
  };
  if (shape.kind === "value") {
    return argument.kind === "value" ? { kind: "value", value: argument.value, span } : misshapen();
  }
  if (shape.kind === "flags") {
    if (argument.kind !== "words") return misshapen();
    const flags = checkFlags(operation.name, shape, argument.words, to);
    return flags && { kind: "flags", flags, span };
  }
  const place = placeOf(argument);
  if (place === undefined) return misshapen();
  if (shape.kind === "page") {
    if (scope.handles.has(place.name)) {
      const instead = `Write \`${usage(operation)};\` with a page.`;
      report(to, notAPage(place.nameSpan, place.name, "a handle", instead));
      return undefined;
    }
    const checked = checkPlace(place, shape.halves, `${operation.name} takes`, scope, to);
    return checked && { kind: "place", place: checked, span };
  }
  if (shape.kind === "handle") {
    const handle = checkHandle(place, scope, to);
    return handle && { kind: "handle", handle, span };
  }
  if (place.index !== undefined || place.field !== undefined) return misshapen();
  if (scope.pages.has(place.name) || scope.handles.has(place.name)) return misshapen();
  if (shape.kind === "event") return { kind: "event", event: place.name, span };
  const process = findProcess({ text: place.name, span: place.nameSpan }, scope, to);
  return process === undefined ? undefined : { kind: "process", process, span };
}

function placeOf(argument: RawArgument): RawPlace | undefined {
  if (argument.kind === "place") return argument.place;
  if (argument.kind === "value" || argument.words.length !== 1) return undefined;
  const { text, span } = argument.words[0]!;
  return { name: text, nameSpan: span, index: undefined, field: undefined, span };
}

function describeArgument(argument: RawArgument): string {
  switch (argument.kind) {
    case "value":
      return `the number ${argument.value}`;
    case "words":
      return quote(argument.words.map((word) => word.text).join(" | "));
    case "place":
      return quote(textOf(argument.place));
  }
}

/** A handle and, with an index, which of its pages. */
export function checkHandle(place: RawPlace, scope: Scope, to: Report): HandleRef | undefined {
  const { name, nameSpan, index, field, span } = place;
  if (field !== undefined) {
    const near = nearest(field.text, ["post", "complete", "errno"]);
    report(to, unknownField(field.span, field.text, near));
    return undefined;
  }
  const handle = scope.handles.get(name);
  if (handle === undefined) {
    if (!scope.broken.statements && !scope.unclear.has(name)) {
      const near = nearest(name, [...scope.handles.keys()]);
      report(to, unknownHandle(nameSpan, name, near), name);
    }
    return undefined;
  }
  if (index !== undefined && handle.size !== undefined && index >= handle.size) {
    report(to, indexOutside(span, `${name}[${index}]`, name, handle.size, handle.span));
    return undefined;
  }
  return { name, index, span };
}

/** Events awaited in vain are errors; events nobody waits for are probably misspelt. */
export function checkEvents(scope: Scope, to: Report): void {
  if (scope.broken.statements) return;
  const blamed = new Set<string>();
  for (const [event, span] of scope.awaited) {
    if (scope.signalled.has(event)) continue;
    const unawaited = [...scope.signalled.keys()].filter((other) => !scope.awaited.has(other));
    const near = nearest(event, unawaited) ?? nearest(event, [...scope.signalled.keys()]);
    if (near !== undefined) blamed.add(near);
    report(to, neverSignalled(span, event, near), event);
  }
  for (const [event, span] of scope.signalled) {
    if (!scope.awaited.has(event) && !blamed.has(event)) report(to, neverAwaited(span, event));
  }
}
