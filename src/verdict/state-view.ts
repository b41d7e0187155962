/**
 * One state of a world for those who judge states: who maps which frame, which pins hold what and
 * through whom they were taken, and whether somebody is in the middle of a path.
 */

import { askPaths } from "../kernels/pins.ts";
import { FOLL_LONGTERM, FOLL_WRITE, KIND_NONE } from "../mm/grab.ts";
import { gup_flags } from "../mm/interfaces.ts";
import { pte_frame, pte_present, pte_special } from "../mm/pte.ts";
import { ALIVE } from "../mm/state.ts";
import type { Machine, Model, Row } from "../step/index.ts";
import { type Read, reader } from "./observe.ts";
import type { World } from "./world.ts";

/** A present entry of mm `m` for page `at`; `whole` when a PMD maps the page. */
export interface MappedEntry {
  readonly m: number;
  readonly at: number;
  readonly word: number;
  readonly frame: number;
  readonly whole: boolean;
}

/** A pin that is held now. What the test says of it never changes, see `PinOrigin`. */
export interface HeldPin extends PinOrigin {
  readonly frame: number;
  readonly kind: number;
  readonly times: number;
}

/** Where pin `k` is taken from, and with which flags on this kernel. */
export interface PinOrigin {
  readonly k: number;
  readonly process: number;
  readonly at: number;
  readonly write: boolean;
  readonly longterm: boolean;
  /** No statement of the process takes the page away from its address, or leaves the address space. */
  readonly stays: boolean;
  /** The mm it was taken through; undefined in a test where processes share one. */
  readonly mm: number | undefined;
}

export interface StateView {
  readonly world: World;
  readonly read: Read;
  readonly entries: readonly MappedEntry[];
  readonly pins: readonly HeldPin[];
  /** Forks that have copied every VMA and still hold mmap_lock, by their mms. */
  readonly copied: readonly { readonly parent: number; readonly child: number }[];
  /** Every actor stands between two statements. */
  readonly quiet: boolean;
  readonly frames: number;
}

/** Prepares what states of `world` have in common; the result views one state after the other. */
export function stateViewer(world: World): (row: Row) => StateView {
  const origins = pinOrigins(world);
  const quiet = quietness(world);
  const flushing = flushSteps(world);
  const frames = world.model.layout.counts.page ?? 0;
  return (row) => {
    const read = reader(world, row);
    return {
      world,
      read,
      entries: mappedEntries(world, read),
      pins: heldPins(origins, read),
      copied: copiedForks(world, row, read, flushing),
      quiet: quiet(row),
      frames,
    };
  };
}

function mappedEntries(world: World, read: Read): readonly MappedEntry[] {
  const found: MappedEntry[] = [];
  const { pageCount } = world.names;
  const regions = read("system.regions", 0);
  for (let m = 0; m < world.names.processes.length; m++) {
    for (let at = 0; at < pageCount; at++) {
      const word = read("pte.word", m * pageCount + at);
      if (pte_present(word) && !pte_special(word))
        found.push({ m, at, word, frame: pte_frame(word), whole: false });
    }
    for (let at = 0; at < pageCount; at++) {
      if (read("address.huge", at) === 0) continue;
      const word = read("pmd.word", m * regions + read("address.region", at));
      if (!pte_present(word) || pte_special(word)) continue;
      const frame = pte_frame(word) + at - read("address.first", at);
      found.push({ m, at, word, frame, whole: true });
    }
  }
  return found;
}

function heldPins(origins: readonly PinOrigin[], read: Read): readonly HeldPin[] {
  return origins
    .filter(({ k }) => read("pin.kind", k) !== KIND_NONE)
    .map((origin) => ({
      ...origin,
      frame: read("pin.frame", origin.k),
      kind: read("pin.kind", origin.k),
      times: read("pin.count", origin.k),
    }));
}

/** The frame that process `p` maps at page `at`; undefined if it has none there, or is not alive. */
export function frameMappedBy(view: StateView, p: number, at: number): number | undefined {
  if (view.read("process.state", p) !== ALIVE) return undefined;
  const m = view.read("process.mm", p);
  return view.entries.find((entry) => entry.m === m && entry.at === at)?.frame;
}

// --- what the test says of its pins ---

/** Operations after which a page is no longer where it was, though the process asked for it. */
const moves: ReadonlySet<string> = new Set([
  "munmap",
  "mremap",
  "mremap_dontunmap",
  "uffd_move",
  "exec",
  "truncate",
  "vfork",
]);
const dropping: ReadonlySet<string> = new Set(["DONTNEED", "FREE"]);

/** Every pin that the test may take, in the order of their numbers. */
export function pinOrigins(world: World): readonly PinOrigin[] {
  const { names, program, test, kernel } = world;
  const leaves = new Set(
    test.actors.filter((actor) => actor.statements.some(takesAway)).map(({ process }) => process),
  );
  // A file that ends earlier takes its pages away from everybody.
  const cutOff = test.actors.some((actor) =>
    actor.statements.some((one) => one.kind === "call" && one.operation === "truncate"),
  );
  const shared = program.actors.some((one) =>
    one.statements.some(({ entry }) => entry === "vfork"),
  );
  return program.actors.flatMap(({ statements }, t) =>
    statements.flatMap(({ entry, arguments: given }) => {
      if (entry !== "registration") return [];
      const [p, at, count, , first, through, asked] = given as readonly number[];
      const flags = askPaths(kernel, () => gup_flags(through!, asked!));
      const left = leaves.has(names.processes[p!]!) || leaves.has(test.actors[t]!.process);
      return Array.from({ length: count! }, (_, i) => ({
        k: first! + i,
        process: p!,
        at: at! + i,
        write: (flags & FOLL_WRITE) !== 0,
        longterm: (flags & FOLL_LONGTERM) !== 0,
        stays: !left && !cutOff,
        mm: shared ? undefined : p!,
      }));
    }),
  );
}

function takesAway(statement: World["test"]["actors"][number]["statements"][number]): boolean {
  if (statement.kind !== "call") return false;
  if (moves.has(statement.operation)) return true;
  return statement.arguments.some(
    (argument) => argument.kind === "flags" && argument.flags.some((flag) => dropping.has(flag)),
  );
}

// --- forks at work ---

const flushes = new WeakMap<Machine, ReadonlySet<number>>();

/** The steps at which a fork has copied every VMA: it flushes next. */
export function flushSteps({
  model: { machine },
}: {
  readonly model: Pick<Model, "machine">;
}): ReadonlySet<number> {
  const known = flushes.get(machine);
  if (known !== undefined) return known;
  const found = new Set<number>();
  for (const [number, step] of machine.steps.entries())
    if (step?.label === "flush the parent's TLB") found.add(number);
  flushes.set(machine, found);
  return found;
}

function copiedForks(
  { model, program }: World,
  row: Row,
  read: Read,
  flushes: ReadonlySet<number>,
): StateView["copied"] {
  const { actorBase, actorStride } = model.layout;
  return program.actors.flatMap(({ statements }, t) => {
    const base = actorBase + t * actorStride;
    if (!flushes.has(row[base]!)) return [];
    const [p, child] = statements[row[base + 1]!]!.arguments as readonly number[];
    return [{ parent: read("process.mm", p!), child: child! }];
  });
}

// --- between statements ---

/** Per actor, per statement of its program: the number of the statement's first step. */
function statementStarts(world: World): readonly (readonly number[])[] {
  const { machine, actors } = world.model;
  return actors.map(({ statements }) => statements.map(({ entry }) => machine.entries[entry]!.pc));
}

/** Tells whether every actor stands between two statements. */
export function quietness(world: World): (row: Row) => boolean {
  const { actorBase, actorStride } = world.model.layout;
  const starts = statementStarts(world);
  return (row) => {
    for (let t = 0, base = actorBase; t < starts.length; t++, base += actorStride)
      if (row[base] !== 0 && row[base] !== starts[t]![row[base + 1]!]) return false;
    return true;
  };
}
