/**
 * The compiler's middle form: a path with everything it calls inlined, as blocks. A block that
 * carries a `step` begins an atomic step; the others are joins and branches inside one.
 */

/** A local of one inlined instance of a path. Becomes a cell of the row only if it outlives a step. */
export type Register = number;

export interface StepInfo {
  readonly label: string;
  /** Nested path names, outermost first; `at` is the parameter of that name, for the reader. */
  readonly path: readonly { readonly name: string; readonly at: Value | undefined }[];
  readonly file: string;
  readonly line: number;
}

export type Value =
  | { readonly kind: "register"; readonly register: Register }
  | { readonly kind: "constant"; readonly value: number };

/** One access of shared state as the source makes it; `index` is JavaScript text over registers. */
export interface Access {
  readonly field: string;
  readonly index: string;
  readonly write: boolean;
}

/** A piece of straight code, printed, with what liveness and footprints need to know of it. */
export interface Code {
  readonly text: string;
  readonly uses: ReadonlySet<Register>;
  /** Registers surely assigned here. */
  readonly defines: ReadonlySet<Register>;
  /** Registers perhaps assigned here (inside a compound statement). */
  readonly touches: ReadonlySet<Register>;
  readonly accesses: readonly Access[];
  readonly calls: readonly string[];
}

export interface Block {
  readonly id: number;
  readonly step: StepInfo | undefined;
  readonly code: Code[];
  end: End | undefined;
}

export type End =
  | { readonly kind: "goto"; readonly to: Block }
  | { readonly kind: "branch"; readonly test: Code; readonly yes: Block; readonly no: Block }
  | { readonly kind: "done" };

export interface Entry {
  readonly name: string;
  readonly parameters: readonly { readonly name: string; readonly register: Register }[];
  readonly first: Block;
}

export function successors(block: Block): readonly Block[] {
  const end = block.end;
  if (end === undefined || end.kind === "done") return [];
  return end.kind === "goto" ? [end.to] : [end.yes, end.no];
}

/** Every block reachable from `first`, in a fixed order. */
export function reachable(first: Block): Block[] {
  const seen = new Set<Block>([first]);
  const order = [first];
  for (const block of order) {
    for (const next of successors(block)) {
      if (seen.has(next)) continue;
      seen.add(next);
      order.push(next);
    }
  }
  return order;
}
