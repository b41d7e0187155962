/**
 * What a test observes at its end, and whether its proposition holds for it. The observables of a
 * test are the registers, locations and states that its condition, filter and `locations` name; a
 * valuation gives each of them one text: a number, an errno's name, `-` for what never came to be,
 * `refused:EFAULT` for what the kernel refused, a page state's word. Model, real kernels and reports
 * share this file, so that a valuation of one can be looked up among those of another.
 */
import type { Operand, Place, Proposition, StatePredicate, Test } from "../litmus/ast.ts";
import type { Span } from "../step/diagnostic.ts";

/** `same(P0:x, P1:x)` and its like: observed as "1" or "0". */
export interface StateProposition {
  readonly kind: "state";
  readonly predicate: StatePredicate;
  readonly operands: readonly Operand[];
  readonly span: Span;
}

/** One thing whose final value is part of a valuation. Numbers and names are not observed. */
export type Observable = Operand | StateProposition;

/** The final value of an observable, as text. */
export type Lookup = (observable: Observable) => string;

/** What a register holds that nothing assigned, or a location of a process that is gone. */
export const absent = "-";

const refusal = "refused:";

/**
 * The distinct things that the condition, the filter and `locations` name, in herd's order:
 * registers by process and name, errnos of handles, locations, measures, states.
 */
export function observables(test: Pick<Test, "condition" | "filter" | "locations">): Observable[] {
  const found = new Map<string, Observable>();
  const add = (observable: Observable): void => {
    if (observable.kind === "number" || observable.kind === "name") return;
    const name = observableName(observable);
    if (!found.has(name)) found.set(name, observable);
  };
  for (const operand of test.locations) add(operand);
  if (test.filter !== undefined) collect(test.filter, add);
  collect(test.condition.proposition, add);
  return [...found.values()].sort(compareObservables);
}

function collect(proposition: Proposition, add: (observable: Observable) => void): void {
  switch (proposition.kind) {
    case "true":
    case "false":
      return;
    case "not":
      collect(proposition.operand, add);
      return;
    case "compare":
      add(proposition.left);
      add(proposition.right);
      return;
    case "state":
      add(proposition);
      return;
    case "and":
    case "or":
    case "implies":
      collect(proposition.left, add);
      collect(proposition.right, add);
  }
}

/** `0:r0`, `P0.T1:r0`, `x`, `P1:x[2].hi`, `h`, `h.errno`, `PTE(x)`, `7`, `ENOMEM`. */
export function operandName(operand: Operand): string {
  switch (operand.kind) {
    case "register":
      return `${registerOwner(operand.actor)}:${operand.register}`;
    case "memory":
      return operand.process === "P0"
        ? placeName(operand.place)
        : `${operand.process}:${placeName(operand.place)}`;
    case "handle":
      return operand.handle.index === undefined
        ? operand.handle.name
        : `${operand.handle.name}[${operand.handle.index}]`;
    case "errno":
      return `${operand.handle}.errno`;
    case "measure":
      return `${operand.measure}(${operandName(operand.of)})`;
    case "number":
      return String(operand.value);
    case "name":
      return operand.name;
  }
}

/** As `operandName`; a state is written as in the test: `same(x, P1:x)`. */
export function observableName(observable: Observable): string {
  if (observable.kind !== "state") return operandName(observable);
  return `${observable.predicate}(${observable.operands.map(operandName).join(", ")})`;
}

/** `x`, `x[1]`, `x[1].lo`. */
export function placeName(place: Place): string {
  const index = place.index === undefined ? "" : `[${place.index}]`;
  const half = place.half === undefined ? "" : `.${place.half}`;
  return `${place.name}${index}${half}`;
}

/** Herd writes a process's registers by its number; threads and devices keep their names. */
function registerOwner(actor: string): string {
  return /^P\d+$/.test(actor) ? actor.slice(1) : actor;
}

/**
 * Whether a proposition holds for the values that `lookup` gives. An absent value equals nothing,
 * another absent one included, so `=` is false and `!=` true of it; `absentObservables` tells which
 * ones a verdict should mention. A refused operation equals the errno that refused it.
 */
export function holds(proposition: Proposition, lookup: Lookup): boolean {
  switch (proposition.kind) {
    case "true":
      return true;
    case "false":
      return false;
    case "not":
      return !holds(proposition.operand, lookup);
    case "and":
      return holds(proposition.left, lookup) && holds(proposition.right, lookup);
    case "or":
      return holds(proposition.left, lookup) || holds(proposition.right, lookup);
    case "implies":
      return !holds(proposition.left, lookup) || holds(proposition.right, lookup);
    case "state":
      return lookup(proposition) === "1";
    case "compare": {
      const equal = equalValues(
        operandValue(proposition.left, lookup),
        operandValue(proposition.right, lookup),
      );
      return proposition.operator === "=" ? equal : !equal;
    }
  }
}

function operandValue(operand: Operand, lookup: Lookup): string {
  if (operand.kind === "number") return String(operand.value);
  if (operand.kind === "name") return operand.name;
  return lookup(operand);
}

/** Equality of two value texts, as conditions use it. */
export function equalValues(left: string, right: string): boolean {
  if (left === absent || right === absent) return false;
  return withoutRefusal(left) === withoutRefusal(right);
}

function withoutRefusal(value: string): string {
  return value.startsWith(refusal) ? value.slice(refusal.length) : value;
}

/** The observables of a proposition that have no value. */
export function absentObservables(proposition: Proposition, lookup: Lookup): Observable[] {
  const found = new Map<string, Observable>();
  collect(proposition, (observable) => {
    if (observable.kind === "number" || observable.kind === "name") return;
    if (lookup(observable) === absent) found.set(observableName(observable), observable);
  });
  return [...found.values()];
}

/** Herd's one-line form, `0:r0=1; x=2;`: also the key by which valuations are compared. */
export function valuationKey(
  values: readonly { readonly name: string; readonly value: string }[],
): string {
  return values.map(({ name, value }) => `${name}=${value};`).join(" ");
}

const kindOrder = ["register", "errno", "handle", "memory", "measure", "state", "number", "name"];

function compareObservables(left: Observable, right: Observable): number {
  const byKind = kindOrder.indexOf(left.kind) - kindOrder.indexOf(right.kind);
  if (byKind !== 0) return byKind;
  return compareNatural(sortKey(left), sortKey(right));
}

/** P0's things before P1's, whatever the printed name leaves out; a space sorts before a thread's dot. */
function sortKey(observable: Observable): string {
  if (observable.kind === "register") return `${observable.actor} ${observable.register}`;
  if (observable.kind === "memory") return `${observable.process} ${placeName(observable.place)}`;
  return observableName(observable);
}

/** Numbers inside names compare as numbers: r2 before r10. */
function compareNatural(left: string, right: string): number {
  const lefts = left.match(/\d+|\D+/g) ?? [];
  const rights = right.match(/\d+|\D+/g) ?? [];
  for (let index = 0; index < Math.min(lefts.length, rights.length); index++) {
    const one = lefts[index]!;
    const other = rights[index]!;
    if (one === other) continue;
    const numeric = /^\d/.test(one) && /^\d/.test(other);
    if (numeric && Number(one) !== Number(other)) return Number(one) - Number(other);
    return one < other ? -1 : 1;
  }
  return lefts.length - rights.length;
}
