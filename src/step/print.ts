/**
 * The expressions and yield-free statements of a path as JavaScript over the flat row: `page.ref[f]`
 * becomes `v[O7+(f)]`, `kernel.fork.writeProtectSeq` becomes `ask(3)`, a local becomes `L12`.
 * Whatever the dialect does not know is refused here, at its place in the source.
 */
import type * as ast from "@babel/types";
import type { Schema } from "./objects.ts";
import type { Access, Register } from "./program.ts";
import { PathError, type PathFunction, type SourceFile, type Sources } from "./source.ts";

/** A name's meaning at a point of a path. */
export type Binding =
  | { readonly kind: "register"; readonly register: Register; readonly stable: boolean }
  | { readonly kind: "constant"; readonly value: number }
  /** A parameter of a plain function: printed under its own name. */
  | { readonly kind: "plain"; readonly name: string };

export type Scope = Map<string, Binding>;

/** What the printer notes while it prints. */
export interface Notes {
  readonly uses: Set<Register>;
  readonly touches: Set<Register>;
  readonly accesses: Access[];
  readonly calls: string[];
  until: boolean;
}

export const newNotes = (): Notes => ({
  uses: new Set(),
  touches: new Set(),
  accesses: [],
  calls: [],
  until: false,
});

export interface PrintContext {
  readonly sources: Sources;
  readonly schema: Schema;
  /** "page.ref" -> 7, as in O7. */
  readonly fields: ReadonlyMap<string, number>;
  /** "fork.writeProtectSeq" -> 3, as in ask(3). */
  readonly decisions: ReadonlyMap<string, number>;
  readonly source: SourceFile;
  readonly inPath: boolean;
  readonly declare: (name: string, stable: boolean) => Binding;
}

type Node = ast.Node;

export function printExpression(node: Node, scope: Scope, notes: Notes, c: PrintContext): string {
  switch (node.type) {
    case "NumericLiteral":
      return String(node.value);
    case "BooleanLiteral":
      return node.value ? "1" : "0";
    case "ParenthesizedExpression":
    case "TSAsExpression":
    case "TSNonNullExpression":
    case "TSSatisfiesExpression":
      return printExpression(node.expression, scope, notes, c);
    case "Identifier":
      return printName(node, scope, notes, c);
    case "UnaryExpression":
      return printUnary(node, scope, notes, c);
    case "BinaryExpression":
      return printBinary(node, scope, notes, c);
    case "LogicalExpression":
      return `(${printExpression(node.left, scope, notes, c)}${node.operator}${printExpression(node.right, scope, notes, c)})`;
    case "ConditionalExpression":
      return `(${printExpression(node.test, scope, notes, c)}?${printExpression(node.consequent, scope, notes, c)}:${printExpression(node.alternate, scope, notes, c)})`;
    case "MemberExpression":
      return printMember(node, scope, notes, c, "read");
    case "AssignmentExpression":
      return printAssignment(node, scope, notes, c);
    case "UpdateExpression":
      return printUpdate(node, scope, notes, c);
    case "CallExpression":
      return printCall(node, scope, notes, c);
    default:
      return refuse(
        node,
        c,
        `${words(node)} is outside the path dialect; use numbers, state fields and plain calls.`,
      );
  }
}

function words(node: Node): string {
  return node.type.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
}

/** What a user reads who wrote a statement that no path may have. */
export function outsideDialect(node: Node): string {
  return `A ${words(node)} is outside the path dialect; write if, while, for, switch, return and yield.`;
}

function refuse(node: Node, c: PrintContext, message: string): never {
  throw new PathError("PF203", message, node, c.source);
}

function printName(node: ast.Identifier, scope: Scope, notes: Notes, c: PrintContext): string {
  const bound = scope.get(node.name);
  if (bound?.kind === "register") {
    notes.uses.add(bound.register);
    return `L${bound.register}`;
  }
  if (bound?.kind === "constant") return number(bound.value);
  if (bound?.kind === "plain") return bound.name;
  const constant = c.sources.constants.get(node.name);
  if (constant !== undefined) return number(constant);
  return refuse(
    node,
    c,
    `Unknown name \`${node.name}\`: declare it with const or let, or as a module constant.`,
  );
}

const number = (value: number): string => (value < 0 ? `(${value})` : String(value));

function printUnary(
  node: ast.UnaryExpression,
  scope: Scope,
  notes: Notes,
  c: PrintContext,
): string {
  if (!["!", "-", "~", "+"].includes(node.operator))
    return refuse(node, c, `Operator \`${node.operator}\` is outside the path dialect.`);
  const text = `${node.operator}(${printExpression(node.argument, scope, notes, c)})`;
  return node.operator === "!" ? `(${text}?1:0)` : `(${text})`;
}

const comparisons = new Set(["===", "!==", "<", ">", "<=", ">="]);
const arithmetic = new Set(["+", "-", "*", "%", "|", "&", "^", "<<", ">>", ">>>"]);

function printBinary(
  node: ast.BinaryExpression,
  scope: Scope,
  notes: Notes,
  c: PrintContext,
): string {
  const asked = decisionComparison(node, c);
  if (asked !== undefined) return asked;
  const { operator } = node;
  if (operator === "==" || operator === "!=")
    return refuse(node, c, `Write \`${operator}=\` instead of \`${operator}\`.`);
  if (!comparisons.has(operator) && !arithmetic.has(operator))
    return refuse(node, c, `Operator \`${operator}\` is outside the path dialect.`);
  const text = `(${printExpression(node.left, scope, notes, c)}${operator}${printExpression(node.right, scope, notes, c)})`;
  return comparisons.has(operator) ? `(${text}?1:0)` : text;
}

/** `kernel.wp.reuse === "refcount"` -> `(ask(4)===2?1:0)` */
function decisionComparison(node: ast.BinaryExpression, c: PrintContext): string | undefined {
  if (node.right.type !== "StringLiteral") return undefined;
  const name = decisionName(node.left);
  if (name === undefined || (node.operator !== "===" && node.operator !== "!=="))
    return refuse(
      node.right,
      c,
      "A word can only be compared with a kernel decision, by === or !==.",
    );
  const [slot, values] = decision(name, node.left, c);
  const index = values.indexOf(node.right.value);
  if (index < 0)
    return refuse(
      node.right,
      c,
      `kernel.${name} is never "${node.right.value}"; its values are ${values.map((v) => JSON.stringify(v)).join(", ")}.`,
    );
  return `(ask(${slot})${node.operator}${index}?1:0)`;
}

/** "fork.writeProtectSeq" for `kernel.fork.writeProtectSeq`. */
function decisionName(node: Node): string | undefined {
  if (node.type !== "MemberExpression" || node.computed) return undefined;
  const group = node.object;
  if (group.type !== "MemberExpression" || group.computed) return undefined;
  if (group.object.type !== "Identifier" || group.object.name !== "kernel") return undefined;
  return `${(group.property as ast.Identifier).name}.${(node.property as ast.Identifier).name}`;
}

function decision(
  name: string,
  node: Node,
  c: PrintContext,
): [number, readonly (string | boolean)[]] {
  const slot = c.decisions.get(name);
  if (slot === undefined) return refuse(node, c, `No decision is named kernel.${name}.`);
  const [group, key] = name.split(".") as [string, string];
  return [slot, c.schema.decisions[group]![key]!];
}

function printMember(
  node: ast.MemberExpression,
  scope: Scope,
  notes: Notes,
  c: PrintContext,
  access: "read" | "write" | "both",
): string {
  const asked = decisionName(node);
  if (asked !== undefined) {
    const [slot, values] = decision(asked, node, c);
    if (access !== "read") return refuse(node, c, "A kernel's decision cannot be assigned.");
    if (typeof values[0] !== "boolean")
      return refuse(node, c, `kernel.${asked} has several values: compare it with === "...".`);
    return `ask(${slot})`;
  }
  const { object } = node;
  if (
    !node.computed ||
    object.type !== "MemberExpression" ||
    object.computed ||
    object.object.type !== "Identifier"
  )
    return refuse(node, c, "State is read as `class.field[index]`, e.g. `page.ref[frame]`.");
  const field = `${object.object.name}.${(object.property as ast.Identifier).name}`;
  const slot = c.fields.get(field);
  if (slot === undefined) return refuse(object, c, `The state has no field \`${field}\`.`);
  const index = printExpression(node.property, scope, notes, c);
  if (access !== "write") notes.accesses.push({ field, index, write: false });
  if (access !== "read") notes.accesses.push({ field, index, write: true });
  return `v[O${slot}+${index}]`;
}

const assignments = new Set(["=", "+=", "-=", "|=", "&=", "^="]);

function printAssignment(
  node: ast.AssignmentExpression,
  scope: Scope,
  notes: Notes,
  c: PrintContext,
): string {
  if (!assignments.has(node.operator))
    return refuse(node, c, `Operator \`${node.operator}\` is outside the path dialect.`);
  const target = printTarget(node.left, scope, notes, c, node.operator === "=" ? "write" : "both");
  return `${target}${node.operator}${printExpression(node.right, scope, notes, c)}`;
}

function printUpdate(
  node: ast.UpdateExpression,
  scope: Scope,
  notes: Notes,
  c: PrintContext,
): string {
  const target = printTarget(node.argument, scope, notes, c, "both");
  return node.prefix ? `${node.operator}${target}` : `${target}${node.operator}`;
}

function printTarget(
  node: Node,
  scope: Scope,
  notes: Notes,
  c: PrintContext,
  access: "write" | "both",
): string {
  if (node.type === "MemberExpression") return printMember(node, scope, notes, c, access);
  if (node.type !== "Identifier")
    return refuse(node, c, "Only a local or a state field can be assigned.");
  const bound = scope.get(node.name);
  if (bound === undefined || bound.kind === "constant")
    return refuse(node, c, `\`${node.name}\` cannot be assigned here.`);
  if (bound.kind === "plain") return bound.name;
  notes.touches.add(bound.register);
  if (access === "both") notes.uses.add(bound.register);
  return `L${bound.register}`;
}

function printCall(node: ast.CallExpression, scope: Scope, notes: Notes, c: PrintContext): string {
  const name = node.callee.type === "Identifier" ? node.callee.name : undefined;
  if (name === undefined)
    return refuse(node, c, "Only paths and functions of plain names can be called in a path.");
  const args = node.arguments.map((argument) => printExpression(argument, scope, notes, c));
  if (name === "self") return "t";
  if (name === "start") return `start(v,${args[0]})`;
  if (name === "choose") {
    if (!c.inPath)
      return refuse(node, c, "choose() belongs into the path itself, not into a plain function.");
    return `(N=${args[0]},c)`;
  }
  if (name === "until") return refuse(node, c, "until() stands alone, first in its step.");
  const callee = c.sources.functions.get(name);
  if (callee === undefined) return refuse(node, c, `No path or function is named \`${name}\`.`);
  if (callee.isPath)
    return refuse(
      node,
      c,
      `\`${name}\` is a path: write \`yield* ${name}(...)\`, alone or as \`const x = yield* ...\`.`,
    );
  checkArity(node, callee, c);
  notes.calls.push(name);
  return `F_${name}(${["v", "t", ...args].join(",")})`;
}

export function checkArity(node: ast.CallExpression, callee: PathFunction, c: PrintContext): void {
  if (node.arguments.length !== callee.parameters.length)
    refuse(
      node,
      c,
      `\`${callee.name}\` takes ${callee.parameters.length} arguments, ${node.arguments.length} are given.`,
    );
}

// --- statements without yields ---

export function printStatement(
  node: ast.Statement,
  scope: Scope,
  notes: Notes,
  c: PrintContext,
): string {
  switch (node.type) {
    case "BlockStatement": {
      const inner: Scope = new Map(scope);
      return `{${node.body.map((s) => printStatement(s, inner, notes, c)).join("")}}`;
    }
    case "ExpressionStatement":
      return `${printExpression(node.expression, scope, notes, c)};`;
    case "VariableDeclaration":
      return printDeclaration(node, scope, notes, c);
    case "IfStatement": {
      const otherwise = node.alternate
        ? `else ${printStatement(node.alternate, scope, notes, c)}`
        : "";
      return `if(${printExpression(node.test, scope, notes, c)})${printStatement(node.consequent, scope, notes, c)}${otherwise}`;
    }
    case "ForStatement": {
      const inner: Scope = new Map(scope);
      const init = !node.init
        ? ""
        : node.init.type === "VariableDeclaration"
          ? printDeclaration(node.init, inner, notes, c)
          : `${printExpression(node.init, inner, notes, c)};`;
      const test = node.test ? printExpression(node.test, inner, notes, c) : "";
      const update = node.update ? printExpression(node.update, inner, notes, c) : "";
      return `{${init}for(;${test};${update})${printStatement(node.body, inner, notes, c)}}`;
    }
    case "WhileStatement":
      return `while(${printExpression(node.test, scope, notes, c)})${printStatement(node.body, scope, notes, c)}`;
    case "ReturnStatement":
      if (c.inPath) return refuse(node, c, "A return cannot stand inside a loop without yields.");
      return node.argument
        ? `return ${printExpression(node.argument, scope, notes, c)};`
        : "return 0;";
    case "BreakStatement":
      return "break;";
    case "ContinueStatement":
      return "continue;";
    case "EmptyStatement":
      return "";
    default:
      return refuse(node, c, outsideDialect(node));
  }
}

export function printDeclaration(
  node: ast.VariableDeclaration,
  scope: Scope,
  notes: Notes,
  c: PrintContext,
): string {
  let text = "";
  for (const declared of node.declarations) {
    if (declared.id.type !== "Identifier")
      return refuse(declared, c, "Declare one plain name at a time.");
    const value = declared.init ? printExpression(declared.init, scope, notes, c) : "0";
    const bound = c.declare(declared.id.name, node.kind === "const");
    scope.set(declared.id.name, bound);
    if (bound.kind === "plain") text += `let ${bound.name}=${value};`;
    else if (bound.kind === "register") {
      notes.touches.add(bound.register);
      text += `L${bound.register}=${value};`;
    }
  }
  return text;
}
