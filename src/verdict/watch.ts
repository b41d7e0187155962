/**
 * Watches a search: every state keeps the books of references, mappings and pins, and the
 * invariants that the kernel promises. The first state that does not is a finding of its own,
 * whatever the test's condition says.
 */
import type { Machine, Row } from "../step/index.ts";
import { conservationBreaches } from "./conservation.ts";
import { type Invariant, invariants, promises } from "./invariants.ts";
import type { Breach } from "./result.ts";
import { StateScreen } from "./state-screen.ts";
import { flushSteps, quietness, type StateView, stateViewer } from "./state-view.ts";
import type { World } from "./world.ts";

/** What a kernel promises whatever it decides. */
const conservation = {
  name: "conservation",
  holds: "A page's references, mappings and pins are those of whoever holds it.",
} as const;

const strays: ReadonlySet<string> = new Set(["I1-fork", "I1-hugetlb", "I1", "I2"]);
const visible: ReadonlySet<string> = new Set(["I4", "I4-swap", "I4-huge"]);
const marks: ReadonlySet<string> = new Set(["I5", "I6", "I7"]);
const pins: ReadonlySet<string> = new Set(["I3", "I10"]);

/** Some states of a search. */
export interface Suspects {
  readonly has: (state: number) => boolean;
  readonly add: (state: number) => void;
}

export class Watch {
  /** The first breach, and the state that shows it. */
  breach: Omit<Breach, "run"> | undefined;
  breachedAt: number | undefined;
  private readonly promised: readonly Invariant[];
  private readonly screen: StateScreen;
  private readonly quiet: (row: Row) => boolean;
  /** For every step, what it may write that matters here. */
  private readonly touches: Uint8Array;
  /** States that the screen suspected and the close look found sound: by an excuse that may end. */
  private readonly suspected: Suspects;
  private readonly world: World;
  private viewer: ((row: Row) => StateView) | undefined;

  constructor(world: World, suspected: Suspects = new Set<number>()) {
    this.suspected = suspected;
    this.promised = invariants.filter((one) => promises(world.kernel, one, world.test));
    const any = (names: ReadonlySet<string>): boolean =>
      this.promised.some(({ name }) => names.has(name));
    this.screen = new StateScreen(world, {
      strays: any(strays),
      visible: any(visible),
      marks: any(marks),
      pins: any(pins),
      failedForks: any(new Set(["I8"])),
      copiedAll: any(new Set(["I9"])),
    });
    this.quiet = quietness(world);
    this.world = world;
    this.touches = touchingSteps(world.model.machine);
  }

  /**
   * Called for every state of a search, until one breaks something. What `step` did not touch is as
   * sound as in the state before, `from`, where the same was looked at; between statements more must
   * hold.
   */
  see(row: Row, state: number, step: number | undefined, from: number | undefined): void {
    if (this.breach !== undefined) return;
    const touched = step === undefined ? judged : this.touches[step]!;
    if (touched !== judged && !this.quiet(row)) {
      const isSuspect = from === undefined || this.suspected.has(from);
      if (isSuspect) this.suspected.add(state);
      if (touched === untouched || !isSuspect) return;
    }
    if (this.screen.isSound(row, this.quiet(row))) return;
    this.suspected.add(state);
    this.breach = this.closely(row);
    if (this.breach !== undefined) this.breachedAt = state;
  }

  /** What is wrong in a state, if anything is. */
  breachOf(row: Row): Omit<Breach, "run"> | undefined {
    return this.screen.isSound(row, this.quiet(row)) ? undefined : this.closely(row);
  }

  private closely(row: Row): Omit<Breach, "run"> | undefined {
    this.viewer ??= stateViewer(this.world);
    const state = this.viewer(row);
    const [unbalanced] = conservationBreaches(state);
    if (unbalanced !== undefined)
      return { invariant: conservation.name, holds: conservation.holds, broken: unbalanced };
    for (const { name, holds, broken } of this.promised) {
      const words = broken(state);
      if (words !== undefined) return { invariant: name, holds, broken: words };
    }
    return undefined;
  }
}

/** What a step may write: nothing that counts, what may end an excuse, what the screen reads. */
const untouched = 0;
const excusing = 1;
const judged = 2;

/** What the screen reads of a state, but for what only counts between statements. */
const screened =
  /^((pte|pmd)\.word|page\.(ref|map|flags|head|entire_map|pincount|exclusive)|pin\..*|cache\.frame|process\.state)$/;
/** What the invariants read besides. */
const watched = /^((pte|pmd|page|vma)\..*|swap\.count|mm\.ptl|process\.mm)$/;
const known = new WeakMap<Machine, Uint8Array>();

function touchingSteps(machine: Machine): Uint8Array {
  const before = known.get(machine);
  if (before !== undefined) return before;
  const flushes = flushSteps({ model: { machine } });
  const touches = Uint8Array.from(machine.steps, (step) => {
    if (step === undefined || step.next.some((next) => flushes.has(next))) return judged;
    if (step.writes.some((field) => screened.test(field))) return judged;
    const excuses = step.writes.some((field) => watched.test(field) && !locks(step, field));
    return excuses ? excusing : untouched;
  });
  known.set(machine, touches);
  return touches;
}

/** Whoever takes the page-table lock makes nothing unsound by it; who lets it go ends an excuse. */
function locks({ label }: { readonly label: string }, field: string): boolean {
  return field === "mm.ptl" && label === "lock the page table";
}
