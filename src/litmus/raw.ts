/**
 * What the parser makes before names have a meaning: in `await(done)` or `P1:x` the syntax alone
 * does not tell an event from a page or a page from a register. The checker turns it into the AST.
 */
import type { Span } from "../step/diagnostic.ts";
import type { ExpectedVerdict, InfoLine, KernelRange } from "./ast.ts";

export interface RawWord {
  readonly text: string;
  readonly span: Span;
}

export interface RawFile {
  readonly name: string;
  readonly nameSpan: Span;
  readonly doc: string | undefined;
  readonly info: readonly InfoLine[];
  readonly declarations: readonly (RawPage | RawMatrix)[];
  readonly actors: readonly RawActor[];
  readonly locations: readonly RawOperand[];
  readonly filter: RawProposition | undefined;
  readonly condition: RawCondition | undefined;
  readonly expectations: readonly RawExpectation[];
  /** Which parts were not understood: names they may have introduced are not missed. */
  readonly broken: { readonly declarations: boolean; readonly statements: boolean };
}

export interface RawPage {
  readonly kind: "page";
  readonly name: RawWord;
  readonly count: { readonly value: number; readonly span: Span } | undefined;
  /** Kind and modifier words in the order written; a matrix variable keeps its `$`. */
  readonly words: readonly RawWord[];
  readonly span: Span;
}

export interface RawMatrix {
  readonly kind: "matrix";
  readonly variable: RawWord;
  readonly values: readonly (readonly RawWord[])[];
  readonly body: readonly RawPage[];
  readonly span: Span;
}

export interface RawActor {
  readonly name: string;
  readonly nameSpan: Span;
  readonly statements: readonly RawStatement[];
  readonly span: Span;
}

export type RawStatement = RawStore | RawLoad | RawCall | RawMayFail;

export interface RawStore {
  readonly kind: "store";
  readonly place: RawPlace;
  readonly value: number;
  readonly span: Span;
}

export interface RawLoad {
  readonly kind: "load";
  readonly target: RawPlace;
  readonly place: RawPlace;
  readonly span: Span;
}

export interface RawCall {
  readonly kind: "call";
  readonly force: { readonly word: "must" | "may"; readonly span: Span } | undefined;
  readonly result: RawPlace | undefined;
  /** `h` of `h.post(2)`. */
  readonly receiver: RawPlace | undefined;
  readonly operation: RawWord;
  readonly arguments: readonly RawArgument[];
  readonly times: { readonly value: number; readonly span: Span } | undefined;
  readonly span: Span;
}

export interface RawMayFail {
  readonly kind: "mayFail";
  readonly span: Span;
}

export type RawArgument =
  | { readonly kind: "value"; readonly value: number; readonly span: Span }
  /** One plain word, or several joined by `|`. */
  | { readonly kind: "words"; readonly words: readonly RawWord[]; readonly span: Span }
  /** A word with an index or a half. */
  | { readonly kind: "place"; readonly place: RawPlace; readonly span: Span };

export interface RawPlace {
  readonly name: string;
  readonly nameSpan: Span;
  readonly index: number | undefined;
  readonly field: RawWord | undefined;
  readonly span: Span;
}

export interface RawCondition {
  readonly quantifier: "exists" | "~exists" | "forall";
  readonly proposition: RawProposition;
  readonly span: Span;
}

export type RawProposition =
  | { readonly kind: "true" | "false" }
  | { readonly kind: "not"; readonly operand: RawProposition }
  | {
      readonly kind: "and" | "or" | "implies";
      readonly left: RawProposition;
      readonly right: RawProposition;
    }
  | {
      readonly kind: "compare";
      readonly operator: "=" | "!=";
      readonly left: RawOperand;
      readonly right: RawOperand;
    }
  | {
      readonly kind: "state";
      readonly predicate: RawWord;
      readonly operands: readonly RawOperand[];
      readonly span: Span;
    };

export type RawOperand =
  | { readonly kind: "number"; readonly value: number; readonly span: Span }
  | {
      readonly kind: "place";
      /** `P0` or `0` before the colon, as the actor's name. */
      readonly actor: RawWord | undefined;
      readonly place: RawPlace;
      readonly span: Span;
    }
  | {
      readonly kind: "measure";
      readonly measure: RawWord;
      readonly operands: readonly RawOperand[];
      readonly span: Span;
    };

export interface RawExpectation {
  readonly range: KernelRange;
  readonly memory?: "weak" | undefined;
  readonly verdict: ExpectedVerdict;
  readonly span: Span;
}
