/**
 * What a condition speaks of: `P0:r0` is a register or, where a page has that name, what P0 would
 * read there; `h` is a handle; a bare capital word is an errno or a page's state.
 */
import type { Condition, Operand, Proposition, StatePredicate } from "./ast.ts";
import { roleOf } from "./check-actors.ts";
import { checkHandle, checkPlace, counted, textOf } from "./check-statements.ts";
import {
  halfNotAllowed,
  neverAssigned,
  registerWithoutActor,
  strangeComparison,
  unknownField,
  unknownName,
  unknownPredicate,
  unknownProcess,
  wrongArguments,
} from "./diagnostics.ts";
import { quote } from "./diagnostics-syntax.ts";
import { nearest } from "./nearest.ts";
import { measureNames, predicateNames } from "./parse-proposition.ts";
import type { RawCondition, RawOperand, RawProposition } from "./raw.ts";
import { type Report, report, type Scope } from "./scope.ts";

/** The errnos an operation of the language may give. */
export const errnoNames: readonly string[] = [
  ...["EPERM", "ENOENT", "ESRCH", "EINTR", "EIO", "ENXIO", "E2BIG", "EBADF", "ECHILD", "EAGAIN"],
  ...["ENOMEM", "EACCES", "EFAULT", "EBUSY", "EEXIST", "ENODEV", "EINVAL", "EMFILE", "ENOSPC"],
  ...["EPIPE", "ENOSYS", "ENOTSUP", "EOPNOTSUPP", "ENOBUFS", "EREMOTEIO", "EHWPOISON"],
];

/** What PTE(x) may be compared with. */
export const entryWords: readonly string[] = ["none", "present", "writable", "swap"];

type PlaceOperand = Extract<RawOperand, { readonly kind: "place" }>;

/** The condition of the AST, or undefined if something in it means nothing. */
export function checkCondition(
  condition: RawCondition,
  scope: Scope,
  to: Report,
): Condition | undefined {
  const proposition = checkProposition(condition.proposition, scope, to);
  return proposition && { ...condition, proposition };
}

/** A proposition of the AST; every part is judged, also behind a wrong one. */
export function checkProposition(
  raw: RawProposition,
  scope: Scope,
  to: Report,
): Proposition | undefined {
  switch (raw.kind) {
    case "true":
    case "false":
      return raw;
    case "not": {
      const operand = checkProposition(raw.operand, scope, to);
      return operand && { kind: "not", operand };
    }
    case "and":
    case "or":
    case "implies": {
      const left = checkProposition(raw.left, scope, to);
      const right = checkProposition(raw.right, scope, to);
      return left && right && { kind: raw.kind, left, right };
    }
    case "compare":
      return checkComparison(raw, scope, to);
    case "state":
      return checkState(raw, scope, to);
  }
}

function checkComparison(
  raw: Extract<RawProposition, { readonly kind: "compare" }>,
  scope: Scope,
  to: Report,
): Proposition | undefined {
  const left = checkOperand(raw.left, scope, to);
  const right = checkOperand(raw.right, scope, to);
  if (left === undefined || right === undefined) return undefined;
  const { operator } = raw;
  const why = misfit(left, right);
  if (why !== undefined) {
    const span = { start: left.span.start, end: right.span.end };
    report(to, strangeComparison(span, why));
    return undefined;
  }
  return { kind: "compare", operator, left, right };
}

/** Why two operands cannot be equal or unequal in any run, or undefined. */
function misfit(left: Operand, right: Operand): string | undefined {
  const constant = (operand: Operand) => operand.kind === "number" || operand.kind === "name";
  if (constant(left) && constant(right)) {
    return "Both sides are constants, so no run decides this. Write a register or a page on one side.";
  }
  for (const [one, other] of [
    [left, right],
    [right, left],
  ] as const) {
    if (one.kind === "handle") {
      const { name } = one.handle;
      return `A handle has no value. Write \`pinned(${name}, P0:x)\` or \`${name}.errno = EFAULT\`.`;
    }
    const isEntry = one.kind === "measure" && one.measure === "PTE";
    const isEntryWord = one.kind === "name" && entryWords.includes(one.name);
    if (isEntry && other.kind === "number") {
      return "PTE(...) is none, present, writable or swap. Compare it with one of these words.";
    }
    if (isEntry && other.kind === "name" && !entryWords.includes(other.name)) {
      return "PTE(...) is none, present, writable or swap. Compare it with one of these words.";
    }
    if (isEntryWord && !(other.kind === "measure" && other.measure === "PTE")) {
      return `Only PTE(...) is ever \`${one.name}\`. Write \`PTE(P0:x) = ${one.name}\`.`;
    }
  }
  return undefined;
}

const signatures: Readonly<Record<StatePredicate, readonly ("handle" | "memory")[]>> = {
  same: ["memory", "memory"],
  pinned: ["handle", "memory"],
  anon_exclusive: ["memory"],
  soft_dirty: ["memory"],
  uffd_wp: ["memory"],
};

const usages: Readonly<Record<StatePredicate, string>> = {
  same: "same(P0:x, P1:x)",
  pinned: "pinned(h, P0:x)",
  anon_exclusive: "anon_exclusive(x)",
  soft_dirty: "soft_dirty(x)",
  uffd_wp: "uffd_wp(x)",
};

function checkState(
  raw: Extract<RawProposition, { readonly kind: "state" }>,
  scope: Scope,
  to: Report,
): Proposition | undefined {
  const { text, span } = raw.predicate;
  const predicate = (Object.keys(signatures) as StatePredicate[]).find((name) => name === text);
  if (predicate === undefined) {
    const near = nearest(text, [...predicateNames, ...measureNames]);
    report(to, unknownPredicate(span, text, near));
    return undefined;
  }
  const signature = signatures[predicate];
  if (raw.operands.length !== signature.length) {
    const found = counted(raw.operands.length, "operand");
    report(to, wrongArguments(raw.span, found, usages[predicate]));
    return undefined;
  }
  const operands = raw.operands.map((operand, at) =>
    checkStateOperand(operand, signature[at]!, usages[predicate], scope, to),
  );
  if (!operands.every((operand) => operand !== undefined)) return undefined;
  return { kind: "state", predicate, operands, span: raw.span };
}

function checkStateOperand(
  raw: RawOperand,
  expected: "handle" | "memory",
  usage: string,
  scope: Scope,
  to: Report,
): Operand | undefined {
  const isPlace = raw.kind === "place";
  if (isPlace && expected === "handle" && raw.actor === undefined) {
    const { place } = raw;
    if (!scope.pages.has(place.name) && place.field === undefined) {
      const handle = checkHandle(place, scope, to);
      return handle && { kind: "handle", handle, span: raw.span };
    }
  }
  const operand = checkOperand(raw, scope, to);
  if (operand === undefined) return undefined;
  if (operand.kind !== expected) {
    const found = isPlace ? quote(textOf(raw.place)) : "something else";
    report(to, wrongArguments(raw.span, found, usage));
    return undefined;
  }
  if (operand.kind === "memory" && operand.place.half !== undefined) {
    report(to, halfNotAllowed(raw.span, textOf((raw as PlaceOperand).place), "this is about"));
    return undefined;
  }
  return operand;
}

/** An operand of the AST, for conditions, filters and locations. */
export function checkOperand(raw: RawOperand, scope: Scope, to: Report): Operand | undefined {
  if (raw.kind === "number") return raw;
  if (raw.kind === "measure") {
    const measure = raw.measure.text as "PTE" | "ref" | "map";
    const usage = measure === "PTE" ? "PTE(P0:x)" : `${measure}(x)`;
    if (raw.operands.length !== 1) {
      report(to, wrongArguments(raw.span, counted(raw.operands.length, "operand"), usage));
      return undefined;
    }
    const of = checkStateOperand(raw.operands[0]!, "memory", usage, scope, to);
    return of && { kind: "measure", measure, of, span: raw.span };
  }
  return raw.actor === undefined ? checkBare(raw, scope, to) : checkQualified(raw, scope, to);
}

/** `x`, `h`, `h.errno`, `ENOMEM`: whatever has no actor before it. */
function checkBare(raw: PlaceOperand, scope: Scope, to: Report): Operand | undefined {
  const { place, span } = raw;
  const { name, nameSpan, field } = place;
  if (scope.pages.has(name)) {
    const checked = checkPlace(place, true, "", scope, to);
    return checked && { kind: "memory", process: "P0", place: checked, span };
  }
  if (field?.text === "errno" && place.index === undefined) {
    const handle = checkHandle({ ...place, field: undefined }, scope, to);
    return handle && { kind: "errno", handle: name, span };
  }
  if (scope.handles.has(name)) {
    if (field !== undefined) {
      report(to, unknownField(field.span, field.text, nearest(field.text, ["errno"])));
      return undefined;
    }
    const handle = checkHandle(place, scope, to);
    return handle && { kind: "handle", handle, span };
  }
  const isWord = errnoNames.includes(name) || entryWords.includes(name);
  if (isWord && field === undefined && place.index === undefined) {
    return { kind: "name", name, span };
  }
  return missingName(name, nameSpan, scope, to);
}

function missingName(
  name: string,
  span: PlaceOperand["span"],
  scope: Scope,
  to: Report,
): undefined {
  const owners = [...scope.registers].filter(([, registers]) => registers.has(name));
  if (owners.length > 0) {
    const owner = owners.length === 1 ? owners[0]![0] : undefined;
    report(to, registerWithoutActor(span, name, owner), name);
    return undefined;
  }
  if (scope.unclear.has(name) || scope.broken.declarations || scope.broken.statements) {
    return undefined;
  }
  const names = [...scope.pages.keys(), ...scope.handles.keys(), ...errnoNames, ...entryWords];
  const where = `Write a page, \`P0:r0\`, a handle or an errno.`;
  report(to, unknownName(span, name, nearest(name, names), where), name);
  return undefined;
}

/** `P0:r0`, `P0.T1:r0`, `P1:x`. */
function checkQualified(raw: PlaceOperand, scope: Scope, to: Report): Operand | undefined {
  const { place, span } = raw;
  const actor = raw.actor!;
  const { name, nameSpan, index, field } = place;
  if (!scope.actors.has(actor.text)) {
    if (!scope.broken.statements) {
      const near = nearest(actor.text, [...scope.actors.keys()]);
      const expected = [...scope.actors.keys()].join(" or ") || "P0";
      report(to, unknownProcess(actor.span, actor.text, near, expected), actor.text);
    }
    return undefined;
  }
  if (scope.pages.has(name)) {
    if (roleOf(actor.text) !== "process") {
      const expected = "the process whose memory is meant, such as P0";
      report(to, unknownProcess(actor.span, `memory of ${actor.text}`, undefined, expected));
      return undefined;
    }
    const checked = checkPlace(place, true, "", scope, to);
    return checked && { kind: "memory", process: actor.text, place: checked, span };
  }
  const registers = scope.registers.get(actor.text);
  if (registers?.has(name) && index === undefined && field === undefined) {
    return { kind: "register", actor: actor.text, register: name, span };
  }
  if (scope.handles.has(name)) {
    // A handle is one for all, so `P0:h.errno` says no more than `h.errno`.
    return checkBare({ ...raw, actor: undefined }, scope, to);
  }
  if (registers?.has(name)) {
    report(to, wrongArguments(span, quote(textOf(place)), `${actor.text}:${name}`));
    return undefined;
  }
  if (scope.unclear.has(name) || scope.broken.statements || scope.broken.declarations) {
    return undefined;
  }
  const known = [...(registers?.keys() ?? []), ...scope.pages.keys()];
  report(
    to,
    neverAssigned(nameSpan, name, actor.text, nearest(name, known)),
    raw.actor!.text + name,
  );
  return undefined;
}
