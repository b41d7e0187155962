/**
 * One kernel as an automaton over operations: states between operations, and for each operation
 * where it leads and what it shows. Grown on demand and kept, so that two kernels are compared by
 * walking two such graphs, and a kernel that takes part in many comparisons is explored once.
 */

import { StateStore } from "../explore/store.ts";
import { newRow } from "../explore/successors.ts";
import type { Kernel } from "../kernels/index.ts";
import { ZERO_PAGE } from "../mm/page.ts";
import { MADE } from "../mm/pin.ts";
import { HUGE_TLB } from "../mm/pmd.ts";
import { PTE_PRESENT, PTE_SWAP, pte_frame, pte_special } from "../mm/pte.ts";
import { ABSENT, ALIVE, UNBORN } from "../mm/state.ts";
import type { Model, Row, StepFunction } from "../step/index.ts";
import { askedOf } from "../verdict/asked.ts";
import { type Bench, benchModel, type ProgramPlace } from "./bench.ts";
import { Canonical } from "./canonical.ts";
import { type Operation, registers } from "./operation.ts";

/** An operation that cannot be asked for here: its process does not live, its handle is not there. */
export const NOT_APPLICABLE = -1;
/** What an operation shows when its process was killed, or never came back. */
export const KILLED = 0xfff0;
export const STUCK = 0xfff1;
/** A process that is not there, or an address where nothing is mapped, in a view. */
export const UNSEEN = 7;

const movesMax = 20_000;

/** An allocation that is never made cannot fail: such an operation does not apply. */
type Advanced = "done" | "stuck" | "no such allocation";

export class KernelGraph {
  readonly kernel: Kernel;
  readonly bench: Bench;
  private readonly model: Model;
  private readonly template: Row;
  private readonly row: Row;
  private readonly packed: { row: Row; words: Uint32Array };
  private readonly canonical: Canonical;
  private readonly store: StateStore;
  private readonly steps: readonly (StepFunction | null)[];
  private readonly operations: readonly Operation[];
  private targets: Int32Array;
  private shows: Uint16Array;
  private readonly at: Offsets;
  /** What every living process would read, per state; see `view`. */
  private readonly views: number[] = [];
  /** Per state what can be asked for, per operation what it asks for; see `ability`. */
  private readonly able: number[] = [];
  private readonly needs: readonly number[];
  /** Told of every step that an operation takes, while it is run for the first time. */
  onStep: ((step: number) => void) | undefined;
  /** An operation that wanted a frame the model does not have: the bound is not what was asked. */
  exhausted = false;

  /** Of each state what else a test could ask, where that is compared, too. */
  private readonly details: string[] = [];
  private readonly describe: ((row: Row) => string) | undefined;

  constructor(bench: Bench, kernel: Kernel, describe?: (model: Model) => (row: Row) => string) {
    const { model, first } = benchModel(bench, kernel);
    this.describe = describe?.(model);
    this.kernel = kernel;
    this.bench = bench;
    this.model = model;
    this.template = first;
    this.row = first.slice();
    this.steps = model.steps;
    this.operations = bench.alphabet.operations;
    this.needs = this.operations.map((one) => needsOf(one, bench.alphabet.processes));
    this.canonical = new Canonical(model, first);
    this.packed = newRow(this.canonical.cells.length + 1, "u16");
    this.store = new StateStore(this.packed.words.length);
    this.targets = new Int32Array(this.operations.length * 64);
    this.shows = new Uint16Array(this.operations.length * 64);
    this.at = offsetsOf(model);
    this.canonical.apply(this.row);
    this.keep(0);
  }

  get size(): number {
    return this.store.size;
  }

  /** Places of the kernel's table that operations have read so far. */
  get asked(): readonly number[] {
    return askedOf(this.model);
  }

  /** Where `operation` leads from `state`, or NOT_APPLICABLE. State 0 is the first. */
  next(state: number, operation: number): number {
    const edge = state * this.operations.length + operation;
    const known = this.targets[edge]!;
    return known !== 0 ? known - 2 : this.run(state, operation);
  }

  /** What `operation` showed; `next` has been asked before. */
  shown(state: number, operation: number): number {
    return this.shows[state * this.operations.length + operation]!;
  }

  /**
   * What each living process would read of each page, one octal digit a place, as a number:
   * two states with equal views cannot be told apart by looking at memory.
   */
  view(state: number): number {
    return this.views[state]!;
  }

  /** What else a test could ask of the state; empty unless the graph was made to tell. */
  detail(state: number): string | undefined {
    return this.details[state];
  }

  /** The digit of a view for page `at` of process `p`. */
  seen(state: number, p: number, at: number): number {
    const place = p * this.at.pages + at;
    return Math.floor(this.views[state]! / 8 ** place) % 8;
  }

  /** The state as a row of the model, canonical. */
  read(state: number): Row {
    const row = this.template.slice();
    this.scatter(state, row);
    return row;
  }

  private run(state: number, operation: number): number {
    const { row, at } = this;
    const edge = state * this.operations.length + operation;
    if ((this.able[state]! & this.needs[operation]!) !== this.needs[operation]) {
      this.targets[edge] = 1;
      return NOT_APPLICABLE;
    }
    row.set(this.template);
    this.scatter(state, row);
    row[at.register] = ABSENT;
    this.model.activate();
    const place = this.bench.places[operation]!;
    const advanced = this.advance(place, this.operations[operation]!.fails);
    const shown = advanced === "stuck" ? STUCK : this.outcome(row, operation);
    if (row[at.exhausted] !== 0) this.exhausted = true;
    if (row[at.exhausted] !== 0 || advanced === "no such allocation") {
      this.targets[edge] = 1;
      return NOT_APPLICABLE;
    }
    this.canonical.apply(row);
    const target = this.keep(this.writableAfter(state, this.operations[operation]!));
    this.shows[edge] = shown;
    this.targets[edge] = target + 2;
    return target;
  }

  /** Steps the operation's actor until its last statement is done, or waits, or never ends. */
  private advance({ actor, from, to }: ProgramPlace, fails: number | undefined): Advanced {
    const { row, model, steps } = this;
    const base = model.layout.actorBase + actor * model.layout.actorStride;
    model.machine.compiled.load(row, base, actor, from);
    let choices = 0;
    for (let moves = 0; moves < movesMax; moves++) {
      const step = steps[row[base]!];
      if (!step || row[base + 1]! >= to)
        return fails === undefined || choices > fails ? "done" : "no such allocation";
      this.onStep?.(row[base]!);
      const before = fails === undefined ? undefined : row.slice();
      const count = step(row, base, actor, 0);
      if (count === 0) return "stuck";
      if (count > 1 && before !== undefined && choices++ === fails) {
        row.set(before);
        step(row, base, actor, count - 1);
      }
    }
    return "stuck";
  }

  /** What can be asked for in a state: who lives, who may still be born, what the handle is. */
  private ability(row: Row): number {
    const { at, bench } = this;
    let able = row[at.made] === 0 ? UNMADE : 0;
    if (row[at.made] === MADE) able |= HELD;
    for (let p = 0; p < bench.alphabet.processes.length; p++) {
      if (row[at.state + p] === ALIVE) able |= LIVES << p;
      if (row[at.state + p] === UNBORN) able |= MAY_BE_BORN << p;
    }
    return able;
  }

  private outcome(row: Row, operation: number): number {
    const { at } = this;
    const { effect, actor } = this.operations[operation]!;
    const p = this.bench.alphabet.processes.indexOf(actor);
    if (effect !== "exits" && row[at.state + p] !== ALIVE) return KILLED;
    for (let m = 0; m < this.bench.alphabet.processes.length; m++)
      if (row[at.mmapLock + m] !== 0 || row[at.ptl + m] !== 0) return STUCK;
    if (registers({ effect })) return row[at.errno]!;
    return effect === "reads" || effect === "device-reads" || effect === "forks"
      ? row[at.register]!
      : 0;
  }

  private scatter(state: number, row: Row): void {
    const { packed, canonical } = this;
    this.store.read(state, packed.words);
    const { cells } = canonical;
    for (let i = 0; i < cells.length; i++) row[cells[i]!] = packed.row[i]!;
    const { at } = this;
    for (let k = 0; k < at.pins; k++)
      if (row[at.pinKind + k] === pinKind)
        row[at.pagePins + row[at.pinFrame + k]!]! += row[at.pinCount + k]!;
  }

  /** A device writes only through what was registered for writing; the model does not remember. */
  private writableAfter(state: number, { effect }: Operation): number {
    if (effect === "registers-writable") return 1;
    return (this.able[state]! & WRITABLE) !== 0 ? 1 : 0;
  }

  private keep(writable: number): number {
    const { row, packed, canonical } = this;
    const { cells } = canonical;
    const held = row[this.at.made] === MADE ? writable : 0;
    packed.row[cells.length] = held;
    for (let i = 0; i < cells.length; i++) packed.row[i] = row[cells[i]!]!;
    const number = this.store.add(packed.words);
    if (number < 0) return ~number;
    this.views.push(this.viewOf(row));
    if (this.describe !== undefined) this.details.push(this.describe(row));
    this.able.push(this.ability(row) | (held ? WRITABLE : 0));
    const needed = (number + 1) * this.operations.length;
    if (needed > this.targets.length) {
      const targets = new Int32Array(this.targets.length * 4);
      const shows = new Uint16Array(this.targets.length * 4);
      targets.set(this.targets);
      shows.set(this.shows);
      this.targets = targets;
      this.shows = shows;
    }
    return number;
  }

  private viewOf(row: Row): number {
    const { at, bench } = this;
    let view = 0;
    for (let p = bench.alphabet.processes.length - 1; p >= 0; p--)
      for (let page = at.pages - 1; page >= 0; page--) {
        view = view * 8 + Math.min(UNSEEN, this.readable(row, p, page));
      }
    return view;
  }

  private readable(row: Row, p: number, page: number): number {
    const { at } = this;
    if (row[at.state + p] !== ALIVE) return UNSEEN;
    const m = row[at.mm + p]!;
    if (row[at.vma + m * at.pages + page] === 0) return UNSEEN;
    const pmd = at.pmd + m * at.regions + row[at.region + page]!;
    // The huge zero page is one frame, whichever of its parts is read.
    if (row[at.huge + page] !== 0 && pte_special(row[pmd]!)) return row[at.data + ZERO_PAGE]!;
    if (row[at.huge + page] !== 0 && (row[pmd]! & PTE_PRESENT) !== 0)
      return row[at.data + pte_frame(row[pmd]!) + page - row[at.first + page]!]!;
    const entry = row[at.pte + m * at.pages + page]!;
    if ((entry & PTE_PRESENT) !== 0) return row[at.data + pte_frame(entry)]!;
    return (entry & PTE_SWAP) !== 0
      ? this.inSwap(row, pte_frame(entry))
      : row[at.data + this.cachedFrame(row, page)]!;
  }

  /** The object's own page; hugetlbfs has one for all parts of a huge page. */
  private cachedFrame(row: Row, page: number): number {
    const { at } = this;
    if (row[at.huge + page] !== HUGE_TLB) return row[at.cache + page]!;
    const first = row[at.first + page]!;
    const head = row[at.cache + first]!;
    return head === 0 ? 0 : head + page - first;
  }

  /** What a swap slot holds: its page in the swap cache is newer than the device. */
  private inSwap(row: Row, s: number): number {
    const { at } = this;
    const cached = row[at.swapCache + s]!;
    return cached !== 0 ? row[at.data + cached]! : row[at.swapData + s]!;
  }
}

const pinKind = 2;

const UNMADE = 1;
const HELD = 2;
const WRITABLE = 4;
const LIVES = 0x10;
const MAY_BE_BORN = 0x1000;

function needsOf({ actor, child, effect }: Operation, processes: readonly string[]): number {
  const lives = LIVES << processes.indexOf(actor);
  switch (effect) {
    case "forks":
      return lives | (MAY_BE_BORN << processes.indexOf(child!));
    case "registers":
    case "registers-writable":
      return lives | UNMADE;
    case "device-writes":
      return lives | HELD | WRITABLE;
    case "device-reads":
    case "releases":
      return lives | HELD;
    default:
      return lives;
  }
}

type Offsets = ReturnType<typeof offsetsOf>;

function offsetsOf(model: Model) {
  const { offsets, counts } = model.layout;
  const of = (field: string): number => offsets.get(field)!;
  return {
    pages: counts.address!,
    regions: counts.pmd! / counts.mm!,
    pins: counts.pin!,
    state: of("process.state"),
    mm: of("process.mm"),
    made: of("handle.made"),
    errno: of("handle.errno"),
    register: of("register.value"),
    exhausted: of("system.exhausted"),
    mmapLock: of("mm.mmap_lock"),
    ptl: of("mm.ptl"),
    vma: of("vma.flags"),
    pte: of("pte.word"),
    pmd: of("pmd.word"),
    region: of("address.region"),
    huge: of("address.huge"),
    first: of("address.first"),
    cache: of("cache.frame"),
    swapCache: of("swap.cache"),
    swapData: of("swap.data"),
    data: of("page.data"),
    pagePins: of("page.pins"),
    pinKind: of("pin.kind"),
    pinFrame: of("pin.frame"),
    pinCount: of("pin.count"),
  };
}
