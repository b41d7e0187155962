/** A random test that is being written: registers and handles belong to a process, names come in order. */
import type { Draw } from "./draw.ts";

export interface Page {
  readonly name: string;
  readonly kind: string;
  /** Pages of an array; undefined of a single page. */
  readonly count: number | undefined;
  /** The parts of it that statements name. */
  readonly parts: readonly string[];
}

export interface Handle {
  readonly name: string;
  readonly reads: boolean;
  readonly pipe: boolean;
  /** Of a direct read a device does one thing: it ends it. */
  readonly direct: boolean;
  /** Parts that a device tells apart. */
  readonly parts: number;
  inFlight: boolean;
}

export interface Sheet {
  readonly draw: Draw;
  readonly pages: readonly Page[];
  readonly handles: Handle[];
  readonly observed: string[];
  registers: number;
  value: number;
  /** The second page is a hole that the first may move to. */
  readonly hole: boolean;
}

export function newSheet(draw: Draw, pages: readonly Page[], hole: boolean): Sheet {
  return { draw, pages, hole, handles: [], observed: [], registers: 0, value: 0 };
}

export function newRegister(sheet: Sheet, process: string): string {
  const register = `r${sheet.registers}`;
  sheet.registers++;
  sheet.observed.push(`${process}:${register}`);
  return register;
}

export function newValue(sheet: Sheet): string {
  sheet.value++;
  return String(sheet.value);
}

/** `anon*3` is an array; of a page wiped around only the first part is there. */
export function pageOf(name: string, drawn: string): Page {
  const [kind = "", times] = drawn.split("*");
  const count = times === undefined ? undefined : Number(times);
  const huge = /thp|huge/.test(kind) && !kind.startsWith("wiped");
  const size = count ?? (huge ? 2 : 0);
  const parts = Array.from({ length: size }, (_, index) => `${name}[${index}]`);
  const single = /wiped/.test(kind) ? `${name}[0]` : name;
  return { name, kind, count, parts: size > 0 ? parts : [single] };
}

/** `page x[3] = anon;` */
export function declarationOf({ name, kind, count }: Page): string {
  return `page ${name}${count === undefined ? "" : `[${count}]`} = ${kind};`;
}

/** Reclaim, migration and KSM of other memory are for the model only. */
export function isBasePage({ kind, count }: Page): boolean {
  return count === undefined && /^(swapped |readonly |untouched )?anon$/.test(kind);
}

/** What khugepaged may put together again. */
export function isApart({ kind }: Page): boolean {
  return kind === "pte-mapped thp" || kind === "wiped around thp";
}
