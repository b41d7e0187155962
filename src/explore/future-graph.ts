/**
 * What one actor's step, and all its steps from now on, may touch, found as far as a search asks.
 * A local state here holds the actor's own cells and, beside them, cells of the world that nobody
 * else will write any more: from there on, their values are the actor's alone to change.
 */
import type { GoalEffects } from "./goal-effects.ts";
import { anyNumber, LocalStates } from "./local-states.ts";
import type { StepTracer, Way } from "./step-tracer.ts";
import { TooMany } from "./step-tracer.ts";
import type { WideSlots } from "./wide-slots.ts";

/** Numbers of cells as bits, `words` words to a set, one set per local state. */
export class CellSets {
  readonly words: number;
  /** Signed: a small number in every engine, whichever bits are set. */
  bits: Int32Array;

  constructor(words: number) {
    this.words = words;
    this.bits = new Int32Array(words * 32);
  }

  reserve(sets: number): void {
    while (sets * this.words > this.bits.length) {
      const larger = new Int32Array(this.bits.length * 2);
      larger.set(this.bits);
      this.bits = larger;
    }
  }

  add(set: number, cell: number): void {
    this.bits[set * this.words + (cell >>> 5)]! |= 1 << (cell & 31);
  }

  has(set: number, cell: number): boolean {
    return ((this.bits[set * this.words + (cell >>> 5)]! >>> (cell & 31)) & 1) === 1;
  }

  copy(set: number): Uint32Array {
    return Uint32Array.from(this.bits.subarray(set * this.words, (set + 1) * this.words));
  }

  /** Joins `from`'s set with `set`; whether that made it larger. */
  join(set: number, from: CellSets, other: number): boolean {
    let grew = false;
    for (let i = 0; i < this.words; i++) {
      const before = this.bits[set * this.words + i]!;
      const after = before | from.bits[other * this.words + i]!;
      if (after !== before) grew = true;
      this.bits[set * this.words + i] = after;
    }
    return grew;
  }
}

/** Whether a footprint leaves out that step number `step` reads or writes `cell`. */
export type Forgets = (step: number, cell: number, write: boolean) => boolean;

export interface FutureSetting {
  readonly actor: number;
  readonly tracer: StepTracer;
  /** The row's cells in a local state, the actor's own first. */
  readonly cells: readonly number[];
  /** Slots that tell no states apart at a program counter. */
  readonly wide: WideSlots;
  /** Bits to a set, the goals that look at a cell, what steps do to them, and the bit of goal 0. */
  readonly words: number;
  readonly goals: ReadonlyMap<number, readonly number[]>;
  readonly effects: GoalEffects;
  readonly goalsAt: number;
  /** The bit that stands for the start of actor 0; the other actors' follow. */
  readonly startsAt: number;
  /** Accesses left out of footprints: mistakes, made on purpose to see them caught. */
  readonly forgets: Forgets;
  /** More local states, or ways through steps, than this are not worth it. */
  readonly statesMax: number;
  readonly waysMax: number;
}

let graphsMade = 0;

export class FutureGraph {
  readonly reads: CellSets;
  readonly writes: CellSets;
  /**
   * Cells that the step changes in a way that commutes with the like changes of others: it only
   * counts in them, or every write of them all puts the same value there.
   */
  readonly counts: CellSets;
  /** Goals that the step may bring about: of these, only what may happen later counts. */
  readonly brings: CellSets;
  readonly futureReads: CellSets;
  readonly futureWrites: CellSets;
  readonly futureCounts: CellSets;
  /** What a step does, and what it adds to the futures of what leads to it. */
  private readonly pairs: readonly (readonly [CellSets, CellSets])[];
  private readonly futures: readonly CellSets[];
  readonly cells: readonly number[];
  private readonly setting: FutureSetting;
  /** The graph that this one refines: what its steps do is the same where they touch no further cell. */
  private readonly plain: FutureGraph | undefined;
  /** All cells that a step touches, and the steps that a goal looks at. */
  private readonly touched: CellSets;
  private readonly isSeen: boolean[] = [];
  private readonly states: LocalStates;
  private readonly slots: ReadonlyMap<number, number>;
  private readonly next: number[][] = [];
  /** Ways through steps that were traced for this graph. */
  ways = 0;
  /** Per local state, those among the next to which a step closes a cycle. */
  private readonly closing: (number[] | undefined)[] = [];
  /** Per local state, the one that followed it last time: mostly it is the one that follows again. */
  private likely = new Int32Array(64);
  /** Per local state of a refined graph, 1 + its number in the plain one; 0 when not yet known. */
  private plainStates = new Int32Array(64);
  private readonly scratch: Int32Array;
  /** Tells graphs apart where answers about pairs of them are kept. */
  readonly number = graphsMade++;

  constructor(setting: FutureSetting, plain?: FutureGraph) {
    this.setting = setting;
    this.plain = plain;
    this.cells = setting.cells;
    this.states = new LocalStates(setting.cells.length);
    this.slots = new Map(setting.cells.map((cell, i) => [cell, i] as const));
    this.scratch = new Int32Array(setting.cells.length);
    const sets = () => new CellSets(setting.words);
    this.reads = sets();
    this.writes = sets();
    this.counts = sets();
    this.brings = sets();
    this.touched = sets();
    this.futureReads = sets();
    this.futureWrites = sets();
    this.futureCounts = sets();
    this.futures = [this.futureReads, this.futureWrites, this.futureCounts];
    this.pairs = [
      [this.reads, this.futureReads],
      [this.writes, this.futureWrites],
      [this.counts, this.futureCounts],
      [this.brings, this.futureWrites],
    ];
  }

  get size(): number {
    return this.states.size;
  }

  /** Whether the step may close a cycle of local states. */
  mayClose(state: number): boolean {
    return this.closing[state] !== undefined;
  }

  /** Whether a step from `state` to `next` closes a cycle: every cycle has such a step. */
  closes(state: number, next: number): boolean {
    return this.closing[state]?.includes(next) === true;
  }

  /** The local state of a row whose actor runs; its future is found if it was not known. */
  locate(row: ArrayLike<number>): number {
    const { cells, scratch } = this;
    for (let slot = 0; slot < cells.length; slot++) scratch[slot] = row[cells[slot]!]!;
    return this.locateKey(scratch);
  }

  /** As `locate`, of an actor that waits: `beginning` holds slots and the values it begins with. */
  locateWaiting(row: ArrayLike<number>, beginning: readonly number[]): number {
    const { cells, scratch } = this;
    for (let slot = 0; slot < cells.length; slot++) scratch[slot] = row[cells[slot]!]!;
    for (let i = 0; i < beginning.length; i += 2) scratch[beginning[i]!] = beginning[i + 1]!;
    return this.locateKey(scratch);
  }

  /** As `locate`, when the actor was in local state `from` before. */
  follow(from: number, row: ArrayLike<number>): number {
    if (from < 0) return this.locate(row);
    const guess = this.likely[from]!;
    if (this.states.matches(guess, row, this.cells)) return guess;
    const found = this.locate(row);
    this.likely[from] = found;
    return found;
  }

  /** The local state of the actor's plain graph that `state`, found in `row`, refines. */
  plainOf(state: number, plain: FutureGraph, row: ArrayLike<number>): number {
    if (this === plain) return state;
    const known = this.plainStates[state]!;
    if (known > 0) return known - 1;
    const found = plain.locate(row);
    this.plainStates[state] = found + 1;
    return found;
  }

  /** Whether something that may happen from `state` on starts actor `other`. */
  mayStart(state: number, other: number): boolean {
    return this.futureWrites.has(state, this.setting.startsAt + other);
  }

  locateKey(key: Int32Array): number {
    this.widen(key);
    const known = this.states.find(key);
    return known >= 0 ? known : this.explore(key.slice());
  }

  /** Whether the step of `state` and everything `other` may ever do leave each other alone. */
  isIndependent(state: number, other: FutureGraph, otherState: number): boolean {
    const { words } = this.setting;
    const reads = this.reads.bits;
    const writes = this.writes.bits;
    const counts = this.counts.bits;
    const futureReads = other.futureReads.bits;
    const futureWrites = other.futureWrites.bits;
    const futureCounts = other.futureCounts.bits;
    for (let i = 0, mine = state * words, theirs = otherState * words; i < words; i++) {
      const read = futureReads[theirs + i]!;
      const written = futureWrites[theirs + i]!;
      const counted = futureCounts[theirs + i]!;
      if ((reads[mine + i]! & (written | counted)) !== 0) return false;
      if ((writes[mine + i]! & (read | written | counted)) !== 0) return false;
      if ((counts[mine + i]! & (read | written)) !== 0) return false;
    }
    return true;
  }

  /** The cells that may be changed from `state` on, as bits. */
  futureChanges(state: number): Uint32Array {
    const changes = this.futureWrites.copy(state);
    const { words } = this.setting;
    const counts = this.futureCounts.bits;
    for (let i = 0; i < words; i++) changes[i]! |= counts[state * words + i]!;
    return changes;
  }

  private widen(key: Int32Array): void {
    const wide = this.setting.wide.at(key[0]!);
    if (wide === undefined) return;
    for (let slot = 0; slot < wide.length; slot++) if (wide[slot] === 1) key[slot] = anyNumber;
  }

  /** Everything reachable from a new local state, depth first; then the futures, to a fixed point. */
  private explore(root: Int32Array): number {
    const finished: number[] = [];
    const first = this.add(root);
    // Tarjan's: numbers of states are in the order in which they are found.
    const open = new Set([first]);
    const path = [{ state: first, next: this.trace(first), taken: 0, lowest: first }];
    while (path.length > 0) {
      const top = path[path.length - 1]!;
      if (top.taken === top.next.length) {
        finished.push(top.state);
        path.pop();
        const before = path[path.length - 1];
        if (before && before.lowest > top.lowest) before.lowest = top.lowest;
        if (top.lowest === top.state) this.closeCycles(open, top.state);
        continue;
      }
      const key = top.next[top.taken++]!;
      const known = this.states.find(key);
      const state = known >= 0 ? known : this.add(key);
      this.next[top.state]!.push(state);
      if (known >= 0) {
        if (known < top.lowest && open.has(known)) top.lowest = known;
        continue;
      }
      open.add(state);
      path.push({ state, next: this.trace(state), taken: 0, lowest: state });
    }
    this.close(finished);
    return first;
  }

  /**
   * States from `root` on can each reach the others. Every cycle has a step that does not lead on in
   * the program: such steps close cycles. So does, then, the like step of another actor (symmetry.ts).
   */
  private closeCycles(open: Set<number>, root: number): void {
    const together = [...open].filter((state) => state >= root);
    const within = new Set(together);
    for (const state of together) {
      open.delete(state);
      const isBack = (next: number) => within.has(next) && !this.isLater(next, state);
      const back = this.next[state]!.filter(isBack);
      if (back.length > 0) this.closing[state] = back;
    }
  }

  /** Whether a local state is of a later statement or step of the program than another. */
  private isLater(one: number, other: number): boolean {
    const { states } = this;
    const statements = states.slot(one, 1) - states.slot(other, 1);
    return statements > 0 || (statements === 0 && states.slot(one, 0) > states.slot(other, 0));
  }

  private add(key: Int32Array): number {
    if (this.states.size >= this.setting.statesMax) throw new TooMany();
    const state = this.states.add(key);
    this.next[state] = [];
    this.touched.reserve(state + 1);
    for (const [sets, futures] of this.pairs) {
      sets.reserve(state + 1);
      futures.reserve(state + 1);
    }
    if (state >= this.likely.length) {
      this.likely = twice(this.likely);
      this.plainStates = twice(this.plainStates);
    }
    return state;
  }

  /** Notes what the step of a local state touches; the local states it leads to. */
  private trace(state: number): Int32Array[] {
    const key = new Int32Array(this.cells.length);
    this.states.copy(state, key);
    if (key[0] === 0) return [];
    return this.inherit(state, key) ?? this.run(state, key);
  }

  /** As the plain graph has it, if the step touches none of the cells that it does not know. */
  private inherit(state: number, key: Int32Array): Int32Array[] | undefined {
    const { plain, cells } = this;
    if (plain === undefined) return undefined;
    const known = plain.cells.length;
    const from = plain.locateKey(key.slice(0, known));
    if (plain.isSeen[from]) return undefined;
    for (let slot = known; slot < cells.length; slot++)
      if (plain.touched.has(from, cells[slot]!)) return undefined;
    this.reads.join(state, plain.reads, from);
    this.writes.join(state, plain.writes, from);
    this.counts.join(state, plain.counts, from);
    return plain.next[from]!.map((next) => {
      const made = key.slice();
      plain.states.copy(next, made);
      return made[0] === 0 ? made.fill(0, known) : made;
    });
  }

  /** Runs the step in every way. */
  private run(state: number, key: Int32Array): Int32Array[] {
    const { actor, tracer } = this.setting;
    const next: Int32Array[] = [];
    const { wide, waysMax } = this.setting;
    if (this.ways > waysMax) throw new TooMany();
    this.ways += tracer.left;
    for (const way of tracer.ways({ actor, key, slots: this.slots, wide })) {
      this.note(state, key, way);
      if (!way.enabled) continue;
      for (const one of way.next) this.widen(one);
      if (way.wide.some(({ slot }) => !wide.isWide(way.next[0]![0]!, slot))) throw new TooMany();
      next.push(...way.next);
    }
    this.ways -= tracer.left;
    return next;
  }

  /** Adds what one way through a step touches. */
  private note(state: number, key: Int32Array, way: Way): void {
    const { enabled, reads, writes, counted, starts } = way;
    const { startsAt, forgets, tracer } = this.setting;
    const step = key[0]!;
    for (const cell of reads) this.touched.add(state, cell);
    for (const cell of reads)
      if (!(enabled && counted.has(cell)) && !forgets(step, cell, false))
        this.reads.add(state, cell);
    if (!enabled) return;
    for (const cell of writes.keys()) {
      this.touched.add(state, cell);
      const commutes = counted.has(cell) || tracer.isLatch(cell);
      if (!forgets(step, cell, true)) (commutes ? this.counts : this.writes).add(state, cell);
    }
    this.noteGoals(state, key, way);
    for (const other of starts) this.writes.add(state, startsAt + other);
  }

  /** A step that may end what a goal sees depends on all that may bring it about. */
  private noteGoals(state: number, key: Int32Array, { writes }: Way): void {
    const { goals, goalsAt, effects } = this.setting;
    const holds = (cell: number): number | undefined => {
      const slot = this.slots.get(cell);
      return slot === undefined || key[slot] === anyNumber ? undefined : key[slot];
    };
    const touched = new Set([...writes.keys()].flatMap((cell) => goals.get(cell) ?? []));
    if (touched.size > 0) this.isSeen[state] = true;
    for (const goal of touched) {
      const { mayEnd, mayBring } = effects.of(goal, holds, writes);
      if (mayEnd) this.reads.add(state, goalsAt + goal);
      if (mayBring) this.brings.add(state, goalsAt + goal);
    }
  }

  private close(finished: readonly number[]): void {
    for (const state of finished)
      for (const [sets, futures] of this.pairs) futures.join(state, sets, state);
    for (let changed = true; changed; ) {
      changed = false;
      for (const state of finished) if (this.joinNext(state)) changed = true;
    }
  }

  /** Joins what may follow with what may follow from the next states; whether that adds anything. */
  private joinNext(state: number): boolean {
    const { futures } = this;
    const next = this.next[state]!;
    let grew = false;
    for (let i = 0; i < next.length; i++)
      for (let of = 0; of < futures.length; of++)
        if (futures[of]!.join(state, futures[of]!, next[i]!)) grew = true;
    return grew;
  }
}

function twice(of: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(of.length * 2);
  larger.set(of);
  return larger;
}
