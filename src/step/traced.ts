/**
 * The traced twin of a compiled module: the same steps, printed from the very code that runs, but
 * every access of the state, every branch and every choice asks a tracer. A tracer may answer with
 * NaN for "any number", so that one run of a step stands for many. What a step may touch, now and
 * later, is found with it (src/explore/local-graph.ts).
 */
import { parse } from "@babel/parser";
import type * as ast from "@babel/types";

/** What a traced step asks. Fields are numbers in the schema's order; values may be NaN. */
export interface Tracer {
  /** Reads and writes of `field[index]`. */
  readonly read: (field: number, index: number) => number;
  readonly write: (field: number, index: number, value: number) => number;
  /** `field[index] += amount`, and its like; gives the new value. */
  readonly update: (field: number, index: number, operator: string, amount: number) => number;
  /** As `update` by + or -, where nobody asks for the new value. */
  readonly count: (field: number, index: number, operator: string, amount: number) => void;
  /** The actor's own cells: 0 is the program counter, 1 the statement, then registers. */
  readonly own: (cell: number) => number;
  readonly keep: (cell: number, value: number) => void;
  /** Whether to go on as if `value` were not 0. */
  readonly holds: (value: number) => boolean;
  readonly choose: (alternatives: number) => number;
  readonly start: (actor: number) => number;
  /** The statement ends. */
  readonly end: () => void;
  /** Whether a kernel's table has this value in this slot. */
  readonly decision: (slot: number) => number;
}

/** A step asked by a tracer: 0 when it is not enabled. */
export type TracedStep = (actor: number) => number;

/** What the traced module's function gives for a tracer. */
export interface TracedSteps {
  readonly steps: readonly (TracedStep | null)[];
  /** Fields whose values are only ever copied: no branch and no index depends on them. */
  readonly copied: readonly number[];
}

export type Traced = (tracer: Tracer) => TracedSteps;

/** The body of a function of `tracer` that returns the traced steps, from a compiled module's text. */
export function tracedText(text: string): string {
  const { program } = parse(text, { sourceType: "script", allowReturnOutsideFunction: true });
  const functions = program.body.filter((node) => node.type === "FunctionDeclaration");
  const own = functions.filter(({ id }) => /^(F_|s\d+$)/.test(id!.name));
  const steps = own.map(({ id }) => id!.name).filter((name) => /^s\d+$/.test(name));
  return `"use strict";${helpers}\n${own.map(tracedFunction).join("\n")}
return {steps:[null,${steps.join(",")}],copied:[${copiedFields(own).join(",")}]};`;
}

/** Fields that are read only to be stored in a field, which again is only ever so read. */
function copiedFields(functions: readonly ast.FunctionDeclaration[]): readonly number[] {
  const used = new Set<string>();
  const fields = new Set<string>();
  const copies: { readonly from: string; readonly to: string }[] = [];
  const visit = (node: ast.Node): void => {
    const to = node.type === "AssignmentExpression" && node.operator === "=" && fieldOf(node.left);
    const from = node.type === "AssignmentExpression" && fieldOf(node.right);
    if (node.type === "AssignmentExpression" && to && from) {
      copies.push({ from: from.field, to: to.field });
      fields.add(from.field).add(to.field);
      visit(from.index);
      visit(to.index);
      return;
    }
    if (to && node.type === "AssignmentExpression") {
      fields.add(to.field);
      visit(to.index);
      visit(node.right);
      return;
    }
    const read = fieldOf(node);
    if (read) used.add(read.field);
    for (const child of Object.values(node))
      for (const one of Array.isArray(child) ? child : [child])
        if (one && typeof one === "object" && typeof one.type === "string") visit(one);
  };
  for (const one of functions) visit(one.body);
  for (let size = -1; size !== used.size; ) {
    size = used.size;
    for (const { from, to } of copies) if (used.has(to)) used.add(from);
  }
  return [...fields].filter((field) => !used.has(field)).map(Number);
}

function fieldOf(node: ast.Node): { field: string; index: ast.Expression } | undefined {
  if (node.type !== "MemberExpression" || node.property.type !== "BinaryExpression")
    return undefined;
  const { left, right } = node.property;
  if (left.type !== "Identifier" || !/^O\d+$/.test(left.name)) return undefined;
  return { field: left.name.slice(1), index: right };
}

const helpers = `
const {read:R,write:W,update:U,count:Q,own:G,keep:K,holds:T,choose:C,start:X,end:E,decision:D}=tracer;
let Z=0;
const any=(a,b)=>a!==a||b!==b;
const or=(a,b)=>any(a,b)?NaN:a|b,and=(a,b)=>a===0||b===0?0:any(a,b)?NaN:a&b,xor=(a,b)=>any(a,b)?NaN:a^b;
const shl=(a,b)=>any(a,b)?NaN:a<<b,shr=(a,b)=>any(a,b)?NaN:a>>b,shru=(a,b)=>any(a,b)?NaN:a>>>b;
const eq=(a,b)=>any(a,b)?NaN:a===b?1:0,ne=(a,b)=>any(a,b)?NaN:a!==b?1:0;
const lt=(a,b)=>any(a,b)?NaN:a<b?1:0,gt=(a,b)=>any(a,b)?NaN:a>b?1:0;
const le=(a,b)=>any(a,b)?NaN:a<=b?1:0,ge=(a,b)=>any(a,b)?NaN:a>=b?1:0;
const not=(a)=>a!==a?NaN:a?0:1,inv=(a)=>a!==a?NaN:~a;`;

function tracedFunction(node: ast.FunctionDeclaration): string {
  const name = node.id!.name;
  const isStep = !name.startsWith("F_");
  const parameters = node.params.map((p) => (p as ast.Identifier).name);
  const kept = isStep ? ["t"] : parameters.slice(1);
  return `function ${name}(${kept.join(",")})${statement(node.body)}`;
}

function statement(node: ast.Statement): string {
  switch (node.type) {
    case "BlockStatement":
      return `{${node.body.map(statement).join("")}}`;
    case "ExpressionStatement":
      return `${counting(node.expression) ?? expression(node.expression)};`;
    case "VariableDeclaration":
      return `${node.kind} ${node.declarations.map(declarator).join(",")};`;
    case "IfStatement":
      return `if(T(${expression(node.test)}))${statement(node.consequent)}${node.alternate ? `else ${statement(node.alternate)}` : ""}`;
    case "ForStatement":
      return forStatement(node);
    case "WhileStatement":
      return `while(T(${expression(node.test)}))${statement(node.body)}`;
    case "SwitchStatement":
      return `switch(${expression(node.discriminant)}){${node.cases
        .map((one) => `case ${expression(one.test!)}:${one.consequent.map(statement).join("")}`)
        .join("")}}`;
    case "ReturnStatement":
      return `return ${node.argument ? expression(node.argument) : "0"};`;
    case "BreakStatement":
      return "break;";
    case "ContinueStatement":
      return "continue;";
    case "EmptyStatement":
      return ";";
    default:
      throw new Error(`A compiled step has no ${node.type}.`);
  }
}

function declarator(node: ast.VariableDeclarator): string {
  const { name } = node.id as ast.Identifier;
  return node.init ? `${name}=${expression(node.init)}` : name;
}

function forStatement(node: ast.ForStatement): string {
  const init = !node.init
    ? ";"
    : node.init.type === "VariableDeclaration"
      ? statement(node.init)
      : `${expression(node.init)};`;
  const test = node.test ? `T(${expression(node.test)})` : "";
  const update = node.update ? expression(node.update) : "";
  return `for(${init}${test};${update})${statement(node.body)}`;
}

const functionOf: Readonly<Record<string, string>> = {
  "|": "or",
  "&": "and",
  "^": "xor",
  "<<": "shl",
  ">>": "shr",
  ">>>": "shru",
  "===": "eq",
  "!==": "ne",
  "<": "lt",
  ">": "gt",
  "<=": "le",
  ">=": "ge",
};

function expression(node: ast.Expression | ast.PrivateName): string {
  switch (node.type) {
    case "NumericLiteral":
      return String(node.value);
    case "Identifier":
      return node.name === "N" ? "1" : node.name;
    case "ParenthesizedExpression":
      return expression(node.expression);
    case "UnaryExpression":
      return unary(node);
    case "BinaryExpression":
      return binary(node.operator, expression(node.left), expression(node.right));
    case "LogicalExpression":
      return node.operator === "&&"
        ? `(T(${expression(node.left)})?${expression(node.right)}:0)`
        : `(T(Z=${expression(node.left)})?Z:${expression(node.right)})`;
    case "ConditionalExpression":
      return conditional(node);
    case "MemberExpression":
      return member(node);
    case "AssignmentExpression":
      return assignment(node);
    case "UpdateExpression":
      return update(node);
    case "SequenceExpression":
      return `C(${expression((node.expressions[0] as ast.AssignmentExpression).right)})`;
    case "CallExpression":
      return call(node);
    default:
      throw new Error(`A compiled step has no ${node.type}.`);
  }
}

function unary(node: ast.UnaryExpression): string {
  const operand = expression(node.argument);
  if (node.operator === "!") return `not(${operand})`;
  return node.operator === "~" ? `inv(${operand})` : `(${node.operator}(${operand}))`;
}

function binary(operator: string, left: string, right: string): string {
  const called = functionOf[operator];
  return called === undefined ? `(${left}${operator}${right})` : `${called}(${left},${right})`;
}

/** `(a===b?1:0)` is what a comparison is printed as; it needs no branch. */
function conditional({ test, consequent, alternate }: ast.ConditionalExpression): string {
  const isTruth = isNumber(consequent, 1) && isNumber(alternate, 0);
  if (isTruth && test.type === "BinaryExpression") return expression(test);
  if (isTruth && test.type === "UnaryExpression" && test.operator === "!") return expression(test);
  return `(T(${expression(test)})?${expression(consequent)}:${expression(alternate)})`;
}

const isNumber = (node: ast.Expression, value: number): boolean =>
  node.type === "NumericLiteral" && node.value === value;

/** A place of the row: a field's cell, or one of the actor's own. */
type Place =
  | { readonly kind: "field"; readonly field: string; readonly index: string }
  | { readonly kind: "own"; readonly cell: number };

function place(node: ast.MemberExpression): Place {
  const at = node.property as ast.Expression;
  if (at.type === "Identifier") return { kind: "own", cell: 0 };
  const { left, right } = at as ast.BinaryExpression;
  const base = (left as ast.Identifier).name;
  if (base === "b") return { kind: "own", cell: (right as ast.NumericLiteral).value };
  return { kind: "field", field: base.slice(1), index: expression(right as ast.Expression) };
}

function member(node: ast.MemberExpression): string {
  const at = place(node);
  return at.kind === "own" ? `G(${at.cell})` : `R(${at.field},${at.index})`;
}

function assignment(node: ast.AssignmentExpression): string {
  const value = expression(node.right);
  const operator = node.operator.slice(0, -1);
  if (node.left.type === "Identifier") {
    const { name } = node.left;
    return `${name}=${operator === "" ? value : binary(operator, name, value)}`;
  }
  const at = place(node.left as ast.MemberExpression);
  if (at.kind === "own") return `K(${at.cell},${value})`;
  return operator === ""
    ? `W(${at.field},${at.index},${value})`
    : `U(${at.field},${at.index},"${operator}",${value})`;
}

/** A field that is only added to or subtracted from, by a statement of its own. */
function counting(node: ast.Expression): string | undefined {
  const isUpdate = node.type === "UpdateExpression";
  if (!isUpdate && (node.type !== "AssignmentExpression" || !/^[+-]=$/.test(node.operator)))
    return undefined;
  const target = isUpdate ? node.argument : node.left;
  if (target.type !== "MemberExpression") return undefined;
  const at = place(target);
  const amount = isUpdate ? "1" : expression(node.right);
  return at.kind === "field"
    ? `Q(${at.field},${at.index},"${node.operator[0]}",${amount})`
    : undefined;
}

function update(node: ast.UpdateExpression): string {
  if (node.argument.type === "Identifier")
    return node.prefix
      ? `${node.operator}${node.argument.name}`
      : `${node.argument.name}${node.operator}`;
  const at = place(node.argument as ast.MemberExpression);
  if (at.kind !== "field") throw new Error("A compiled step counts in no cell of its own.");
  const operator = node.operator[0]!;
  const result = `U(${at.field},${at.index},"${operator}",1)`;
  if (node.prefix) return result;
  return operator === "+" ? `(${result}-1)` : `(${result}+1)`;
}

function call(node: ast.CallExpression): string {
  const { name } = node.callee as ast.Identifier;
  const given = node.arguments as ast.Expression[];
  if (name === "load") return "E()";
  if (name === "ask") return `D(${expression(given[0]!)})`;
  if (name === "start") return `X(${expression(given[1]!)})`;
  return `${name}(${given.slice(1).map(expression).join(",")})`;
}
