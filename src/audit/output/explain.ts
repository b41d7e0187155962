/** One rule in words: `pinfold audit explain RULE`. */
import { catalog } from "../rules/catalog.ts";

export function explainRule(id: string): string | undefined {
  const rule = catalog.get(id);
  if (rule === undefined) return undefined;
  return [
    `${rule.id}: ${rule.title}`,
    "",
    `When:      ${rule.condition}`,
    `Effect:    ${rule.effect}`,
    `Affected:  ${rule.affected}`,
    `What to do: ${rule.advice}`,
    "",
  ].join("\n");
}

export function listRules(): string {
  return `${[...catalog.values()].map((rule) => `${rule.id.padEnd(22)} ${rule.title}`).join("\n")}\n`;
}
