/**
 * The lines in which an emitted test shows how its processes map their pages, read back:
 *
 *     # state STEP PROCESS PAGE INDEX FLAGS FRAME REF MAP PINS
 *     # held STEP HANDLE INDEX FRAME
 *
 * STEP is the number of the statement before which the state was shown; FLAGS are the module's.
 */

import type { Test } from "../litmus/ast.ts";
import { naturalSize } from "../litmus/page-kinds.ts";
import {
  type EntryKind,
  type EntryState,
  type HeldFrame,
  pinBias,
  type StateTable,
} from "../verdict/state-table.ts";

/** As the module's interface numbers them. */
const flag = {
  present: 1,
  writable: 2,
  dirty: 4,
  huge: 8,
  exclusive: 32,
  large: 128,
  softDirty: 256,
  uffdWp: 512,
  zero: 1024,
  unmapped: 2048,
  swap: 4096,
} as const;

/** The states of one case by the step before which each was shown. */
export function readStates(lines: readonly string[], test: Test): ReadonlyMap<number, StateTable> {
  const tables = new Map<number, { entries: EntryState[]; held: HeldFrame[] }>();
  for (const line of lines) {
    const [kind, step = "", ...words] = line.trim().split(/\s+/);
    const number = Number(step);
    const table = tables.get(number) ?? { entries: [], held: [] };
    tables.set(number, table);
    if (kind === "state" && words.length === 8) table.entries.push(readEntry(words, test));
    if (kind === "held" && words.length === 3) {
      const [handle = "", index = "", frame = ""] = words;
      table.held.push({ handle, index: Number(index), frame });
    }
  }
  return tables;
}

function readEntry(words: readonly string[], test: Test): EntryState {
  const [process = "", name = "", index = "", hex = "", frame = "", ...numbers] = words;
  const [ref = 0, map = 0, pins = 0] = numbers.map(Number);
  const flags = Number.parseInt(hex, 16);
  const has = (one: keyof typeof flag): boolean => (flags & flag[one]) !== 0;
  const kind = kindOf(has);
  const large = has("large");
  return {
    process,
    page: isArray(name, test) ? `${name}[${index}]` : name,
    kind,
    frame: kind === "present" ? frame : kind === "swap" ? `slot ${frame}` : undefined,
    writable: has("writable"),
    dirty: has("dirty"),
    exclusive: has("exclusive"),
    softDirty: has("softDirty"),
    uffdWp: has("uffdWp"),
    huge: has("huge"),
    large,
    counts:
      kind === "present"
        ? { ref: large ? ref : ref % pinBias, map, pins, pinsAtLeast: pins }
        : undefined,
  };
}

function kindOf(has: (one: keyof typeof flag) => boolean): EntryKind {
  if (has("unmapped")) return "unmapped";
  if (has("swap")) return "swap";
  if (!has("present")) return "empty";
  return has("zero") ? "zero" : "present";
}

function isArray(name: string, test: Test): boolean {
  const page = test.declarations.find((one) => one.name === name);
  return page !== undefined && (page.count ?? naturalSize(page.pageKind)) > 1;
}
