/**
 * Whether a proposition can be true at all, on any kernel and in any run: a test whose condition
 * names a value that nobody writes, or asks for two things that exclude each other, passes for no
 * reason. Every observable gets the values that the test's own text allows it (what is written
 * somewhere, 0, every errno, absence), and all combinations are tried.
 */
import type { Proposition, Test } from "../litmus/ast.ts";
import { halvesOf, joined } from "./data-words.ts";
import { absent, holds, type Observable, observableName, observables } from "./valuation.ts";

/** More combinations than this are taken to be satisfiable. */
const combinationsMax = 20_000;
const errnos = [
  "ENOENT",
  "ESRCH",
  "EEXIST",
  "EIO",
  "EAGAIN",
  "ENOMEM",
  "EACCES",
  "EFAULT",
  "EBUSY",
  "EINVAL",
  "EOPNOTSUPP",
];

const known = new WeakMap<Test, readonly string[]>();

/** Why the test's condition is decided before anything runs; empty when it is not. */
export function decidedBefore(test: Test): readonly string[] {
  const found = known.get(test) ?? reasons(test);
  known.set(test, found);
  return found;
}

function reasons(test: Test): readonly string[] {
  const { quantifier, proposition } = test.condition;
  if (quantifier !== "forall" && !isSatisfiable(proposition, test))
    return ["the condition cannot be true: no run of any kernel can end so"];
  const fails: Proposition = { kind: "not", operand: proposition };
  if (quantifier === "forall" && proposition.kind !== "true" && !isSatisfiable(fails, test))
    return ["the condition cannot be false: every run of any kernel ends so"];
  return [];
}

function isSatisfiable(proposition: Proposition, test: Test): boolean {
  const only = { condition: { ...test.condition, proposition }, filter: undefined, locations: [] };
  const things = observables(only);
  const named = namedValues(proposition);
  const domains = things.map((thing) => valuesOf(thing, test, named));
  const combinations = domains.reduce((product, values) => product * values.length, 1);
  if (combinations > combinationsMax) return true;
  const names = things.map(observableName);
  for (let number = 0; number < combinations; number++) {
    const values = new Map<string, string>();
    let rest = number;
    domains.forEach((domain, i) => {
      values.set(names[i]!, domain[rest % domain.length]!);
      rest = Math.floor(rest / domain.length);
    });
    if (holds(proposition, (thing) => values.get(observableName(thing))!)) return true;
  }
  return false;
}

/** Texts that the observable may have; `named` are those that the proposition compares with. */
function valuesOf(thing: Observable, test: Test, named: ReadonlySet<string>): readonly string[] {
  switch (thing.kind) {
    case "register":
      return [absent, ...registerValues(thing.actor, thing.register, test)];
    case "memory":
      return [absent, ...written(test)];
    case "errno":
      return [absent, "0", ...errnos];
    case "handle":
      return [absent, "made", ...errnos];
    case "measure":
      return thing.measure === "PTE"
        ? [absent, "none", "present", "writable", "swap"]
        : // A count may be any number: one that is named, and one that is not.
          [absent, ...named, "65535"];
    case "state":
      return ["0", "1"];
    default:
      return [absent];
  }
}

/** What a load may give, or what a system call returns. */
function registerValues(actor: string, register: string, test: Test): readonly string[] {
  const statements = test.actors.find(({ name }) => name === actor)?.statements ?? [];
  const values = new Set<string>();
  for (const statement of statements) {
    const reads =
      (statement.kind === "load" && statement.register === register) ||
      (statement.kind === "call" &&
        statement.result === register &&
        statement.operation === "dma_read");
    if (reads) for (const value of [...written(test), ...errnos]) values.add(value);
    else if (statement.kind === "call" && statement.result === register)
      for (const value of ["0", ...errnos]) values.add(value);
  }
  return [...values];
}

/** 0, every number that some statement mentions, and the words that halves of them make. */
function written(test: Test): readonly string[] {
  const whole = new Set<number>([0]);
  let halves = false;
  for (const { statements } of test.actors)
    for (const statement of statements) {
      if (statement.kind === "store") whole.add(statement.value);
      if (statement.kind === "store" || statement.kind === "load")
        halves ||= statement.place.half !== undefined;
      if (statement.kind === "call")
        for (const argument of statement.arguments)
          if (argument.kind === "value") whole.add(argument.value);
    }
  const all = [...whole];
  if (!halves) return all.map(String);
  const parts = [...new Set(all.flatMap(halvesOf))];
  const words = parts.flatMap((low) => parts.map((high) => joined(low, high)));
  return [...new Set(words)].map(String);
}

/** The numbers that a proposition compares with. */
function namedValues(proposition: Proposition): ReadonlySet<string> {
  switch (proposition.kind) {
    case "not":
      return namedValues(proposition.operand);
    case "and":
    case "or":
    case "implies":
      return new Set([...namedValues(proposition.left), ...namedValues(proposition.right)]);
    case "compare":
      return new Set(
        [proposition.left, proposition.right].flatMap((operand) =>
          operand.kind === "number" ? [String(operand.value)] : [],
        ),
      );
    default:
      return new Set();
  }
}
