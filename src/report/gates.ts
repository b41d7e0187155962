/** Gated runs beside the model's: a line a gate, with the place in words and what was seen. */
import type { GateComparison } from "../verdict/compare-gate.ts";
import { type Look, paletteOf } from "./style.ts";
import { counted, rigWord } from "./words.ts";

export function drawGates(compared: readonly GateComparison[], look: Look): readonly string[] {
  const { good, bad, unsure, strong } = paletteOf(look);
  const paint = { agree: good, "forbid-seen": bad } as const;
  const lines = compared.flatMap((one) => {
    const { test, status, why, held, other, what, page, kernel, rig, hits, trials } = one;
    const color = status in paint ? paint[status as keyof typeof paint] : unsure;
    const result = trials > 0 ? `${hits}/${trials}  ` : "";
    const reason = why === "" ? "" : `: ${why}`;
    return [
      `${strong(test)}  ${kernel} / ${rigWord(rig)}  ${result}${color(`${status}${reason}`)}`,
      `  ${held} held: ${what}${page === "" ? "" : ` of ${page}`}; ${other} goes on`,
      ...(trials > 0 ? [`  model ${one.model.join(" or ")}`] : []),
      ...one.console.map((line) => `  | ${line}`),
    ];
  });
  const counts = new Map<string, number>();
  for (const { status } of compared) counts.set(status, (counts.get(status) ?? 0) + 1);
  const parts = [...counts].sort().map(([status, count]) => `${count} ${status}`);
  const text = parts.join(", ") || "no test has two threads of which one passes a place";
  return [...lines, "", `${counted(compared.length, "gate")}: ${text}`];
}

/** `pinfold compare --schedule gate --format json`. */
export function gatesJson(compared: readonly GateComparison[]): string {
  return `${JSON.stringify({ schema: 1, gates: compared }, undefined, 2)}\n`;
}
