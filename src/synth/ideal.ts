/**
 * What every process and every device ought to see: each process has its own copy of each private
 * page from the moment of fork on, and a registration stays with the page of whoever made it. This
 * is the promise that outcomes are measured by; no modelled kernel keeps all of it.
 */
import type { Alphabet } from "./alphabet.ts";
import { type Operation, registers, valueBy } from "./operation.ts";

/** One page of one process as it should be: who may write it is whoever holds the cell. */
interface Cell {
  value: number;
}

export interface IdealEnd {
  /** Per operation what it should have read; undefined where nothing is promised. */
  readonly reads: readonly (number | undefined)[];
  /** The first word of each page of each living process, by "P0:x". */
  readonly memory: ReadonlyMap<string, number>;
  /** Whose page the handle holds: "P0:x", if anybody's. */
  readonly held: string | undefined;
}

/** Follows a program; `succeeded` says of each operation whether the kernel did it. */
export function idealEnd(
  alphabet: Alphabet,
  program: readonly Operation[],
  succeeded: readonly boolean[],
): IdealEnd {
  const cells = new Map<string, Cell>();
  const kept = new Map<string, "DONTFORK" | "WIPEONFORK">();
  const shared = new Set(
    alphabet.pages.filter(({ pageKind }) => isShared(String(pageKind))).map(({ name }) => name),
  );
  let held: { readonly name: string; readonly cell: Cell } | undefined;
  const reads: (number | undefined)[] = [];
  for (const { name } of alphabet.pages) cells.set(`P0:${name}`, { value: 0 });
  program.forEach((operation, i) => {
    const key = `${operation.actor}:${operation.page}`;
    const cell = cells.get(key);
    let read: number | undefined;
    if (succeeded[i]) {
      if (operation.effect === "forks") inherit(cells, kept, shared, operation, alphabet);
      if (operation.effect === "exits") forget(cells, operation.actor);
      if (registers(operation) && cell) held = { name: key, cell };
      if (operation.effect === "releases") held = undefined;
      if (operation.effect === "device-writes" && held) held.cell.value = deviceWrites(operation);
      if (operation.effect === "device-reads") read = held?.cell.value;
      if (operation.effect === "reads") read = cell?.value;
      change(cells, kept, shared, operation, key);
    }
    reads.push(read);
  });
  const memory = new Map([...cells].map(([key, { value }]) => [key, value]));
  return { reads, memory, held: held?.name };
}

function isShared(kind: string): boolean {
  return kind === "shared anon" || kind === "shmem" || kind === "file";
}

function deviceWrites({ statement }: Operation): number {
  if (statement.kind !== "call") return 0;
  const value = statement.arguments.find((one) => one.kind === "value");
  return value?.kind === "value" ? value.value : 0;
}

function inherit(
  cells: Map<string, Cell>,
  kept: Map<string, string>,
  shared: ReadonlySet<string>,
  { actor, child }: Operation,
  { pages }: Alphabet,
): void {
  for (const { name } of pages) {
    const cell = cells.get(`${actor}:${name}`);
    const advice = kept.get(`${actor}:${name}`);
    if (cell === undefined || advice === "DONTFORK") continue;
    if (shared.has(name)) cells.set(`${child}:${name}`, cell);
    else cells.set(`${child}:${name}`, { value: advice === "WIPEONFORK" ? 0 : cell.value });
  }
}

function forget(cells: Map<string, Cell>, actor: string): void {
  for (const key of [...cells.keys()]) if (key.startsWith(`${actor}:`)) cells.delete(key);
}

/** Stores, and what changes the mapping itself. */
function change(
  cells: Map<string, Cell>,
  kept: Map<string, "DONTFORK" | "WIPEONFORK">,
  shared: ReadonlySet<string>,
  { statement, actor, page }: Operation,
  key: string,
): void {
  const cell = cells.get(key);
  if (statement.kind === "store" && cell) cell.value = valueBy(actor);
  if (statement.kind !== "call" || cell === undefined) return;
  if (statement.operation === "munmap") cells.delete(key);
  if (statement.operation !== "madvise") return;
  const [advice] = statement.arguments.flatMap((one) => (one.kind === "flags" ? one.flags : []));
  if (advice === "DONTNEED" && !shared.has(page!)) cells.set(key, { value: 0 });
  if (advice === "DOFORK") kept.delete(key);
  if (advice === "DONTFORK" || advice === "WIPEONFORK") kept.set(key, advice);
}
