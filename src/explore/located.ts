/**
 * Where everybody is: each actor's local state, and who is in whose way. A step is in the way of
 * nobody but those whose future touches what it touches; only pairs in which somebody moved are
 * looked at again.
 */
import type { FutureGraph } from "./future-graph.ts";
import { areIndependent } from "./pair-answers.ts";

/** An actor that has ended, or that nobody will ever start. */
export const ended = -1;
/** Sets of actors are bits of one number. */
export const actorsMax = 30;

export class Located {
  /** Per actor, its local state in its graph, or `ended`. */
  readonly states: Int32Array;
  /** Per actor, the class of what it may still write; see ownership.ts. */
  readonly classes: Int32Array;
  /** Per actor, those whose futures its step depends on. */
  readonly blockers: Int32Array;
  /** Actors that wait for their start. */
  waiting = 0;
  graphs: readonly FutureGraph[];
  /** How often graphs had been given up when this was found. */
  epoch = 0;

  constructor(graphs: readonly FutureGraph[]) {
    this.states = new Int32Array(graphs.length);
    this.classes = new Int32Array(graphs.length);
    this.blockers = new Int32Array(graphs.length);
    this.graphs = graphs;
  }

  copyFrom(other: Located): void {
    for (let actor = 0; actor < this.states.length; actor++) {
      this.states[actor] = other.states[actor]!;
      this.classes[actor] = other.classes[actor]!;
      this.blockers[actor] = other.blockers[actor]!;
    }
    this.waiting = other.waiting;
    this.graphs = other.graphs;
    this.epoch = other.epoch;
  }

  /** Finds everybody's blockers. */
  blockAll(): void {
    for (let actor = 0; actor < this.states.length; actor++)
      this.blockers[actor] = this.blockersOf(actor);
  }

  /** As `blockAll`, when only `mover` moved: what others may still do has not grown. */
  blockMoved(mover: number): void {
    const { blockers, states } = this;
    blockers[mover] = this.blockersOf(mover);
    for (let actor = 0, bit = 1 << mover; actor < states.length; actor++) {
      if (actor === mover || (blockers[actor]! & bit) === 0) continue;
      if (states[mover] === ended || !this.blocks(mover, actor)) blockers[actor]! &= ~bit;
    }
  }

  /** As `blockAll`, when these moved or are looked at in another graph. */
  blockChanged(changed: number): void {
    const { blockers, states } = this;
    for (let actor = 0; actor < states.length; actor++) {
      if (((changed >>> actor) & 1) === 1) {
        blockers[actor] = this.blockersOf(actor);
        continue;
      }
      if (states[actor] === ended) continue;
      let mine = blockers[actor]! & ~changed;
      for (let other = 0, left = changed; left !== 0; other++, left >>>= 1)
        if ((left & 1) === 1 && states[other] !== ended && this.blocks(other, actor))
          mine |= 1 << other;
      blockers[actor] = mine;
    }
  }

  private blockersOf(actor: number): number {
    const { states } = this;
    if (states[actor] === ended) return 0;
    let blockers = 0;
    for (let other = 0; other < states.length; other++) {
      if (other === actor || states[other] === ended) continue;
      if (this.blocks(other, actor)) blockers |= 1 << other;
    }
    return blockers;
  }

  /** Whether something that `other` may ever do touches the step of `actor`, or starts `actor`. */
  private blocks(other: number, actor: number): boolean {
    const { graphs, states } = this;
    const theirs = graphs[other]!;
    if (((this.waiting >>> actor) & 1) === 1) return theirs.mayStart(states[other]!, actor);
    return !areIndependent(graphs[actor]!, states[actor]!, theirs, states[other]!);
  }
}
