/**
 * The flat state of a model: classes of objects (mm, pte, page ...), each with named fields, each
 * field one cell per object. A model says how many objects of each class a test needs; `layout`
 * gives every field its place in one row of cells, fields side by side, actors last.
 *
 * A path reads and writes `page.ref[frame]`. Compiled, that is one access of the row. Run natively
 * (`withWorld`), the same expression goes through a proxy onto the row of the current world: slow,
 * but the path's source then is its own oracle.
 */

/** One field of a class: an array over the class's objects. Reading an unset cell gives 0. */
export interface Cells {
  [index: number]: number;
}

export type ObjectClass<Field extends string> = { readonly [F in Field]: Cells };

/** What the compiler knows of a model's state and of its kernel's questions. */
export interface Schema {
  /** class name -> field names */
  readonly classes: Readonly<Record<string, readonly string[]>>;
  /** group -> decision -> its possible values, in order; [false, true] for a switch. */
  readonly decisions: Readonly<Record<string, Readonly<Record<string, readonly DecisionValue[]>>>>;
}

export type DecisionValue = string | boolean;

/** Where everything stands in a row. */
export interface Layout {
  /** "page.ref" -> offset of its cell 0 */
  readonly offsets: ReadonlyMap<string, number>;
  readonly counts: Readonly<Record<string, number>>;
  /** Offset of the first actor's cells, and how many cells an actor has: pc, ip, registers. */
  readonly actorBase: number;
  readonly actorStride: number;
  readonly width: number;
}

export function layout(
  schema: Schema,
  counts: Readonly<Record<string, number>>,
  actors: number,
  registers: number,
): Layout {
  const offsets = new Map<string, number>();
  let next = 0;
  for (const [name, fields] of Object.entries(schema.classes)) {
    for (const field of fields) {
      offsets.set(`${name}.${field}`, next);
      next += counts[name] ?? 0;
    }
  }
  const actorStride = 2 + registers;
  return { offsets, counts, actorBase: next, actorStride, width: next + actors * actorStride };
}

/** "page.ref[3]" for a cell of the row; actors' cells are "actor 1 pc", "actor 1 register 0". */
export function cellName(schema: Schema, at: Layout, cell: number): string {
  if (cell >= at.actorBase) {
    const within = (cell - at.actorBase) % at.actorStride;
    const actor = Math.floor((cell - at.actorBase) / at.actorStride);
    return `actor ${actor} ${within === 0 ? "pc" : within === 1 ? "ip" : `register ${within - 2}`}`;
  }
  for (const [name, fields] of Object.entries(schema.classes)) {
    for (const field of fields) {
      const offset = at.offsets.get(`${name}.${field}`)!;
      const count = at.counts[name] ?? 0;
      if (cell >= offset && cell < offset + count) return `${name}.${field}[${cell - offset}]`;
    }
  }
  return `cell ${cell}`;
}

// --- the native world: paths run as plain generators ---

/** What a natively run path acts on. */
export interface World {
  readonly layout: Layout;
  readonly row: { [cell: number]: number };
  readonly decide: (group: string, name: string) => DecisionValue;
  readonly self: number;
  readonly choose: (alternatives: number) => number;
  readonly start: (actor: number) => void;
}

let current: World | undefined;

/** Runs `body` with `world` as the state that objects, `kernel` and `self()` speak of. */
export function withWorld<T>(world: World, body: () => T): T {
  const before = current;
  current = world;
  try {
    return body();
  } finally {
    current = before;
  }
}

export function world(): World {
  if (current === undefined)
    throw new Error("A path was run outside withWorld(): it has no state to act on.");
  return current;
}

/** Declares a class of objects. `page.ref[f]` in a path is field `ref` of page number `f`. */
export function objects<const Field extends string>(
  name: string,
  fields: readonly Field[],
): ObjectClass<Field> {
  const made: Record<string, Cells> = {};
  for (const field of fields) {
    made[field] = new Proxy({} as Cells, {
      get: (_, index) => world().row[cell(name, field, index)] ?? 0,
      set: (_, index, value: number) => {
        world().row[cell(name, field, index)] = value;
        return true;
      },
    });
  }
  return Object.freeze(made) as ObjectClass<Field>;
}

function cell(name: string, field: string, index: string | symbol): number {
  const { offsets, counts } = world().layout;
  const at = Number(index);
  if (!(at >= 0 && at < (counts[name] ?? 0)))
    throw new RangeError(`${name}.${field}[${String(index)}] is outside the state`);
  return offsets.get(`${name}.${field}`)! + at;
}

/** The kernel's table as paths ask it: `kernel.fork.writeProtectSeq`. */
export function questions<T extends Schema["decisions"]>(table: T): Answers<T> {
  const made: Record<string, object> = {};
  for (const [group, names] of Object.entries(table)) {
    const answers = {};
    for (const name of Object.keys(names))
      Object.defineProperty(answers, name, {
        enumerable: true,
        get: () => world().decide(group, name),
      });
    made[group] = Object.freeze(answers);
  }
  return Object.freeze(made) as Answers<T>;
}

export type Answers<T extends Schema["decisions"]> = {
  readonly [G in keyof T]: { readonly [N in keyof T[G]]: T[G][N][number] };
};
