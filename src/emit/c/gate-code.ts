/** What a gate adds to the code of the two actors that take part in it. */
import type { Actor, Statement } from "../../litmus/ast.ts";
import { type Gate, opensBeforehand } from "../../verdict/gates.ts";
import type { Device } from "./context.ts";
import { type Code, rangeCode } from "./statement.ts";

/** A statement's code in a gated test. */
export function gatedCode(
  code: Code,
  gate: Gate | undefined,
  place: { readonly actor: Actor; readonly index: number },
  statement: Statement,
  devices: ReadonlyMap<string, Device>,
): Code {
  if (gate === undefined) return code;
  const { actor, index } = place;
  if (actor.name === gate.held.actor && index === gate.held.index) return heldCode(code, gate);
  if (actor.name !== gate.other.actor || index < gate.other.index) return code;
  const opens = opensBeforehand(statement) ? ["open_gate();"] : [];
  if (index > gate.other.index) {
    return { lines: [...opens, ...code.lines], uses: [...code.uses, "await_gate"] };
  }
  const regions = actor.statements.slice(index).flatMap((one) => regionOf(one, devices));
  const prepares = [...new Set(regions)].map((handle) => `prepare_region(handle("${handle}"));`);
  return {
    lines: [...prepares, "await_gate();", ...opens, ...code.lines],
    uses: [...code.uses, "await_gate", ...(prepares.length > 0 ? ["prepare_region"] : [])],
  };
}

/** The handle that a statement registers: its card maps memory first, and would wait for the fork. */
function regionOf(statement: Statement, devices: ReadonlyMap<string, Device>): readonly string[] {
  if (statement.kind !== "call" || statement.result === undefined) return [];
  return devices.get(statement.result) === "region" ? [statement.result] : [];
}

/** What the other thread does last, where its statements come to an end. */
export function gateEnd(gate: Gate | undefined, actor: Actor): Code {
  if (gate?.other.actor !== actor.name) return { lines: [], uses: [] };
  return { lines: ["open_gate();"], uses: ["await_gate"] };
}

function heldCode({ lines, uses }: Code, { place, page }: Gate): Code {
  const range = page === undefined ? undefined : rangeCode(page);
  const quoted = (words: readonly string[]) => words.map((word) => `"${word}"`).join(", ");
  return {
    lines: [
      "hold_at(&(const struct gate) {",
      `\t.symbols = { ${quoted(place.symbols)} },`,
      ...(range === undefined || place.ofPage === undefined
        ? []
        : [`\t.page = ${range.text}.at,`, `\t.argument = ${place.ofPage.argument},`]),
      `\t.opens = { ${quoted(place.opens)} },`,
      `\t.call = ${place.call},`,
      "});",
      ...lines,
      "was_held();",
    ],
    uses: [...uses, "hold_at", ...(range?.uses ?? [])],
  };
}
