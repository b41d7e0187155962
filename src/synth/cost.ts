/**
 * What fork costs for one page: the atomic loads and read-modify-writes of the words that other CPUs
 * write as well (struct page's counts, PageAnonExclusive, the mm's has_pinned). They are counted on
 * the steps that the fork of one page takes, from the cells that each step reads and writes.
 *
 * Only the page that the parent maps is counted, not the child's new copy: nobody else knows that
 * yet. Not counted: plain reads of flags and entries, the locks, and the allocator.
 */
import { statementOf } from "../explore/serial.ts";
import { type Kernel, withDecisions } from "../kernels/index.ts";
import { HPAGE_PMD_NR } from "../mm/pmd.ts";
import { PTE_PRESENT, pte_frame } from "../mm/pte.ts";
import type { Machine, Model, Row } from "../step/index.ts";
import { loadWorld } from "../verdict/world.ts";
import { type PageClass, pageClasses } from "./page-classes.ts";

export interface ForkCost {
  /** The class of the page. */
  readonly pages: string;
  /** Loads of ref, map and pin counts and of has_pinned that decide something. */
  readonly loads: number;
  /** Atomic changes of the counts, or of PageAnonExclusive. */
  readonly readModifyWrites: number;
  /** Pages copied for the child; -1: the kernel refuses what the class needs. */
  readonly copies: number;
}

/** The cost of fork on `kernel` for each class of pages. */
export function forkCost(kernel: Kernel, machine?: Machine): readonly ForkCost[] {
  return pageClasses().map((one) => ({ pages: one.name, ...costOf(one, kernel, machine) }));
}

/** What one page is spared when its counts are read last. */
export interface Saving {
  readonly pages: string;
  readonly pinned: boolean;
  readonly loads: number;
  readonly readModifyWrites: number;
}

/** Per class of pages; undefined when the kernel reads counts last already. */
export function savingOfCountsLast(
  kernel: Kernel,
  machine?: Machine,
): readonly Saving[] | undefined {
  if (kernel.decisions["fork.preconditions"].value === "counts-last") return undefined;
  const reordered = withDecisions(kernel, `${kernel.name} with counts last`, {
    "fork.preconditions": "counts-last",
  });
  const after = forkCost(reordered, machine);
  const classes = pageClasses();
  return forkCost(kernel, machine).map((before, i) => ({
    pages: before.pages,
    pinned: classes[i]!.pinned,
    loads: before.loads - after[i]!.loads,
    readModifyWrites: before.readModifyWrites - after[i]!.readModifyWrites,
  }));
}

/** The most that any page of `some` is spared. */
export function mostSpared(some: readonly Saving[]): Pick<Saving, "loads" | "readModifyWrites"> {
  return {
    loads: Math.max(0, ...some.map(({ loads }) => loads)),
    readModifyWrites: Math.max(0, ...some.map(({ readModifyWrites }) => readModifyWrites)),
  };
}

const countFields = ["page.ref", "page.map", "page.entire_map", "page.pincount"];

type Counted = Omit<ForkCost, "pages">;

function costOf({ test, at }: PageClass, kernel: Kernel, machine: Machine | undefined): Counted {
  const world = loadWorld(test, kernel, machine);
  const { model } = world;
  model.activate();
  const row = world.first.slice();
  const fork = world.program.actors[0]!.statements.findLastIndex(({ entry }) => entry === "fork");
  while (statementOf(model, row, 0) < fork) if (!move(model, row, row)) return refused;
  const watched = watchedCells(model, row, at);
  let loads = 0;
  let readModifyWrites = 0;
  let copies = 0;
  for (;;) {
    const step = model.machine.steps[row[model.layout.actorBase]!]!;
    const logged = logging(row, watched);
    if (statementOf(model, row, 0) !== fork || !move(model, logged.row, row)) break;
    if (logged.content()) copies++;
    if (step.path.some(({ name }) => allocators.has(name))) continue;
    if (logged.wrote()) readModifyWrites++;
    else if (logged.read()) loads++;
  }
  return { loads, readModifyWrites, copies };
}

/** What looks through all frames for a free one does so only in the model. */
const allocators: ReadonlySet<string> = new Set(["alloc_page", "alloc_huge_page"]);

const refused: Counted = { loads: 0, readModifyWrites: 0, copies: -1 };

function move(model: Model, through: Row, row: Row): boolean {
  const { actorBase } = model.layout;
  const step = model.steps[row[actorBase]!];
  return step !== null && step !== undefined && step(through, actorBase, 0, 0) > 0;
}

interface Watched {
  readonly counts: ReadonlySet<number>;
  readonly exclusive: ReadonlySet<number>;
  readonly content: ReadonlySet<number>;
}

/** The cells of the folio that P0 maps at page `at`, and of its mm. */
function watchedCells({ layout }: Model, row: Row, at: number): Watched {
  const of = (field: string, index: number): number => layout.offsets.get(field)! + index;
  const pmd = row[of("pmd.word", row[of("address.region", at)]!)] ?? 0;
  const huge = row[of("address.huge", at)] !== 0 && (pmd & PTE_PRESENT) !== 0;
  const frame = pte_frame(huge ? pmd : row[of("pte.word", at)]!);
  const head = row[of("page.head", frame)]! || frame;
  const parts = row[of("page.head", frame)] === 0 ? 1 : HPAGE_PMD_NR;
  const frames = frame === 0 ? [] : Array.from({ length: parts }, (_, i) => head + i);
  const cells = (field: string) => frames.map((one) => of(field, one));
  return {
    counts: new Set([...countFields.flatMap(cells), of("mm.has_pinned", 0)]),
    exclusive: new Set(cells("page.exclusive")),
    content: new Set(cells("page.data")),
  };
}

/** `row`, noting what is read and written of the watched cells. */
function logging(row: Row, watched: Watched) {
  let read = false;
  let wrote = false;
  let content = false;
  const proxy = new Proxy(row, {
    get: (target, cell) => {
      read ||= watched.counts.has(Number(cell));
      content ||= watched.content.has(Number(cell));
      return target[Number(cell)];
    },
    set: (target, cell, value: number) => {
      wrote ||= watched.counts.has(Number(cell)) || watched.exclusive.has(Number(cell));
      target[Number(cell)] = value;
      return true;
    },
  });
  return { row: proxy as Row, read: () => read, wrote: () => wrote, content: () => content };
}
