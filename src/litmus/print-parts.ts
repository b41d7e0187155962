/** Each part of a test as text: what stands on one line, without layout. */
import type {
  Argument,
  Call,
  Condition,
  Expectation,
  KernelRange,
  MatrixDeclaration,
  Operand,
  PageDeclaration,
  Place,
  Proposition,
  Statement,
} from "./ast.ts";
import { findOperation } from "./operations.ts";

/** `page x[4] = swapped anon;` */
export function printPage(page: PageDeclaration): string {
  const count = page.count === undefined ? "" : `[${page.count}]`;
  const kind = typeof page.pageKind === "string" ? page.pageKind : `$${page.pageKind.variable}`;
  return `page ${page.name}${count} = ${[...page.modifiers, kind].join(" ")};`;
}

/** `for kind in anon, shared anon` */
export function printMatrixHead(matrix: MatrixDeclaration): string {
  const values = matrix.values.map((words) => words.join(" ")).join(", ");
  return `for ${matrix.variable} in ${values}`;
}

/** `x`, `x[2]`, `x[2].hi` */
export function printPlace(place: Place): string {
  const index = place.index === undefined ? "" : `[${place.index}]`;
  return `${place.name}${index}${place.half === undefined ? "" : `.${place.half}`}`;
}

/** A statement with its `;`. */
export function printStatement(statement: Statement): string {
  switch (statement.kind) {
    case "store":
      return `${printPlace(statement.place)} = ${statement.value};`;
    case "load":
      return `${statement.register} = ${printPlace(statement.place)};`;
    case "mayFail":
      return "may fail alloc;";
    case "call":
      return printCall(statement);
  }
}

function printCall(call: Call): string {
  const force = call.force === undefined ? "" : `${call.force} `;
  const result = call.result === undefined ? "" : `${call.result} = `;
  const times = call.times === 1 ? "" : ` times ${call.times}`;
  const shown = call.arguments.map(printArgument);
  // `complete(h, v)` ends a direct read, `h.complete()` a posted write.
  const method =
    findOperation(call.operation)?.method === true ||
    (call.operation === "complete" && shown.length === 1);
  const body = method
    ? `${shown[0]}.${call.operation}(${shown.slice(1).join(", ")})`
    : `${call.operation}(${shown.join(", ")})`;
  return `${force}${result}${body}${times};`;
}

function printArgument(argument: Argument): string {
  switch (argument.kind) {
    case "place":
      return printPlace(argument.place);
    case "process":
      return argument.process;
    case "handle":
      return printHandle(argument.handle);
    case "event":
      return argument.event;
    case "value":
      return String(argument.value);
    case "flags":
      return argument.flags.join(" | ");
  }
}

function printHandle(handle: {
  readonly name: string;
  readonly index: number | undefined;
}): string {
  return handle.index === undefined ? handle.name : `${handle.name}[${handle.index}]`;
}

/**
 * An operand as it stands in a condition: `P0:r0`, `x`, `P1:x`, `h.errno`, `PTE(P0:x)`. Memory of P0
 * is written without its process unless `qualified`.
 */
export function printOperand(operand: Operand, qualified = false): string {
  switch (operand.kind) {
    case "register":
      return `${operand.actor}:${operand.register}`;
    case "memory": {
      const bare = operand.process === "P0" && !qualified;
      return `${bare ? "" : `${operand.process}:`}${printPlace(operand.place)}`;
    }
    case "handle":
      return printHandle(operand.handle);
    case "errno":
      return `${operand.handle}.errno`;
    case "measure":
      return `${operand.measure}(${printOperand(operand.of, operand.measure === "PTE")})`;
    case "number":
      return String(operand.value);
    case "name":
      return operand.name;
  }
}

const signs = { and: "/\\", or: "\\/", implies: "=>" } as const;
const strengths = { implies: 1, or: 2, and: 3 } as const;

/** A proposition without outer parentheses, with as few inner ones as keep its shape. */
export function printProposition(proposition: Proposition): string {
  switch (proposition.kind) {
    case "true":
    case "false":
      return proposition.kind;
    case "not":
      return `~${printAtom(proposition.operand)}`;
    case "and":
    case "or":
    case "implies": {
      const strength = strengths[proposition.kind];
      const rightGrouping = proposition.kind === "implies";
      const left = printWithin(proposition.left, rightGrouping ? strength + 1 : strength);
      const right = printWithin(proposition.right, rightGrouping ? strength : strength + 1);
      return `${left} ${signs[proposition.kind]} ${right}`;
    }
    case "compare": {
      const { left, operator, right } = proposition;
      return `${printOperand(left)} ${operator} ${printOperand(right)}`;
    }
    case "state": {
      const qualified = proposition.operands.length > 1;
      const operands = proposition.operands.map((operand) => printOperand(operand, qualified));
      return `${proposition.predicate}(${operands.join(", ")})`;
    }
  }
}

function printWithin(proposition: Proposition, strength: number): string {
  const text = printProposition(proposition);
  const connected =
    proposition.kind === "and" || proposition.kind === "or" || proposition.kind === "implies";
  return connected && strengths[proposition.kind] < strength ? `(${text})` : text;
}

function printAtom(proposition: Proposition): string {
  const text = printProposition(proposition);
  const plain =
    proposition.kind === "true" || proposition.kind === "false" || proposition.kind === "state";
  return plain ? text : `(${text})`;
}

/** `exists (P0:r0 = 1)` on one line. */
export function printCondition(condition: Condition): string {
  return `${condition.quantifier} (${printProposition(condition.proposition)})`;
}

/** `..v5.8` */
export function printRange(range: KernelRange): string {
  return range.kind === "one" ? range.name : `${range.from ?? ""}..${range.to ?? ""}`;
}

/** `v5.9-rc4..v5.18: always` */
export function printExpectation({ range, memory, verdict }: Expectation): string {
  return `${printRange(range)}${memory === undefined ? "" : ` ${memory}`}: ${verdict}`;
}
