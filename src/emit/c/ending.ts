/**
 * What a process reads when all statements of the test are done: its locations, the frames behind
 * them, and whether a device's pin still reaches them.
 */
import type { Operand, Place, StatePredicate } from "../../litmus/ast.ts";
import { type Observable, observableName, observables } from "../../verdict/valuation.ts";
import type { Context } from "./context.ts";
import type { Code } from "./statement.ts";

type Memory = Extract<Operand, { kind: "memory" }>;

/** Which piece of C tells of a page what a predicate asks: the module, or pagemap. */
const marks: Readonly<Partial<Record<StatePredicate, string>>> = {
  anon_exclusive: "see_exclusive",
  soft_dirty: "see_soft_dirty",
  uffd_wp: "see_uffd_wp",
};

/** The lines of a process's end; none if it observes nothing then. */
export function endingCode(context: Context, process: string): Code {
  const lines: string[] = context.showStates ? ["snapshot();"] : [];
  const uses: string[] = [];
  for (const one of observables(context.test)) {
    for (const code of readingCode(one, context, process)) {
      lines.push(...code.lines);
      uses.push(...code.uses);
    }
  }
  return { lines, uses };
}

function readingCode(observable: Observable, context: Context, process: string): Code[] {
  const name = observableName(observable);
  if (observable.kind === "memory") {
    if (observable.process !== process) return [];
    const from = placeCode(observable.place);
    return [
      {
        lines: [`see("${name}", content(${from.lines[0]}));`],
        uses: ["see", "content", ...from.uses],
      },
    ];
  }
  if (observable.kind === "measure") return measureCode(name, observable, process);
  if (observable.kind !== "state") return [];
  const [left, right] = observable.operands;
  const mark = marks[observable.predicate];
  if (mark !== undefined) {
    if (left?.kind !== "memory" || left.process !== process) return [];
    return [placeSeen(mark, name, left.place)];
  }
  if (observable.predicate === "pinned" && left?.kind === "handle") {
    if (right?.kind !== "memory" || right.process !== process) return [];
    const from = placeCode(right.place);
    const made = context.devices.get(left.handle.name);
    const device = made === "read-only region" ? "reader" : made;
    const target = `handle("${left.handle.name}"), ${left.handle.index ?? 0}, ${from.lines[0]}`;
    return [
      {
        lines: [`see("${name}", ${device}_reaches(${target}));`],
        uses: ["see", `${device}_reaches`, ...from.uses],
      },
    ];
  }
  return observable.operands.flatMap((operand, side) => {
    if (operand.kind !== "memory" || operand.process !== process) return [];
    return [frameCode(name, side, operand)];
  });
}

function measureCode(
  name: string,
  { measure, of }: Extract<Operand, { kind: "measure" }>,
  process: string,
): Code[] {
  if (of.kind !== "memory" || of.process !== process) return [];
  if (measure === "PTE") return [placeSeen("see_entry", name, of.place)];
  return [placeSeen("see_count", name, of.place, String(measure === "ref"))];
}

function placeSeen(use: string, name: string, place: Place, ...more: readonly string[]): Code {
  const from = placeCode(place);
  const words = [`"${name}"`, from.lines[0], ...more];
  return { lines: [`${use}(${words.join(", ")});`], uses: [use, ...from.uses] };
}

function frameCode(name: string, side: number, operand: Memory): Code {
  const from = placeCode(operand.place);
  return {
    lines: [`see_frame("${name}", ${side}, ${from.lines[0]});`],
    uses: ["see_frame", ...from.uses],
  };
}

function placeCode(place: Place): Code {
  return place.index === undefined
    ? { lines: [`page("${place.name}")`], uses: ["range"] }
    : { lines: [`part("${place.name}", ${place.index})`], uses: ["part"] };
}
