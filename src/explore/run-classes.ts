/**
 * All runs, in classes: two runs are equivalent when every actor takes the same steps in both, with
 * the same choices, and both end in the same state. Runs that differ only in the order of
 * independent steps (one Mazurkiewicz trace) are always equivalent; so are runs whose order differs
 * where it leaves no mark. Every run of a class has the same length.
 *
 * Searched are states together with what each actor has done so far; since that only grows, the
 * graph has no cycle and the runs to each node can be counted. A loop that may go round for ever has
 * endless classes: then the bound cuts.
 */
import type { Model, Row } from "../step/index.ts";
import { alternatives, type Move } from "./search.ts";
import { newRow } from "./successors.ts";

export interface RunClass {
  /** The state in which nobody can move. */
  readonly end: Row;
  /** How many interleavings there are. */
  readonly runs: bigint;
  /** One of them. */
  readonly run: readonly Move[];
}

export interface RunClasses {
  readonly classes: readonly RunClass[];
  /** False when the bound cut the search: then there are more classes, and more runs. */
  readonly complete: boolean;
}

interface Node {
  readonly row: Row;
  /** Per actor, the number of its history. */
  readonly histories: Int32Array;
  runs: bigint;
  readonly parent: Node | undefined;
  readonly move: Move | undefined;
}

export interface ClassOptions {
  readonly cell: "u8" | "u16";
  /** States with histories that may be looked at. */
  readonly maxNodes: number;
  readonly interrupted?: () => boolean;
}

/** The classes of all complete runs, shortest first. */
export function runClasses(model: Model, first: Row, options: ClassOptions): RunClasses {
  return new ClassSearch(model, options).run(first);
}

class ClassSearch {
  private readonly model: Model;
  private readonly options: ClassOptions;
  /** "history step choice" -> the history that goes on so. */
  private readonly histories = new Map<string, number>();
  private readonly classes: RunClass[] = [];
  private nodes = 0;

  constructor(model: Model, options: ClassOptions) {
    this.model = model;
    this.options = options;
  }

  run(first: Row): RunClasses {
    const { model, options } = this;
    model.activate();
    const { row } = newRow(model.layout.width, options.cell);
    row.set(first);
    const histories = new Int32Array(model.actors.length);
    let level: Node[] = [{ row, histories, runs: 1n, parent: undefined, move: undefined }];
    while (level.length > 0) {
      this.nodes += level.length;
      if (this.nodes > options.maxNodes || options.interrupted?.() === true)
        return { classes: this.classes, complete: false };
      level = this.next(level);
    }
    return { classes: this.classes, complete: true };
  }

  /** Every node one step further; nodes with nothing further are ends. */
  private next(level: readonly Node[]): Node[] {
    const found = new Map<string, Node>();
    for (const node of level) {
      const moved = this.expand(node, found);
      if (!moved) this.classes.push({ end: node.row, runs: node.runs, run: runTo(node) });
    }
    return [...found.values()];
  }

  private expand(node: Node, found: Map<string, Node>): boolean {
    const { model } = this;
    const { actorBase, actorStride } = model.layout;
    let moved = false;
    for (let actor = 0; actor < model.actors.length; actor++) {
      const base = actorBase + actor * actorStride;
      const pc = node.row[base]!;
      if (pc === 0) continue;
      for (let choice = 0, count = 1; choice < count; choice++) {
        const row = node.row.slice();
        count = model.steps[pc]!(row, base, actor, choice);
        if (count === 0) break;
        moved = true;
        const histories = node.histories.slice();
        histories[actor] = this.history(histories[actor]!, pc * alternatives + choice);
        const key = `${row.join()} ${histories.join()}`;
        const known = found.get(key);
        if (known === undefined)
          found.set(key, {
            row,
            histories,
            runs: node.runs,
            parent: node,
            move: { actor, choice },
          });
        else known.runs += node.runs;
      }
    }
    return moved;
  }

  private history(before: number, step: number): number {
    const key = `${before} ${step}`;
    const known = this.histories.get(key) ?? this.histories.size + 1;
    this.histories.set(key, known);
    return known;
  }
}

function runTo(node: Node): readonly Move[] {
  const run: Move[] = [];
  for (let at: Node | undefined = node; at?.move !== undefined; at = at.parent) run.push(at.move);
  return run.reverse();
}
