/**
 * A test's names as the model's numbers: pages by their place in the address space, processes by
 * their number, handles and their pins, events and registers in order of appearance.
 */
import type { Call, Place, Test } from "../litmus/ast.ts";
import { findOperation } from "../litmus/operations.ts";
import { naturalSize } from "../litmus/page-kinds.ts";
import { type DataWords, dataWordsOf } from "./data-words.ts";

export interface NamedPage {
  readonly name: string;
  /** The first page's number. */
  readonly at: number;
  readonly count: number;
  readonly declaration: Test["declarations"][number];
}

export interface NamedHandle {
  readonly name: string;
  readonly index: number;
  /** The number of its first pin; it has `count`. */
  readonly first: number;
  readonly count: number;
  /** The process and its call that make it. */
  readonly process: string;
  readonly call: Call;
}

export interface Names {
  readonly pages: readonly NamedPage[];
  readonly pageCount: number;
  readonly processes: readonly string[];
  readonly handles: readonly NamedHandle[];
  readonly pinCount: number;
  readonly events: readonly string[];
  /** "P0:r0" */
  readonly registers: readonly string[];
  readonly words: DataWords;
}

/** Operations that make a handle, whether the test names it or not. */
export const registering: ReadonlySet<string> = new Set([
  "pin",
  "get",
  "ibv_reg_mr",
  "io_uring_register",
  "vmsplice",
  "xdp_umem",
  "vfio_map",
  "read_direct",
]);

export function nameThings(test: Test): Names {
  const pages = namePages(test);
  const handles: NamedHandle[] = [];
  const events = new Set<string>();
  const registers = new Set<string>();
  const processes = new Set<string>(["P0"]);
  let pinCount = 0;
  for (const actor of test.actors) {
    if (actor.role === "process" || actor.role === "thread") processes.add(actor.process);
    for (const statement of actor.statements) {
      if (statement.kind === "load") registers.add(`${actor.name}:${statement.register}`);
      if (statement.kind !== "call") continue;
      for (const argument of statement.arguments) {
        if (argument.kind === "event") events.add(argument.event);
        if (argument.kind === "process") processes.add(argument.process);
      }
      if (findOperation(statement.operation)?.result === "register" && statement.result)
        registers.add(`${actor.name}:${statement.result}`);
      if (!registering.has(statement.operation)) continue;
      const count = placeRange(placeOf(statement)!, pages).count;
      const name = statement.result ?? `handle ${handles.length}`;
      handles.push({
        name,
        index: handles.length,
        first: pinCount,
        count,
        process: actor.process,
        call: statement,
      });
      pinCount += count;
    }
  }
  const last = pages.at(-1);
  return {
    pages,
    pageCount: last === undefined ? 0 : last.at + last.count,
    processes: [...processes].sort((a, b) => Number(a.slice(1)) - Number(b.slice(1))),
    handles,
    pinCount,
    events: [...events],
    registers: [...registers],
    words: dataWordsOf(test),
  };
}

function namePages(test: Test): readonly NamedPage[] {
  let at = 0;
  return test.declarations.map((declaration) => {
    const count = declaration.count ?? naturalSize(declaration.pageKind);
    const named = { name: declaration.name, at, count, declaration };
    at += count;
    return named;
  });
}

export function placeOf(call: Call): Place | undefined {
  for (const argument of call.arguments) if (argument.kind === "place") return argument.place;
  return undefined;
}

/** The pages a place speaks of: one if it has an index, else the whole declaration. */
export function placeRange(
  place: Place,
  pages: readonly NamedPage[],
): { readonly at: number; readonly count: number } {
  const page = pages.find((one) => one.name === place.name);
  if (page === undefined)
    throw new Error(`No page ${place.name}: the checker lets no such test through.`);
  return place.index === undefined
    ? { at: page.at, count: page.count }
    : { at: page.at + place.index, count: 1 };
}

/** "x" or "x[2]" for page number `at`. */
export function pageName(names: Names, at: number): string {
  const page = names.pages.find((one) => at >= one.at && at < one.at + one.count);
  if (page === undefined) return `page ${at}`;
  return page.count === 1 ? page.name : `${page.name}[${at - page.at}]`;
}

export function findHandle(names: Names, name: string): NamedHandle {
  const found = names.handles.find((one) => one.name === name);
  if (found === undefined)
    throw new Error(`No handle ${name}: the checker lets no such test through.`);
  return found;
}
