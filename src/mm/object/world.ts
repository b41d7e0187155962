/**
 * The world that Mm objects live in: one flat state, and the runner that takes a whole path at
 * once, one labelled step after the other, nobody in between. The steps are those of the compiled
 * machine, the same that the explorer interleaves.
 */
import {
  cellName,
  type DecisionValue,
  decisionTable,
  type Layout,
  layout,
  type Machine,
  model,
  type Path,
  type World,
  withWorld,
} from "../../step/index.ts";
import { decisions } from "../decisions.ts";
import { mmMachine } from "../machine.ts";
import { ABSENT, ALIVE, classes, mmSchema } from "../state.ts";

/** A kernel as the memory manager needs it: a name and an answer to every question of decisions.ts. */
export interface KernelAnswers {
  readonly name: string;
  readonly decisions: Readonly<Record<string, { readonly value: DecisionValue }>>;
}

/** One step that ran: its label, the paths it is nested in, and what it changed. */
export interface MmStep {
  /** e.g. "page_dup_rmap: map + 1" */
  readonly label: string;
  /** From the outermost path, e.g. ["fork", "dup_mmap", "copy_present_pte"]. */
  readonly path: readonly string[];
  /** e.g. [{ what: "page.map[1]", before: 1, after: 2 }] */
  readonly changes: readonly Change[];
  /** Where the step is written: "src/mm/fork-pte.ts:88". */
  readonly source: string;
}

export interface Change {
  readonly what: string;
  readonly before: number;
  readonly after: number;
}

/** How many objects a world has room for. */
export interface Capacity {
  readonly processes: number;
  readonly handles: number;
  readonly frames: number;
}

const stepsMax = 100_000;
const registersCount = 1;
const allocation = /^allocate\b/;

export class MmWorld {
  readonly kernel: KernelAnswers;
  readonly pages: readonly string[];
  /** What the last call ran. */
  steps: readonly MmStep[] = [];
  readonly capacity: Capacity;
  private readonly counts: Readonly<Record<string, number>>;
  private readonly at: Layout;
  private readonly table: Int32Array;
  private readonly cells: Uint16Array;
  private readonly machine: Machine;
  private made = { processes: 1, handles: 0 };

  constructor(kernel: KernelAnswers, pages: readonly string[], capacity: Capacity) {
    this.kernel = kernel;
    this.pages = pages;
    this.capacity = capacity;
    this.counts = countsOf(pages.length, capacity);
    this.at = layout(mmSchema, this.counts, 0, 0);
    this.table = decisionTable(mmSchema, answersOf(kernel));
    this.cells = new Uint16Array(this.at.width);
    this.machine = mmMachine();
    this.write("system.pages", 0, pages.length);
    this.write("system.processes", 0, capacity.processes);
    this.write("system.frames", 0, capacity.frames);
    this.write("system.hugeFrames", 0, capacity.frames);
    this.write("system.handles", 0, capacity.handles);
    this.write("system.actors", 0, 1);
    this.write("process.state", 0, ALIVE);
    this.write("mm.users", 0, 1);
    this.write("actor.process", 0, nobody);
    for (let h = 0; h < capacity.handles; h++) {
      this.write("handle.first", h, h);
      this.write("handle.count", h, 1);
    }
  }

  /** The cell `field[index]`, e.g. read("page.ref", 1). */
  read(field: string, index: number): number {
    return this.cells[this.cell(field, index)]!;
  }

  write(field: string, index: number, value: number): void {
    this.cells[this.cell(field, index)] = value;
  }

  /** Every cell of the state, for comparing two worlds. */
  snapshot(): Uint16Array {
    return this.cells.slice();
  }

  /** The number of a process that has not been born yet. */
  newProcess(): number {
    if (this.made.processes === this.capacity.processes)
      throw new Error(
        `This world has room for ${this.capacity.processes} processes; ask for more.`,
      );
    return this.made.processes++;
  }

  newHandle(): number {
    if (this.made.handles === this.capacity.handles)
      throw new Error(`This world has room for ${this.capacity.handles} pins; ask for more.`);
    return this.made.handles++;
  }

  /** Runs an entry path to its end. `failAllocation` lets the n-th allocation fail. */
  run(entry: string, args: readonly number[], failAllocation = 0): void {
    const statement = { entry, arguments: args };
    const made = model(this.machine, {
      counts: this.counts,
      actors: [{ name: entry, statements: [statement], startsAtOnce: true }],
      decisions: this.table,
      halted: "actor.halted",
    });
    const row = new Uint16Array(made.layout.width);
    row.set(this.cells);
    this.setFailure(row, failAllocation);
    made.activate();
    made.loadActors(row);
    const base = made.layout.actorBase;
    const steps: MmStep[] = [];
    let allocations = 0;
    while (row[base] !== 0) {
      const description = this.machine.steps[row[base]!]!;
      if (allocation.test(description.label)) allocations++;
      const before = row.slice();
      const choice = allocations === failAllocation && allocation.test(description.label) ? 1 : 0;
      const alternatives = made.steps[row[base]!]!(row, base, 0, choice);
      if (alternatives === 0) throw this.blocked(entry, description.label);
      steps.push({
        label: description.label,
        path: description.path.map(({ name }) => name),
        changes: this.changes(before, row),
        source: `${description.file}:${description.line}`,
      });
      if (steps.length > stepsMax) throw new Error(`${entry} does not end.`);
    }
    this.setFailure(row, 0);
    this.cells.set(row.subarray(0, this.at.width));
    this.steps = steps;
  }

  /** Runs any path by its own source, as a generator; returns what the path returns. */
  runPath<R>(path: () => Path<R>): R {
    const labels: string[] = [];
    const world = this.native();
    const result = withWorld(world, () => {
      const steps = path();
      for (;;) {
        const step = steps.next();
        if (step.done) return step.value;
        labels.push(step.value);
        if (labels.length > stepsMax) throw new Error("The path does not end.");
      }
    });
    this.steps = labels.map((label) => ({ label, path: [], changes: [], source: "" }));
    return result;
  }

  private native(): World {
    return {
      layout: this.at,
      row: this.cells,
      decide: (group, name) => this.kernel.decisions[`${group}.${name}`]!.value,
      self: 0,
      choose: () => 0,
      start: () => {},
    };
  }

  private cell(field: string, index: number): number {
    const offset = this.at.offsets.get(field);
    if (offset === undefined) throw new Error(`The state has no field ${field}.`);
    return offset + index;
  }

  private setFailure(row: Uint16Array, failAllocation: number): void {
    row[this.cell("actor.may_fail", 0)] = failAllocation === 0 ? 0 : 1;
  }

  private changes(before: Uint16Array, after: Uint16Array): readonly Change[] {
    const found: Change[] = [];
    for (let cell = 0; cell < this.at.width; cell++)
      if (before[cell] !== after[cell])
        found.push({
          what: cellName(mmSchema, this.at, cell),
          before: before[cell]!,
          after: after[cell]!,
        });
    return found;
  }

  private blocked(entry: string, label: string): Error {
    return new Error(
      `${entry} would wait for ever at "${label}" on ${this.kernel.name}: nobody else runs here.`,
    );
  }
}

/** No process: nothing halts with it, and no fork wakes it. */
const nobody = 0xff;

function countsOf(pages: number, capacity: Capacity): Readonly<Record<string, number>> {
  const { processes, handles, frames } = capacity;
  const known: Readonly<Record<string, number>> = {
    system: 1,
    mm: processes,
    vma: processes * pages,
    pte: processes * pages,
    page: frames,
    cache: pages,
    process: processes,
    descriptor: processes * handles,
    handle: handles,
    pin: handles,
    register: registersCount,
    event: 1,
    actor: 1,
  };
  return Object.fromEntries(Object.keys(classes).map((name) => [name, known[name] ?? frames]));
}

function answersOf(kernel: KernelAnswers): Readonly<Record<string, DecisionValue>> {
  const answers: Record<string, DecisionValue> = {};
  for (const [group, names] of Object.entries(decisions))
    for (const name of Object.keys(names)) {
      const decision = kernel.decisions[`${group}.${name}`];
      if (decision === undefined)
        throw new Error(`${kernel.name} does not decide ${group}.${name}.`);
      answers[`${group}.${name}`] = decision.value;
    }
  return answers;
}

/** The value of a register that nothing was read into. */
export const unread = ABSENT;
