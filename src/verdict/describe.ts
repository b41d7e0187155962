/**
 * A run for people: each step with its place in the kernel and what it changed, and pictures of
 * the state between statements.
 */
import { printStatement } from "../litmus/index.ts";
import { MM_IDS_SHARED, mm_id_slot, slot_count, slot_owner } from "../mm/mm-ids.ts";
import { PG_ANON, PG_CACHE, PG_KSM, PG_LAZYFREE, PG_SWAPCACHE } from "../mm/page.ts";
import {
  PTE_MIGRATION,
  PTE_SWAP,
  PTE_SWAP_EXCLUSIVE,
  PTE_UFFD_WP,
  pte_dirty,
  pte_frame,
  pte_present,
  pte_protnone,
  pte_special,
  pte_write,
} from "../mm/pte.ts";
import type { Layout, Row, StepDescription } from "../step/index.ts";
import { decoded } from "./data-words.ts";
import { pageName } from "./names.ts";
import { entryAt, type Read, reader, wordText } from "./observe.ts";
import type { RunStep, StatePicture } from "./result.ts";
import type { World } from "./world.ts";

/** An entry in words: "frame 1 RW dirty", "none", "zero page R". */
export function entryText(entry: number): string {
  if (!pte_present(entry)) {
    const exclusive = (entry & PTE_SWAP_EXCLUSIVE) !== 0 ? " exclusive" : "";
    if ((entry & PTE_SWAP) !== 0) return `swap slot ${pte_frame(entry)}${exclusive}`;
    if ((entry & PTE_MIGRATION) === 0) return "none";
    return `migration of frame ${pte_frame(entry)}${exclusive}${pte_write(entry) ? " RW" : ""}`;
  }
  const words = [
    pte_special(entry) ? "zero page" : `frame ${pte_frame(entry)}`,
    pte_write(entry) ? "RW" : "R",
  ];
  if (pte_protnone(entry)) words.push("inaccessible");
  if (pte_dirty(entry)) words.push("dirty");
  if ((entry & PTE_UFFD_WP) !== 0) words.push("uffd-wp");
  return words.join(" ");
}

function staleText(entry: number): string {
  return entry === 0 ? "as the entry says" : entryText(entry);
}

interface Cell {
  readonly what: string;
  readonly text: (value: number) => string;
}

/** What the cells of a row are called; undefined for those a reader does not want to see. */
function cellOf(world: World, cell: number): Cell | undefined {
  const { names, starts } = fieldsOf(world.model.layout);
  let low = 0;
  for (let high = starts.length - 1; low < high; ) {
    const middle = (low + high + 1) >>> 1;
    if (starts[middle]! <= cell) low = middle;
    else high = middle - 1;
  }
  return named(world, names[low]!, cell - starts[low]!);
}

/** A layout's fields side by side; one without cells stands before the one that begins there. */
interface Fields {
  readonly names: readonly string[];
  readonly starts: readonly number[];
}

const fieldsKnown = new WeakMap<Layout, Fields>();

function fieldsOf(layout: Layout): Fields {
  const known = fieldsKnown.get(layout);
  if (known !== undefined) return known;
  const fields = { names: [...layout.offsets.keys()], starts: [...layout.offsets.values()] };
  fieldsKnown.set(layout, fields);
  return fields;
}

const onOff = (value: number): string => (value === 0 ? "no" : "yes");

/** Counts are what they are; data is what the test's words mean by it. */
function numberText({ words }: World["names"], field: string): (cell: number) => string {
  return field.endsWith(".data") ? (cell) => String(decoded(words, cell)) : String;
}

function named(world: World, field: string, index: number): Cell | undefined {
  const { names } = world;
  const mm = (m: number): string => names.processes[m] ?? `mm ${m}`;
  const place = (): string =>
    `${mm(Math.floor(index / names.pageCount))}:${pageName(names, index % names.pageCount)}`;
  const handle = (k: number): string =>
    names.handles.find((h) => k >= h.first && k < h.first + h.count)?.name ?? `pin ${k}`;
  switch (field) {
    case "pte.word":
      return { what: `PTE(${place()})`, text: entryText };
    case "tlb.word":
      return { what: `${place()} as CPUs may hold it`, text: staleText };
    case "pmd.word":
      return { what: `PMD(${mm(Math.floor(index / regionsOf(world)))})`, text: entryText };
    case "page.entire_map":
      return { what: `frame ${index} compound map`, text: String };
    case "page.pincount":
      return { what: `frame ${index} pincount`, text: String };
    case "large_folio.mm_ids":
      return { what: `mms of large folio ${index}`, text: (v) => mmIdsText(v, mm) };
    case "vma.flags":
      return {
        what: `VMA(${place()})`,
        text: (v) => (v === 0 ? "none" : `flags 0x${v.toString(16)}`),
      };
    case "page.ref":
    case "page.map":
    case "page.data":
      return { what: `frame ${index} ${field.slice(5)}`, text: numberText(names, field) };
    case "page.exclusive":
      return { what: `frame ${index} exclusive`, text: onOff };
    case "page.locked":
      return { what: `frame ${index} locked`, text: onOff };
    case "mm.has_pinned":
    case "mm.write_protect_seq":
      return { what: `${mm(index)}'s ${field.slice(3)}`, text: String };
    case "mm.mmap_lock":
      return { what: `${mm(index)}'s mmap_lock`, text: lockText };
    case "vma_lock.word":
      return { what: `the lock of VMA(${place()})`, text: lockText };
    case "mm.ptl":
      return { what: `${mm(index)}'s page-table lock`, text: (v) => (v === 0 ? "free" : "held") };
    case "swap.count":
    case "swap.data":
      return { what: `swap slot ${index} ${field.slice(5)}`, text: numberText(names, field) };
    case "swap.cache":
      return {
        what: `swap cache of slot ${index}`,
        text: (v) => (v === 0 ? "empty" : `frame ${v}`),
      };
    case "pin.frame":
      return { what: `${handle(index)} holds frame`, text: (v) => (v === 0 ? "none" : String(v)) };
    case "handle.errno":
      return { what: `${names.handles[index]?.name}.errno`, text: wordText };
    case "register.value":
      return {
        what: names.registers[index] ?? `register ${index}`,
        text: (v) => wordText(v, names.words),
      };
    case "event.signalled":
      return {
        what: `event ${names.events[index]}`,
        text: (v) => (v === 0 ? "not yet" : "signalled"),
      };
    case "process.state":
      return { what: mm(index), text: (v) => processStates[v] ?? String(v) };
    default:
      return undefined;
  }
}

/** "P0 4, P1 4, shared": the mms that the folio knows by name, each with its mappings. */
function mmIdsText(word: number, mm: (m: number) => string): string {
  const slots = [mm_id_slot(word, 0), mm_id_slot(word, 1)].filter((slot) => slot !== 0);
  const known = slots.map((slot) => `${mm(slot_owner(slot))} ${slot_count(slot)}`);
  const shared = (word & MM_IDS_SHARED) !== 0 ? ["shared"] : [];
  return known.length + shared.length === 0 ? "none" : [...known, ...shared].join(", ");
}

function regionsOf(world: World): number {
  return Math.max(1, world.model.layout.counts.pmd! / world.names.processes.length);
}

const processStates = ["unborn", "alive", "gone", "never born"];

function lockText(value: number): string {
  if (value === 0) return "free";
  return (value & 1) !== 0
    ? "held for writing"
    : `held by ${value / 2} reader${value > 2 ? "s" : ""}`;
}

/** The step that `actor` takes from `before` to `after`. */
export function describeStep(world: World, actor: number, before: Row, after: Row): RunStep {
  const { layout, machine } = world.model;
  const base = layout.actorBase + actor * layout.actorStride;
  const step = machine.steps[before[base]!]!;
  const statement = world.program.origin[actor]![before[base + 1]!]!;
  const changes: { what: string; before: string; after: string }[] = [];
  for (let cell = 0; cell < layout.actorBase; cell++) {
    if (before[cell] === after[cell]) continue;
    const known = cellOf(world, cell);
    if (known)
      changes.push({
        what: known.what,
        before: known.text(before[cell]!),
        after: known.text(after[cell]!),
      });
  }
  const of = world.test.actors[actor]!;
  return {
    actor: of.name,
    statement: printStatement(of.statements[statement]!),
    path: step.path.map((frame) => pathName(world, frame, before, base)),
    label: step.label,
    changes,
    source: `${step.file}:${step.line}`,
  };
}

/** The page that a path was called for, where it is for one and still knows. */
export function argumentOf(
  { value, cell }: StepDescription["path"][number],
  row: Row,
  base: number,
): number | undefined {
  return value ?? (cell === undefined ? undefined : row[base + 2 + cell]);
}

function pathName(
  world: World,
  frame: StepDescription["path"][number],
  row: Row,
  base: number,
): string {
  const at = argumentOf(frame, row, base);
  return at === undefined ? frame.name : `${frame.name}(${pageName(world.names, at)})`;
}

/** Who maps which frame, each frame's counts, and what the pins hold. */
export function pictureOf(world: World, row: Row): StatePicture {
  const read = reader(world, row);
  const { names } = world;
  const maps = names.processes.flatMap((process, p) => {
    if (read("process.state", p) !== 1) return [];
    const m = read("process.mm", p);
    return Array.from({ length: names.pageCount }, (_, at) => {
      const entry = entryAt(world, read, m, at);
      const frame = pte_present(entry) && !pte_special(entry) ? pte_frame(entry) : undefined;
      return { process, page: pageName(names, at), entry: entryText(entry), frame };
    });
  });
  return { maps, frames: frames(world, read), pins: pins(world, read) };
}

function frames(world: World, read: Read): StatePicture["frames"] {
  const count = world.model.layout.counts.page!;
  return Array.from({ length: count }, (_, frame) => frame)
    .filter((frame) => read("page.ref", frame) > 0)
    .map((frame) => ({
      frame,
      ref: read("page.ref", frame),
      map: read("page.map", frame),
      pins: read("page.pins", frame),
      data: String(decoded(world.names.words, read("page.data", frame))),
      flags: frameFlags(read("page.flags", frame), read("page.exclusive", frame)),
    }));
}

function frameFlags(flags: number, exclusive: number): readonly string[] {
  const words: readonly (readonly [number, string])[] = [
    [PG_ANON, "anon"],
    [PG_KSM, "ksm"],
    [PG_CACHE, "page cache"],
    [PG_SWAPCACHE, "swap cache"],
    [PG_LAZYFREE, "lazyfree"],
  ];
  const set = words.filter(([bit]) => (flags & bit) !== 0).map(([, word]) => word);
  return exclusive !== 0 ? [...set, "exclusive"] : set;
}

function pins(world: World, read: Read): StatePicture["pins"] {
  return world.names.handles.flatMap((handle) =>
    Array.from({ length: handle.count }, (_, i) => handle.first + i)
      .filter((k) => read("pin.kind", k) !== 0)
      .map((k) => ({
        handle: handle.count === 1 ? handle.name : `${handle.name}[${k - handle.first}]`,
        frame: read("pin.frame", k),
      })),
  );
}
