/**
 * Whose steps to take in a state (an ample set). One actor's, where its step is in nobody's way.
 * Else a set that is closed: with each actor it has all whose future its step depends on, so that
 * nothing outside touches what the set's next steps touch, before they are taken. Among closed sets
 * that can move, the one with the fewest moves. A step that closes a cycle of its actor's local
 * states is only ever taken with everybody's: so nobody is put off for ever.
 */
import type { Model } from "../step/index.ts";
import type { Footprints } from "./footprints.ts";
import { copyWords, newRow, type WordRow } from "./successors.ts";

/** All actors, as bits. */
export const everybody = -1;
export const nobody = -1;

const unknown = -1;
/** More moves than any set has: a small number, for what holds numbers of both kinds is slow. */
const tooMany = 0x3fffffff;

export class Picker {
  /** What the only move leads to, after `pickOnly` named it. */
  outcome: WordRow;
  private readonly model: Model;
  private readonly footprints: Footprints;
  private readonly probe: WordRow;
  /** Per actor, how many moves it has; `unknown` until asked. */
  private readonly moves: Int32Array;
  /** Per actor, the smallest closed set that it is in; and the sets that were asked for their moves. */
  private readonly closures: Int32Array;
  private readonly asked: Int32Array;
  /** Moves of the set picked last. */
  private picked = 0;
  /** Whose first move is in `outcome`. */
  private tried = nobody;

  constructor(model: Model, footprints: Footprints, cell: "u8" | "u16") {
    this.model = model;
    this.footprints = footprints;
    this.outcome = newRow(model.layout.width, cell);
    this.probe = newRow(model.layout.width, cell);
    this.moves = new Int32Array(model.actors.length);
    this.closures = new Int32Array(model.actors.length);
    this.asked = new Int32Array(model.actors.length);
  }

  /** The actors to move from a row that the footprints were given last. */
  pick(at: WordRow): number {
    const { footprints, moves } = this;
    for (let actor = moves.length - 1; actor >= 0; actor--) {
      moves[actor] = unknown;
      if (footprints.blockers(actor) !== 0 || at.row[this.baseOf(actor)] === 0) continue;
      this.picked = this.movesOf(at, actor);
      if (this.picked > 0 && !this.closesCycle(at, actor)) return 1 << actor;
    }
    return this.pickSet(at);
  }

  /** The only actor that need move and has one move, which is then in `outcome`; else nobody. */
  pickOnly(at: WordRow): number {
    const chosen = this.pick(at);
    if (this.picked !== 1) return nobody;
    for (let actor = 0; ; actor++) {
      if (((chosen >>> actor) & 1) === 0 || this.moves[actor] !== 1) continue;
      if (this.tried !== actor) this.step(at, actor);
      return actor;
    }
  }

  private pickSet(at: WordRow): number {
    const { moves, closures } = this;
    let running = 0;
    for (let actor = 0; actor < moves.length; actor++)
      if (at.row[this.baseOf(actor)] !== 0) running |= 1 << actor;
    this.close();
    let best = everybody;
    this.picked = tooMany;
    let asked = 0;
    for (let actor = moves.length - 1; actor >= 0; actor--) {
      if (((running >>> actor) & 1) === 0) continue;
      const set = closures[actor]! & running;
      if (set === running || this.wasAsked(set, asked)) continue;
      this.asked[asked++] = set;
      const count = this.movesOfSet(at, set);
      if (count === 0 || count >= this.picked) continue;
      best = set;
      this.picked = count;
    }
    return best;
  }

  private wasAsked(set: number, asked: number): boolean {
    for (let i = 0; i < asked; i++) if (this.asked[i] === set) return true;
    return false;
  }

  /** Per actor, itself and all whom its step depends on, and theirs. */
  private close(): void {
    const { footprints, closures } = this;
    const actors = closures.length;
    for (let actor = 0; actor < actors; actor++)
      closures[actor] = footprints.blockers(actor) | (1 << actor);
    for (let by = 0; by < actors; by++)
      for (let actor = 0; actor < actors; actor++)
        if (((closures[actor]! >>> by) & 1) === 1) closures[actor]! |= closures[by]!;
  }

  /** The moves of a set; 0 when it must not be taken. */
  private movesOfSet(at: WordRow, set: number): number {
    let count = 0;
    for (let actor = 0, left = set; left !== 0; actor++, left >>>= 1) {
      if ((left & 1) === 0) continue;
      const moves = this.movesOf(at, actor);
      if (moves > 0 && this.closesCycle(at, actor)) return 0;
      count += moves;
    }
    return count;
  }

  /** Whether one of the actor's moves closes a cycle of its local states. */
  private closesCycle(at: WordRow, actor: number): boolean {
    const { footprints, probe } = this;
    if (!footprints.mayClose(actor)) return false;
    const base = this.baseOf(actor);
    const step = this.model.steps[at.row[base]!]!;
    for (let choice = 0; choice < this.moves[actor]!; choice++) {
      copyWords(at.words, probe.words);
      step(probe.row, base, actor, choice);
      if (footprints.closes(actor, probe.row)) return true;
    }
    return false;
  }

  private movesOf(at: WordRow, actor: number): number {
    const known = this.moves[actor]!;
    return known === unknown ? this.step(at, actor) : known;
  }

  private step(at: WordRow, actor: number): number {
    const base = this.baseOf(actor);
    copyWords(at.words, this.outcome.words);
    this.tried = actor;
    const { row } = this.outcome;
    const moves = this.model.steps[row[base]!]!(row, base, actor, 0);
    this.moves[actor] = moves;
    return moves;
  }

  private baseOf(actor: number): number {
    const { actorBase, actorStride } = this.model.layout;
    return actorBase + actor * actorStride;
  }
}
