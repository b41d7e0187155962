/** Every call the auditor decodes, found by name. All others are skipped without being taken apart. */
import type { CallRule } from "./call.ts";
import { deviceCalls } from "./calls-devices.ts";
import { fileCalls } from "./calls-files.ts";
import { ioCalls } from "./calls-io.ts";
import { memoryCalls } from "./calls-memory.ts";
import { processCalls } from "./calls-process.ts";
import { ringCalls } from "./calls-rings.ts";

const rules: readonly CallRule[] = [
  ...processCalls,
  ...memoryCalls,
  ...fileCalls,
  ...ringCalls,
  ...deviceCalls,
  ...ioCalls,
];

export const callRules: ReadonlyMap<string, CallRule> = new Map(
  rules.map((rule) => [rule.name, rule]),
);

/** The hash that the line walker computes while it looks for the parenthesis. */
export function hashName(name: string): number {
  let hash = 0;
  for (let index = 0; index < name.length; index++)
    hash = (Math.imul(hash, 31) + name.charCodeAt(index)) | 0;
  return hash;
}

export const callRulesByHash: ReadonlyMap<number, CallRule> = new Map(
  rules.map((rule) => [hashName(rule.name), rule]),
);
