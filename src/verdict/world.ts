/**
 * A test on a kernel as a model: how many objects of each class, the actors' programs, and the
 * first state. A declared page that is not `untouched` has been written with 0 by P0: present,
 * writable, dirty, exclusive, ref and map 1, outside the LRU batches.
 */

import { newRow } from "../explore/successors.ts";
import type { Kernel } from "../kernels/index.ts";
import type { PageDeclaration, Test } from "../litmus/ast.ts";
import { isShared } from "../litmus/page-kinds.ts";
import { mmMachine } from "../mm/index.ts";
import { MM_IDS } from "../mm/mm-ids.ts";
import { PG_ANON, PG_CACHE, PG_DIRTY } from "../mm/page.ts";
import { HPAGE_PMD_NR } from "../mm/pmd.ts";
import { FRAME_MASK, mk_anon_pte, PTE_PRESENT, PTE_SPECIAL, PTE_YOUNG } from "../mm/pte.ts";
import { reorderingBits } from "../mm/reorderings.ts";
import { ABSENT, ALIVE } from "../mm/state.ts";
import { VM_DIRTY_TRACKED, VM_FILE, VM_MAYWRITE, VM_READ, VM_SHARED, VM_WRITE } from "../mm/vma.ts";
import { type Machine, type Model, model, type Row } from "../step/index.ts";
import {
  badPool,
  type CellOf,
  cachedHugePages,
  hugetlbPool,
  isCompoundPage,
  writeCompoundPage,
  writeSwapped,
} from "./huge-world.ts";
import { leftOutOf } from "./left-out.ts";
import { type Names, nameThings } from "./names.ts";
import { programOf, type TestProgram } from "./program.ts";
import { tooOften } from "./repeated.ts";
import { slotCount, swapIsSynchronous } from "./swap-world.ts";
import { translationsOutlive, vmasHaveLocks } from "./thread-world.ts";

export interface World {
  readonly test: Test;
  readonly kernel: Kernel;
  readonly names: Names;
  readonly program: TestProgram;
  readonly model: Model;
  readonly first: Row;
  readonly notModelled: readonly string[];
}

/** Loads a test. With `notModelled` not empty, the model must not be searched. */
export function loadWorld(
  test: Test,
  kernel: Kernel,
  machine: Machine = mmMachine(),
  reorderings: readonly string[] = [],
): World {
  const { names, program, notModelled } = readingOf(test);
  const made = model(machine, {
    counts: counts(names, program, test, kernel),
    actors: program.actors,
    decisions: kernel.table,
    halted: "actor.halted",
  });
  const first = newRow(made.layout.width, "u16").row;
  made.activate();
  const at = cells(made);
  writeSystem(at, first, names, program, test);
  first[at("system.reorderings", 0)] = reorderingBits(reorderings);
  first[at("system.vmaLocks", 0)] = vmasHaveLocks(test, kernel) ? 1 : 0;
  let region = 0;
  let head = baseFrames(names, program);
  for (const page of names.pages) {
    for (let i = 0; i < page.count; i++) {
      first[at("address.first", page.at + i)] = page.at;
      first[at("address.pages", page.at + i)] = page.count;
    }
    if (isCompoundPage(page)) {
      writeCompoundPage({ at, row: first, page, region: region++, head, kernel });
      head += HPAGE_PMD_NR * (1 + cachedHugePages(page.declaration));
      continue;
    }
    for (let i = 0; i < page.count; i++)
      writePage(at, first, page.at + i, page.declaration, kernel);
  }
  made.loadActors(first);
  return { test, kernel, names, program, model: made, first, notModelled };
}

/** What a test says whatever the kernel. */
interface Reading {
  readonly names: Names;
  readonly program: TestProgram;
  readonly notModelled: readonly string[];
}

const readings = new WeakMap<Test, Reading>();

function readingOf(test: Test): Reading {
  const known = readings.get(test);
  if (known !== undefined) return known;
  const names = nameThings(test);
  const program = programOf(test, names);
  const notModelled = [
    ...badPool(test),
    ...tooLarge(names, program),
    ...program.notModelled,
    ...tooOften(test),
    ...leftOutOf(test),
  ];
  const reading = { names, program, notModelled };
  readings.set(test, reading);
  return reading;
}

/** Frames and swap slots are numbers of a page-table entry, mms of a large folio: each has little room. */
function tooLarge(names: Names, program: TestProgram): readonly string[] {
  return [
    ...(frameCount(names, program) < FRAME_MASK ? [] : [`more than ${FRAME_MASK} frames`]),
    ...(names.processes.length <= MM_IDS ? [] : [`more than ${MM_IDS} processes`]),
  ];
}

function counts(
  names: Names,
  program: TestProgram,
  test: Test,
  kernel: Kernel,
): Readonly<Record<string, number>> {
  const processes = names.processes.length;
  const pages = names.pageCount;
  return {
    system: 1,
    mm: processes,
    vma: processes * pages,
    pte: processes * pages,
    page: frameCount(names, program),
    address: pages,
    pmd: processes * regionCount(names),
    hugetlb: regionCount(names),
    large_folio: (frameCount(names, program) - baseFrames(names, program)) / HPAGE_PMD_NR,
    cache: pages,
    process: processes,
    descriptor: processes * names.handles.length,
    handle: names.handles.length,
    pin: names.pinCount,
    register: names.registers.length,
    event: names.events.length,
    actor: program.actors.length,
    swap: slotCount(test, names) + 1,
    tlb: translationsOutlive(test) ? processes * pages : 0,
    vma_lock: vmasHaveLocks(test, kernel) ? processes * pages : 0,
  };
}

/** The zero page; each process's own copy of each page; orphans that pins hold; copies in the making. */
export function baseFrames(names: Names, program: TestProgram): number {
  const { length: processes } = names.processes;
  return 1 + names.pageCount * (processes + 1) + names.pinCount + program.actors.length;
}

/** Room for each process's own copy of each huge page, and one in the making. */
export function frameCount(names: Names, program: TestProgram): number {
  const regions = regionCount(names);
  if (regions === 0) return baseFrames(names, program);
  const cached = names.pages.reduce((sum, one) => sum + cachedHugePages(one.declaration), 0);
  const huge = regions * names.processes.length + 1 + cached;
  return baseFrames(names, program) + huge * HPAGE_PMD_NR;
}

function regionCount(names: Names): number {
  return names.pages.filter(isCompoundPage).length;
}

function cells(of: Model): CellOf {
  return (field, index) => of.layout.offsets.get(field)! + index;
}

function writeSystem(at: CellOf, row: Row, names: Names, program: TestProgram, test: Test): void {
  row[at("system.pages", 0)] = names.pageCount;
  row[at("system.processes", 0)] = names.processes.length;
  row[at("system.frames", 0)] = frameCount(names, program);
  row[at("system.halves", 0)] = names.words.halves ? 1 : 0;
  row[at("system.hugeFrames", 0)] = baseFrames(names, program);
  row[at("system.regions", 0)] = regionCount(names);
  row[at("system.hugetlbPool", 0)] = hugetlbPool(test) ?? 0;
  row[at("system.handles", 0)] = names.handles.length;
  row[at("system.actors", 0)] = program.actors.length;
  row[at("system.slots", 0)] = slotCount(test, names) + 1;
  row[at("system.syncSwap", 0)] = swapIsSynchronous(test) ? 1 : 0;
  row[at("system.tlb", 0)] = translationsOutlive(test) ? 1 : 0;
  row[at("process.state", 0)] = ALIVE;
  row[at("mm.users", 0)] = 1;
  names.registers.forEach((_, r) => {
    row[at("register.value", r)] = ABSENT;
  });
  for (const handle of names.handles) {
    row[at("handle.first", handle.index)] = handle.first;
    row[at("handle.count", handle.index)] = handle.count;
    row[at("handle.cloexec", handle.index)] = closedByExec.has(handle.call.operation) ? 1 : 0;
    if (handle.call.operation === "read_direct")
      row[at("handle.requester", handle.index)] = names.processes.indexOf(handle.process) + 1;
  }
  test.actors.forEach((actor, t) => {
    const belongs = actor.role === "process" || actor.role === "thread";
    row[at("actor.process", t)] = belongs ? names.processes.indexOf(actor.process) : nobody;
  });
}

/** Not a process: a device or a kernel actor. */
const nobody = 0xff;

const closedByExec: ReadonlySet<string> = new Set([
  "io_uring_register",
  "ibv_reg_mr",
  "xdp_umem",
  "vfio_map",
]);

function writePage(
  at: CellOf,
  row: Row,
  page: number,
  declaration: PageDeclaration,
  kernel: Kernel,
): void {
  const { pageKind } = declaration;
  const shared = isShared(pageKind);
  const backed = shared || pageKind === "private file" || pageKind === "private shmem";
  const tracked = pageKind === "file" || pageKind === "private file";
  const writable = !declaration.modifiers.includes("readonly");
  row[at("vma.flags", page)] =
    VM_READ |
    VM_MAYWRITE |
    (writable ? VM_WRITE : 0) |
    (shared ? VM_SHARED : 0) |
    (backed ? VM_FILE : 0) |
    (tracked ? VM_DIRTY_TRACKED : 0);
  // What is shared comes back from swap as from a file: by whoever touches it first, into the cache.
  const away = declaration.modifiers.includes("swapped") && shared;
  if (declaration.modifiers.includes("untouched") || away) return;
  if (declaration.pageKind === "zero") {
    row[at("pte.word", page)] = PTE_PRESENT | PTE_SPECIAL | PTE_YOUNG;
    return;
  }
  if (pageKind === "private shmem") writeCached(at, row, page);
  if (declaration.modifiers.includes("swapped")) {
    writeSwapped(at, row, page, kernel);
    return;
  }
  const frame = page + 1;
  row[at("pte.word", page)] = mk_anon_pte(frame, writable);
  row[at("page.map", frame)] = 1;
  row[at("page.ref", frame)] = shared ? 2 : 1;
  row[at("page.flags", frame)] = shared ? PG_CACHE | PG_DIRTY : PG_ANON;
  if (shared) row[at("cache.frame", page)] = frame;
  else {
    row[at("vma.anon_vma", page)] = 1;
    if (kernel.decisions["wp.reuse"].value === "exclusive") row[at("page.exclusive", frame)] = 1;
  }
}

/** A private page of shmem is a copy: the object's own page came into its cache first. */
function writeCached(at: CellOf, row: Row, page: number): void {
  const frame = row[at("system.pages", 0)]! + page + 1;
  row[at("cache.frame", page)] = frame;
  row[at("page.ref", frame)] = 1;
  row[at("page.flags", frame)] = PG_CACHE;
}
