/**
 * A litmus test as data: what the parser makes, the printer prints, and the checker, the model and
 * the C emitter read. `language.md` of the design decides the language; this file is its shape.
 * Every node that a diagnostic may point at carries its span.
 */
import type { Span } from "../step/diagnostic.ts";

/** One file. A file with `for NAME in ...` declarations is a matrix: `expand` makes its tests. */
export interface TestFile {
  readonly name: string;
  readonly nameSpan: Span;
  /** The consequence in plain words, without its quotes; line breaks kept. */
  readonly doc: string | undefined;
  readonly info: readonly InfoLine[];
  readonly declarations: readonly Declaration[];
  readonly actors: readonly Actor[];
  readonly locations: readonly Operand[];
  readonly filter: Proposition | undefined;
  readonly condition: Condition;
  readonly expectations: readonly Expectation[];
  /** ` * Result: Never` in a comment: for all kernels that no `with` names. */
  readonly result: { readonly verdict: ExpectedVerdict; readonly span: Span } | undefined;
}

/** A test without matrix variables: declarations are pages only. */
export interface Test extends Omit<TestFile, "declarations"> {
  readonly declarations: readonly PageDeclaration[];
}

export interface InfoLine {
  readonly key: string;
  readonly value: string;
  readonly span: Span;
}

export type Declaration = PageDeclaration | MatrixDeclaration;

/** `for kind in shared anon, shmem { page x = $kind; }` */
export interface MatrixDeclaration {
  readonly kind: "matrix";
  readonly variable: string;
  /** Each value is the words a `$variable` stands for: ["shared", "anon"]. */
  readonly values: readonly (readonly string[])[];
  readonly body: readonly PageDeclaration[];
  readonly span: Span;
}

export const pageKinds = [
  "anon",
  "thp",
  "hugetlb",
  "shared anon",
  "shmem",
  "private shmem",
  "file",
  "private file",
  "zero",
  "huge zero",
  "shared hugetlb",
  "private hugetlb",
  "two-page folio",
] as const;
export type PageKind = (typeof pageKinds)[number];

export const pageModifiers = [
  "untouched",
  "readonly",
  "swapped",
  "pte-mapped",
  "wiped around",
  "mremapped half",
  "partially shared",
] as const;
export type PageModifier = (typeof pageModifiers)[number];

/** `page x[4] = swapped anon;` In a matrix body `pageKind` may be `{ variable }`. */
export interface PageDeclaration {
  readonly kind: "page";
  readonly name: string;
  readonly nameSpan: Span;
  /** The [n] written, or undefined. Without it a compound page has its size, others 1. */
  readonly count: number | undefined;
  readonly pageKind: PageKind | { readonly variable: string };
  readonly modifiers: readonly PageModifier[];
  readonly span: Span;
}

/** P0, P0.T1, D0 or K0. A process's number orders its birth; P0 runs from the start. */
export interface Actor {
  readonly role: "process" | "thread" | "device" | "kernel";
  /** "P0", "P0.T1", "D0", "K0" */
  readonly name: string;
  /** For a thread its process ("P0"), else the name itself. */
  readonly process: string;
  readonly statements: readonly Statement[];
  readonly span: Span;
}

export type Statement = Store | Load | Call | MayFail;

/** `x = 1;` `x[1].lo = 2;` */
export interface Store {
  readonly kind: "store";
  readonly place: Place;
  readonly value: number;
  readonly span: Span;
}

/** `r0 = x;` */
export interface Load {
  readonly kind: "load";
  readonly register: string;
  readonly place: Place;
  readonly span: Span;
}

/** `may fail alloc;` : each allocation of the next statement may fail. */
export interface MayFail {
  readonly kind: "mayFail";
  readonly span: Span;
}

/**
 * Every other statement is a call of a named operation: `h = pin(x, WRITE | FAST) times 1024;`
 * `must reclaim(x);` `h.post(2);` (operation "post", whose first argument is the handle h)
 * `r0 = dma_read(mr[1]);` `operations.ts` has the table of all.
 */
export interface Call {
  readonly kind: "call";
  /** "must" or "may" before a kernel actor's operation. */
  readonly force: "must" | "may" | undefined;
  /** The register or handle assigned, or undefined. */
  readonly result: string | undefined;
  readonly resultSpan: Span | undefined;
  readonly operation: string;
  readonly operationSpan: Span;
  readonly arguments: readonly Argument[];
  /** `times 1024`; 1 without it. */
  readonly times: number;
  readonly span: Span;
}

export type Argument =
  | { readonly kind: "place"; readonly place: Place; readonly span: Span }
  | { readonly kind: "process"; readonly process: string; readonly span: Span }
  | { readonly kind: "handle"; readonly handle: HandleRef; readonly span: Span }
  | { readonly kind: "event"; readonly event: string; readonly span: Span }
  | { readonly kind: "value"; readonly value: number; readonly span: Span }
  | { readonly kind: "flags"; readonly flags: readonly string[]; readonly span: Span };

/** `x`, `x[2]`, `x[2].hi`. Index undefined = the whole declaration (its page 0 for a load or store). */
export interface Place {
  readonly name: string;
  readonly index: number | undefined;
  readonly half: "lo" | "hi" | undefined;
  readonly span: Span;
}

/** `mr` or `mr[1]` (the pin's second page). */
export interface HandleRef {
  readonly name: string;
  readonly index: number | undefined;
  readonly span: Span;
}

export interface Condition {
  readonly quantifier: "exists" | "~exists" | "forall";
  readonly proposition: Proposition;
  readonly span: Span;
}

export type Proposition =
  | { readonly kind: "true" | "false" }
  | { readonly kind: "not"; readonly operand: Proposition }
  | {
      readonly kind: "and" | "or" | "implies";
      readonly left: Proposition;
      readonly right: Proposition;
    }
  | {
      readonly kind: "compare";
      readonly operator: "=" | "!=";
      readonly left: Operand;
      readonly right: Operand;
    }
  /** same(P0:x, P1:x), pinned(h, P0:x), anon_exclusive(P0:x), soft_dirty(P0:x), uffd_wp(P0:x) */
  | {
      readonly kind: "state";
      readonly predicate: StatePredicate;
      readonly operands: readonly Operand[];
      readonly span: Span;
    };

export type StatePredicate = "same" | "pinned" | "anon_exclusive" | "soft_dirty" | "uffd_wp";

export type Operand =
  /** `P0:r0` or `0:r0` (process "P0"); a thread's is `P0.T1:r0`. */
  | {
      readonly kind: "register";
      readonly actor: string;
      readonly register: string;
      readonly span: Span;
    }
  /** `x` (process "P0") or `P1:x`: what that process would read at the end. */
  | {
      readonly kind: "memory";
      readonly process: string;
      readonly place: Place;
      readonly span: Span;
    }
  | { readonly kind: "handle"; readonly handle: HandleRef; readonly span: Span }
  /** `h.errno` */
  | { readonly kind: "errno"; readonly handle: string; readonly span: Span }
  /** PTE(P0:x), ref(x), map(x) */
  | {
      readonly kind: "measure";
      readonly measure: "PTE" | "ref" | "map";
      readonly of: Operand;
      readonly span: Span;
    }
  | { readonly kind: "number"; readonly value: number; readonly span: Span }
  /** An errno's name, e.g. ENOMEM, or a page state word for PTE(): none, present, writable, swap. */
  | { readonly kind: "name"; readonly name: string; readonly span: Span };

export type ExpectedVerdict = "never" | "sometimes" | "always";

/** `v5.9-rc4..v5.18: always`; a single kernel has only `from` = `to`. */
export interface Expectation {
  readonly range: KernelRange;
  /** `v5.19..v6.0 weak: sometimes`: under weak memory order only. */
  readonly memory?: "weak" | undefined;
  readonly verdict: ExpectedVerdict;
  readonly span: Span;
}

export type KernelRange =
  | { readonly kind: "one"; readonly name: string; readonly nameSpan?: Span | undefined }
  /** Open ends are undefined: `..v5.8`, `v5.9..`, `..` */
  | {
      readonly kind: "range";
      readonly from: string | undefined;
      readonly to: string | undefined;
      readonly fromSpan?: Span | undefined;
      readonly toSpan?: Span | undefined;
    };
