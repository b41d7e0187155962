/**
 * Which locals outlive a step, and which cell of the actor's row holds each. A local that no later
 * step reads has no cell, and a cell whose local is dead is zero: two states that differ only in
 * what nobody will read are one state.
 */
import { type Block, type Entry, type Register, reachable, successors } from "./program.ts";

export interface Liveness {
  /** Registers that a block may read before assigning them. */
  readonly liveIn: ReadonlyMap<Block, ReadonlySet<Register>>;
  /** The cell of each register that is live at some step, counted from 0. */
  readonly cells: ReadonlyMap<Register, number>;
  readonly cellCount: number;
}

export function liveness(entry: Entry): Liveness {
  const blocks = reachable(entry.first);
  const liveIn = new Map<Block, Set<Register>>(blocks.map((block) => [block, new Set()]));
  for (let changed = true; changed; ) {
    changed = false;
    for (let i = blocks.length - 1; i >= 0; i--) {
      const block = blocks[i]!;
      const live = blockLiveIn(block, liveIn);
      if (live.size > liveIn.get(block)!.size) {
        liveIn.set(block, live);
        changed = true;
      }
    }
  }
  const cells = assignCells(blocks, liveIn);
  return { liveIn, cells, cellCount: Math.max(0, ...[...cells.values()].map((cell) => cell + 1)) };
}

function blockLiveIn(
  block: Block,
  liveIn: ReadonlyMap<Block, ReadonlySet<Register>>,
): Set<Register> {
  const live = new Set<Register>();
  for (const next of successors(block))
    for (const register of liveIn.get(next) ?? []) live.add(register);
  if (block.end?.kind === "branch") for (const register of block.end.test.uses) live.add(register);
  for (let i = block.code.length - 1; i >= 0; i--) {
    const code = block.code[i]!;
    for (const register of code.defines) live.delete(register);
    for (const register of code.uses) live.add(register);
  }
  return live;
}

/** Two registers share a cell unless both are live at one step. Greedy, in order of number. */
function assignCells(
  blocks: readonly Block[],
  liveIn: ReadonlyMap<Block, ReadonlySet<Register>>,
): Map<Register, number> {
  const conflicts = new Map<Register, Set<Register>>();
  for (const block of blocks) {
    if (block.step === undefined) continue;
    const live = [...liveIn.get(block)!];
    for (const register of live) {
      const known = conflicts.get(register) ?? new Set();
      for (const other of live) if (other !== register) known.add(other);
      conflicts.set(register, known);
    }
  }
  const cells = new Map<Register, number>();
  for (const register of [...conflicts.keys()].sort((a, b) => a - b)) {
    const taken = new Set([...conflicts.get(register)!].map((other) => cells.get(other)));
    let cell = 0;
    while (taken.has(cell)) cell++;
    cells.set(register, cell);
  }
  return cells;
}
