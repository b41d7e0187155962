/** Decisions as a command line names them: `fork.copyPinned`, `fork.copyPinned=off`. */
import {
  type DecisionName,
  decisionNames,
  decisionValues,
  type Kernel,
  withDecisions,
} from "../kernels/index.ts";
import { nearest } from "../litmus/nearest.ts";
import type { DecisionValue } from "../step/index.ts";

interface Wrong {
  readonly ok: false;
  readonly message: string;
}

export type NamedDecision = { readonly ok: true; readonly name: DecisionName } | Wrong;

/** A decision's name; a wrong one is told with the nearest right one. */
export function readDecisionName(word: string): NamedDecision {
  const name = decisionNames.find((known) => known === word);
  if (name !== undefined) return { ok: true, name };
  const near = nearest(word, decisionNames);
  const hint = near === undefined ? " (docs/decisions.md lists them)" : `; did you mean ${near}?`;
  return { ok: false, message: `PF306: no decision is named "${word}"${hint}` };
}

/** Decisions set by hand, by name. */
export type SetDecisions = Readonly<Partial<Record<DecisionName, DecisionValue>>>;

export type SetChoice = { readonly ok: true; readonly set: SetDecisions } | Wrong;

/** Reads every `--set NAME=VALUE`; of two for one decision the later holds. */
export function readSet(words: readonly string[]): SetChoice {
  const set: Partial<Record<DecisionName, DecisionValue>> = {};
  for (const word of words.flatMap((one) => one.split(","))) {
    const [name = "", value, ...rest] = word.split("=").map((part) => part.trim());
    const decision = readDecisionName(name);
    if (!decision.ok) return decision;
    const values = decisionValues(decision.name);
    const read = value === undefined ? undefined : values.find((one) => means(value, one));
    if (read === undefined || rest.length > 0)
      return { ok: false, message: wrongValue(decision.name, value ?? "", values) };
    set[decision.name] = read;
  }
  return { ok: true, set };
}

const words: Readonly<Record<string, boolean>> = { on: true, off: false };

function means(word: string, value: DecisionValue): boolean {
  return word === String(value) || words[word] === value;
}

function wrongValue(name: string, word: string, values: readonly DecisionValue[]): string {
  const shown = values.map(String);
  const near = nearest(word, shown);
  const choice = values.includes(true) ? "on or off" : shown.join(", ");
  const hint = near === undefined ? "" : `; did you mean ${near}?`;
  return `PF307: ${name} is ${choice}, not "${word}"${hint}`;
}

/** The kernel with these decisions set; itself where it decides so already. */
export function variantOf(kernel: Kernel, set: SetDecisions): Kernel {
  const changed = Object.entries(set).filter(
    ([name, value]) => kernel.decisions[name as DecisionName].value !== value,
  );
  if (changed.length === 0) return kernel;
  const how = changed.map(([name, value]) => `${name}=${value}`).join(", ");
  return withDecisions(kernel, `${kernel.name} with ${how}`, Object.fromEntries(changed));
}
