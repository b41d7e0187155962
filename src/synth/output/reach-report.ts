/** Which mappings get to a step: as JSON, and a line for each mapping. */
import { type Look, paletteOf } from "../../report/style.ts";
import { hang, padded } from "../../report/wrap.ts";
import type { ReachResult } from "../reach.ts";

/** One document. */
export function reachJson(result: ReachResult): string {
  const mappings = result.mappings.map(({ program, ...rest }) => ({
    ...rest,
    program: program ?? null,
  }));
  return `${JSON.stringify({ schema: 1, ...result, mappings }, null, 2)}\n`;
}

/** The shortest program of each mapping, the mappings that have none, and how far was looked. */
export function reachText(result: ReachResult, look: Look): string {
  const { strong } = paletteOf(look);
  const { kernel, wanted, depth, operations, mappings, notModelled } = result;
  const there = mappings.filter(({ program }) => program !== undefined);
  const never = mappings.filter(({ program }) => program === undefined);
  const width = Math.max(0, ...there.map(({ mapping }) => mapping.length));
  const rows = there.flatMap(({ mapping, program = [] }) =>
    hang(`  ${padded(mapping, width)}  `, programWords(program), look.width),
  );
  const cut = mappings.some(({ complete }) => !complete) ? " (the search was cut)" : "";
  const lines = [
    ...hang("", `"${wanted}" on ${kernel}`, look.width).map(strong),
    ...rows,
    ...(never.length === 0
      ? []
      : hang("  never: ", never.map(({ mapping }) => mapping).join(", "), look.width)),
    ...hang(
      "",
      `Searched${cut}: programs of up to ${depth} of ${operations.length} operations, two base pages or one huge one in the mapping.`,
      look.width,
    ),
    ...hang("", `Not modelled: ${notModelled.join(", ")}.`, look.width),
  ];
  return `${lines.join("\n")}\n`;
}

/** "P0: a; b; P1: c;" */
function programWords(program: readonly string[]): string {
  let last = "";
  return program
    .map((operation) => {
      const [actor = "", ...rest] = operation.split(": ");
      const text = rest.join(": ");
      const said = actor === last ? text : `${actor}: ${text}`;
      last = actor;
      return said;
    })
    .join(" ");
}
