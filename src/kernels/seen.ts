/**
 * Which decisions were seen on a real kernel. The table comes from campaigns (`npm run seen`): a row
 * says that a real kernel ended tests as the model did, which end otherwise under another value.
 * Nobody claims it by hand, and a test holds each row to the library and to the model of today.
 */
import type { DecisionValue } from "../step/index.ts";
import type { DecisionName, Kernel } from "./kernel.ts";
import { seenReleases, seenRows } from "./seen.generated.ts";

/** On real kernel `kernel`, decision `name` is not `instead`: these tests would have shown it. */
export interface RuledOut {
  readonly name: DecisionName;
  readonly value: DecisionValue;
  readonly instead: DecisionValue;
  /** The modelled kernel that the real one is. */
  readonly kernel: string;
  readonly tests: readonly string[];
}

/** A real kernel on which a decision's value was seen. */
export interface SeenOn {
  readonly kernel: string;
  /** "debian:6.1, 6.1.0-56-amd64" */
  readonly release: string;
  /** The answers that it is told from, each with tests that tell. */
  readonly instead: readonly { readonly value: DecisionValue; readonly tests: readonly string[] }[];
}

let byDecision: ReadonlyMap<string, readonly SeenOn[]> | undefined;

/**
 * The real kernels on which the value that `kernel` gives decision `name` was seen, its own first. A
 * value that was set by hand is a question, whoever gives the same.
 */
export function seenOn(
  kernel: Pick<Kernel, "name" | "decisions">,
  name: DecisionName,
): readonly SeenOn[] {
  const { value, evidence } = kernel.decisions[name];
  if (evidence.kind === "set") return [];
  byDecision ??= gathered();
  const found = byDecision.get(`${name}=${value}`) ?? [];
  return [...found].sort((left, right) => rank(left, kernel) - rank(right, kernel));
}

const rank = (seen: SeenOn, kernel: Pick<Kernel, "name">): number =>
  seen.kernel === kernel.name ? 0 : 1;

function gathered(): ReadonlyMap<string, readonly SeenOn[]> {
  const found = new Map<string, SeenOn[]>();
  for (const { name, value, instead, kernel, tests } of ruledOut()) {
    const key = `${name}=${value}`;
    const all = found.get(key) ?? [];
    found.set(key, all);
    const one = all.find((seen) => seen.kernel === kernel);
    const told = { value: instead, tests };
    if (one === undefined)
      all.push({ kernel, release: seenReleases[kernel] ?? kernel, instead: [told] });
    else all[all.indexOf(one)] = { ...one, instead: [...one.instead, told] };
  }
  return found;
}

/** The whole table. */
export function ruledOut(): readonly RuledOut[] {
  return seenRows.map(readRow);
}

/** "fork.copyPinned=true not false | stable-6.1 | RDMA+fork PIN+fork" */
function readRow(row: string): RuledOut {
  const [what = "", kernel = "", tests = ""] = row.split(" | ");
  const [stated = "", instead = ""] = what.split(" not ");
  const [name = "", value = ""] = stated.split("=");
  return {
    name: name as DecisionName,
    value: readValue(value),
    instead: readValue(instead),
    kernel,
    tests: tests.split(" "),
  };
}

/** A row as it stands in the table. */
export function seenRow({ name, value, instead, kernel, tests }: RuledOut): string {
  return `${name}=${value} not ${instead} | ${kernel} | ${tests.join(" ")}`;
}

function readValue(word: string): DecisionValue {
  return word === "true" ? true : word === "false" ? false : word;
}
