/** A test's condition as a C expression over the final values. */
import type { Operand, Proposition } from "../../litmus/ast.ts";
import { observableName, operandName } from "../../verdict/valuation.ts";

export interface ConditionCode {
  readonly text: string;
  readonly uses: readonly string[];
}

/** How tightly a connective binds: an operand of a looser one needs parentheses. */
const binding = { or: 1, implies: 1, and: 2, atom: 3 } as const;

/** `seen_is("0:r0", "1") && !seen_is("x", "2")`. */
export function conditionCode(proposition: Proposition): ConditionCode {
  const uses = new Set<string>();
  const text = expression(proposition, uses, 0);
  return { text, uses: [...uses] };
}

function expression(proposition: Proposition, uses: Set<string>, outer: number): string {
  const wrap = (text: string, own: number): string => (own < outer ? `(${text})` : text);
  switch (proposition.kind) {
    case "true":
    case "false":
      return proposition.kind;
    case "not":
      return `!${expression(proposition.operand, uses, binding.atom)}`;
    case "and":
    case "or": {
      const own = binding[proposition.kind];
      // gcc asks for parentheses around && within ||.
      const inner = proposition.kind === "or" ? binding.atom : own;
      const left = expression(proposition.left, uses, inner);
      const right = expression(proposition.right, uses, inner);
      return wrap(`${left} ${proposition.kind === "and" ? "&&" : "||"} ${right}`, own);
    }
    case "implies": {
      const left = expression(proposition.left, uses, binding.atom);
      const right = expression(proposition.right, uses, binding.atom);
      return wrap(`!${left} || ${right}`, binding.implies);
    }
    case "compare": {
      const equal = comparison(proposition.left, proposition.right, uses);
      return proposition.operator === "=" ? equal : `!${equal}`;
    }
    case "state":
      uses.add("seen_is");
      return `seen_is("${observableName(proposition)}", "1")`;
  }
}

function comparison(left: Operand, right: Operand, uses: Set<string>): string {
  const constant = (operand: Operand): boolean =>
    operand.kind === "number" || operand.kind === "name";
  if (constant(left) && constant(right)) {
    return operandName(left) === operandName(right) ? "true" : "false";
  }
  if (constant(left)) return comparison(right, left, uses);
  const use = constant(right) ? "seen_is" : "seen_same";
  uses.add(use);
  return `${use}("${operandName(left)}", "${operandName(right)}")`;
}
