/**
 * What a state says of a test's observables: registers, what each process would read, handles'
 * errnos, states of entries and frames. Texts are those of valuation.ts.
 */
import type { Operand } from "../litmus/ast.ts";
import { HUGE_TLB } from "../mm/pmd.ts";
import {
  PTE_MIGRATION,
  PTE_SOFT_DIRTY,
  PTE_SWAP,
  PTE_UFFD_WP,
  pte_frame,
  pte_none,
  pte_present,
  pte_special,
  pte_write,
} from "../mm/pte.ts";
import { ABSENT, ALIVE, ERRNO } from "../mm/state.ts";
import { VM_HUGETLB, VM_RESV_UNMAPPED, VM_SOFT_DIRTY_ENABLED, VM_WP_MARKER } from "../mm/vma.ts";
import type { Row } from "../step/index.ts";
import { type DataWords, decoded, halfOf } from "./data-words.ts";
import { poolIsEmptyFor } from "./hugetlb-end.ts";
import { findHandle, placeRange } from "./names.ts";
import { absent, type Observable } from "./valuation.ts";
import type { World } from "./world.ts";

const errnoNames: Readonly<Record<number, string>> = {
  2: "ENOENT",
  3: "ESRCH",
  5: "EIO",
  11: "EAGAIN",
  12: "ENOMEM",
  13: "EACCES",
  14: "EFAULT",
  16: "EBUSY",
  17: "EEXIST",
  22: "EINVAL",
  95: "EOPNOTSUPP",
};

/** What a cell of a register says; without `words` the number is its own. */
export function wordText(cell: number, words?: DataWords): string {
  if (cell === ABSENT) return absent;
  if (cell >= ERRNO) return errnoNames[cell - ERRNO] ?? `errno ${cell - ERRNO}`;
  return String(words === undefined ? cell : decoded(words, cell));
}

export type Read = (field: string, index: number) => number;

export function reader(world: World, row: Row): Read {
  const { offsets } = world.model.layout;
  return (field, index) => row[offsets.get(field)! + index]!;
}

/** The text of one observable in the state `row`. */
export function observe(world: World, row: Row, observable: Observable): string {
  const read = reader(world, row);
  switch (observable.kind) {
    case "register": {
      const index = world.names.registers.indexOf(`${observable.actor}:${observable.register}`);
      if (index < 0) return absent;
      const text = wordText(read("register.value", index), world.names.words);
      const refused = read("register.value", index) >= ERRNO && text !== absent;
      return refused && isLoaded(world, observable.actor, observable.register)
        ? `refused:${text}`
        : text;
    }
    case "memory":
      return memory(world, read, observable);
    case "errno": {
      const handle = findHandle(world.names, observable.handle);
      const made = read("handle.made", handle.index);
      return made === 0 ? absent : wordText(read("handle.errno", handle.index));
    }
    case "handle": {
      const handle = findHandle(world.names, observable.handle.name);
      const errno = read("handle.errno", handle.index);
      if (read("handle.made", handle.index) === 0) return absent;
      return errno === 0 ? "made" : `refused:${wordText(errno)}`;
    }
    case "measure":
      return measure(world, read, observable);
    case "state":
      return state(world, read, observable.predicate, observable.operands) ? "1" : "0";
    case "number":
      return String(observable.value);
    case "name":
      return observable.name;
  }
}

/** Whether the register holds what a load gave, so that an errno in it says that the load was refused. */
function isLoaded(world: World, actor: string, register: string): boolean {
  const of = world.test.actors.find((one) => one.name === actor);
  return of?.statements.some((s) => s.kind === "load" && s.register === register) === true;
}

type MemoryOperand = Extract<Operand, { kind: "memory" }>;

interface Entry {
  readonly entry: number;
  readonly vma: number;
  readonly mm: number;
  readonly at: number;
}

/** The process's entry for the place, and its VMA's flags; undefined if it has no address space. */
export function entryOf(world: World, read: Read, operand: MemoryOperand): Entry | undefined {
  const process = world.names.processes.indexOf(operand.process);
  if (process < 0 || read("process.state", process) !== ALIVE) return undefined;
  const { at } = placeRange(operand.place, world.names.pages);
  const mm = read("process.mm", process);
  const entry = entryAt(world, read, mm, at);
  return { entry, vma: read("vma.flags", mm * world.names.pageCount + at), mm, at };
}

/** The entry that translates page `at` of mm `m`: a PMD's, as if it were the page's own, or the PTE. */
export function entryAt(world: World, read: Read, m: number, at: number): number {
  if (read("address.huge", at) !== 0) {
    const pmd = read("pmd.word", m * read("system.regions", 0) + read("address.region", at));
    if (pte_special(pmd)) return pmd;
    if (pte_present(pmd)) return pmd + at - read("address.first", at);
  }
  return read("pte.word", m * world.names.pageCount + at);
}

function memory(world: World, read: Read, operand: MemoryOperand): string {
  const found = entryOf(world, read, operand);
  if (found === undefined || found.vma === 0 || isLost(read, found)) return absent;
  return String(halfOf(decoded(world.names.words, contentOf(read, found)), operand.place.half));
}

/** A huge page taken for the mapping's owner, or that the pool has not: whoever looks for it dies. */
function isLost(read: Read, { entry, vma, mm, at }: Entry): boolean {
  if (!pte_none(entry)) return false;
  return (vma & VM_RESV_UNMAPPED) !== 0 || poolIsEmptyFor(read, mm, at, vma);
}

/** The word that a read through the entry would give. */
function contentOf(read: Read, found: { readonly entry: number; readonly at: number }): number {
  if (pte_present(found.entry)) return read("page.data", pte_frame(found.entry));
  if (!pte_none(found.entry)) return awayContent(read, found.entry);
  const cached = cachedFrame(read, found.at);
  return cached === 0 ? read("cache.disk", found.at) : read("page.data", cached);
}

/** The object's own page; hugetlbfs has one for all parts of a huge page. */
function cachedFrame(read: Read, at: number): number {
  if (read("address.huge", at) !== HUGE_TLB) return read("cache.frame", at);
  const first = read("address.first", at);
  const head = read("cache.frame", first);
  return head === 0 ? 0 : head + at - first;
}

/** What a read of a page would bring that is in swap, or on its way to another frame. */
function awayContent(read: Read, entry: number): number {
  if ((entry & PTE_MIGRATION) !== 0) return read("page.data", pte_frame(entry));
  const cached = read("swap.cache", pte_frame(entry));
  return cached === 0 ? read("swap.data", pte_frame(entry)) : read("page.data", cached);
}

function measure(world: World, read: Read, operand: Extract<Operand, { kind: "measure" }>): string {
  if (operand.of.kind !== "memory") return absent;
  const found = entryOf(world, read, operand.of);
  if (found === undefined) return absent;
  const { entry } = found;
  if (operand.measure === "PTE") return entryWord(entry);
  if (!pte_present(entry) || pte_special(entry)) return absent;
  const frame = pte_frame(entry);
  const head = read("page.head", frame) === 0 ? frame : read("page.head", frame);
  if (operand.measure === "ref") return String(read("page.ref", head));
  return String(read("page.map", frame) + read("page.entire_map", head));
}

function entryWord(entry: number): string {
  if (pte_present(entry)) return pte_write(entry) ? "writable" : "present";
  return (entry & PTE_SWAP) !== 0 ? "swap" : "none";
}

function state(world: World, read: Read, predicate: string, operands: readonly Operand[]): boolean {
  const [first, second] = operands;
  if (predicate === "pinned" && first?.kind === "handle" && second?.kind === "memory") {
    const handle = findHandle(world.names, first.handle.name);
    const pin = handle.first + (first.handle.index ?? 0);
    const frame = frameOf(world, read, second);
    return frame !== undefined && read("pin.kind", pin) !== 0 && read("pin.frame", pin) === frame;
  }
  if (predicate === "soft_dirty" || predicate === "uffd_wp") {
    const found = first?.kind === "memory" ? entryOf(world, read, first) : undefined;
    if (found === undefined || found.vma === 0) return false;
    return predicate === "uffd_wp" ? isWatched(world, read, found) : isSoftDirty(read, found);
  }
  const left = first?.kind === "memory" ? frameOf(world, read, first) : undefined;
  if (left === undefined) return false;
  if (predicate === "anon_exclusive") return read("page.exclusive", left) !== 0;
  return second?.kind === "memory" && frameOf(world, read, second) === left;
}

/** As pagemap has it: all that is new to the tracker counts, and hugetlb's entries do not. */
function isSoftDirty(read: Read, { entry, vma, at }: Entry): boolean {
  if ((vma & VM_SOFT_DIRTY_ENABLED) === 0) return true;
  return read("address.huge", at) !== HUGE_TLB && (entry & PTE_SOFT_DIRTY) !== 0;
}

/** Of an empty entry its marker speaks; a hugetlb page has one for all its parts. */
function isWatched(world: World, read: Read, { entry, vma, mm, at }: Entry): boolean {
  if (!pte_none(entry)) return (entry & PTE_UFFD_WP) !== 0;
  const first = (vma & VM_HUGETLB) !== 0 ? read("address.first", at) : at;
  return (read("vma.flags", mm * world.names.pageCount + first) & VM_WP_MARKER) !== 0;
}

function frameOf(world: World, read: Read, operand: MemoryOperand): number | undefined {
  const found = entryOf(world, read, operand);
  return found !== undefined && pte_present(found.entry) ? pte_frame(found.entry) : undefined;
}
