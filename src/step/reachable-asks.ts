/**
 * Which decisions a kernel's code can ask at all: the compiled steps followed from every entry with
 * the kernel's answers put in. A decision that no step on the way asks may have any value: the kernel
 * with it changed is the same machine. Of the state nothing is known but the fields that begin as 0
 * and are never written otherwise.
 */
import { CertainCode, type CompiledFunctions, type Few, isSameMap, joinMaps } from "./certain.ts";
import { parse } from "./parser.ts";

export interface ReachableAsks {
  /** Places of the table that some reachable step may read. */
  readonly asked: ReadonlySet<number>;
  /** Numbers of the steps that may be reached. */
  readonly steps: ReadonlySet<number>;
}

export interface ReachableOptions {
  /** The kernel's table. */
  readonly table: ArrayLike<number>;
  /** Steps at which statements begin. */
  readonly begins: readonly number[];
  /** Numbers of fields that are 0 in every first state. */
  readonly zeroAtFirst: readonly number[];
}

/** The functions of a compiled module's text. */
export function compiledFunctions(text: string): CompiledFunctions {
  const { program } = parse(text, { sourceType: "unambiguous", allowReturnOutsideFunction: true });
  return new Map(
    program.body.flatMap((node) =>
      node.type === "FunctionDeclaration" ? [[node.id!.name, node] as const] : [],
    ),
  );
}

/** A field that turns out to be written is given up, and all begins anew. */
export function reachableAsks(
  functions: CompiledFunctions,
  { table, begins, zeroAtFirst }: ReachableOptions,
): ReachableAsks {
  const zero = new Set(zeroAtFirst);
  for (;;) {
    const code = new CertainCode(functions, table, zero);
    const steps = follow(code, begins);
    const broken = [...zero].filter((field) => code.written.has(field));
    if (broken.length === 0) return { asked: code.asked, steps };
    for (const field of broken) zero.delete(field);
  }
}

/** Every step that is reached, run again whenever less is certain of the cells it begins with. */
function follow(code: CertainCode, begins: readonly number[]): ReadonlySet<number> {
  const known = new Map<number, ReadonlyMap<number, Few>>();
  const waiting = new Set<number>();
  const arrive = (step: number, cells: ReadonlyMap<number, Few>): void => {
    const before = known.get(step);
    const after = before === undefined ? cells : joinMaps(before, cells);
    if (before !== undefined && isSameMap(before, after)) return;
    known.set(step, after);
    waiting.add(step);
  };
  for (const step of begins) arrive(step, new Map());
  for (const step of waiting) {
    waiting.delete(step);
    code.step(step, known.get(step)!, arrive);
  }
  return new Set(known.keys());
}
