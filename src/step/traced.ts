/**
 * The traced twin of a compiled module: the same steps, printed from the very code that runs, but
 * every access of the state, every branch and every choice asks a tracer. A tracer may answer with
 * NaN for "any number" or with an object for "one of these", so that one run of a step stands for
 * many. What a step may touch, now and later, is found with it (src/explore/local-graph.ts).
 */
import type * as ast from "@babel/types";
import { parse } from "./parser.ts";

/** A number, NaN for any number, or what only the tracer understands: one of several. */
export type TracedValue = number | object;

/** What a traced step asks. Fields are numbers in the schema's order. */
export interface Tracer {
  /** Reads and writes of `field[index]`. */
  readonly read: (field: number, index: TracedValue) => TracedValue;
  readonly write: (field: number, index: TracedValue, value: TracedValue) => TracedValue;
  /** `field[index] += amount`, and its like; gives the new value. */
  readonly update: (
    field: number,
    index: TracedValue,
    operator: string,
    amount: TracedValue,
  ) => TracedValue;
  /** As `update` by + or -, where nobody asks for the new value. */
  readonly count: (
    field: number,
    index: TracedValue,
    operator: string,
    amount: TracedValue,
  ) => void;
  /** The actor's own cells: 0 is the program counter, 1 the statement, then registers. */
  readonly own: (cell: number) => TracedValue;
  readonly keep: (cell: number, value: TracedValue) => void;
  /** Whether to go on as if `value` were not 0. */
  readonly holds: (value: TracedValue) => boolean;
  readonly choose: (alternatives: TracedValue) => number;
  readonly start: (actor: TracedValue) => number;
  /** The statement ends. */
  readonly end: () => void;
  /** Whether a kernel's table has this value in this slot. */
  readonly decision: (slot: number) => number;
  /** Operators where not both sides are plain numbers. */
  readonly unary: (operator: string, value: TracedValue) => TracedValue;
  readonly binary: (operator: string, left: TracedValue, right: TracedValue) => TracedValue;
  /** What a function that writes nothing may give. */
  readonly result: (
    of: (...given: readonly TracedValue[]) => TracedValue,
    given: readonly TracedValue[],
  ) => TracedValue;
  /** In such a function: a loop begins its next round with these values. */
  readonly round: (loop: number, values: readonly TracedValue[]) => void;
  /** One number after the other. */
  readonly number: (value: TracedValue) => number;
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
  const looks = lookingFunctions(own);
  const printed = own.map((one) => tracedFunction(one, looks.has(one.id!.name)));
  return `"use strict";${helpers}\n${printed.join("\n")}
return {steps:[null,${steps.join(",")}],copied:[${copiedFields(own).join(",")}]};`;
}

/** Functions that read the state and branch, and write nothing: only what they give matters. */
function lookingFunctions(functions: readonly ast.FunctionDeclaration[]): ReadonlySet<string> {
  const writing = new Set<string>();
  const looking = new Set<string>();
  const calls = new Map<string, Set<string>>();
  for (const one of functions) {
    const name = one.id!.name;
    const called = new Set<string>();
    let reads = false;
    let branches = false;
    visit(one.body, (node) => {
      const target = node.type === "AssignmentExpression" ? node.left : undefined;
      const counted = node.type === "UpdateExpression" ? node.argument : undefined;
      if ((target ?? counted)?.type === "MemberExpression") writing.add(name);
      if (node.type === "SequenceExpression") writing.add(name);
      if (node.type === "CallExpression") called.add((node.callee as ast.Identifier).name);
      reads ||= node.type === "MemberExpression";
      branches ||= /^(If|For|While|Switch)|Conditional|Logical/.test(node.type);
    });
    calls.set(name, called);
    if (called.has("start") || called.has("load")) writing.add(name);
    if (name.startsWith("F_") && reads && branches) looking.add(name);
  }
  for (let size = -1; size !== writing.size; ) {
    size = writing.size;
    for (const [name, called] of calls)
      if ([...called].some((callee) => writing.has(callee))) writing.add(name);
  }
  return new Set([...looking].filter((name) => !writing.has(name)));
}

function visit(node: ast.Node, see: (node: ast.Node) => void): void {
  see(node);
  for (const child of Object.values(node))
    for (const one of Array.isArray(child) ? child : [child])
      if (one && typeof one === "object" && typeof one.type === "string") visit(one, see);
}

/** Fields that are read only to be stored in a field, which again is only ever so read. */
function copiedFields(functions: readonly ast.FunctionDeclaration[]): readonly number[] {
  const used = new Set<string>();
  const fields = new Set<string>();
  const copies: { readonly from: string; readonly to: string }[] = [];
  const enter = (node: ast.Node): void => {
    const to = node.type === "AssignmentExpression" && node.operator === "=" && fieldOf(node.left);
    const from = node.type === "AssignmentExpression" && fieldOf(node.right);
    if (node.type === "AssignmentExpression" && to && from) {
      copies.push({ from: from.field, to: to.field });
      fields.add(from.field).add(to.field);
      enter(from.index);
      enter(to.index);
      return;
    }
    if (to && node.type === "AssignmentExpression") {
      fields.add(to.field);
      enter(to.index);
      enter(node.right);
      return;
    }
    const read = fieldOf(node);
    if (read) used.add(read.field);
    for (const child of Object.values(node))
      for (const one of Array.isArray(child) ? child : [child])
        if (one && typeof one === "object" && typeof one.type === "string") enter(one);
  };
  for (const one of functions) enter(one.body);
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

const operators: readonly (readonly [name: string, operator: string])[] = [
  ["add", "+"],
  ["sub", "-"],
  ["mul", "*"],
  ["div", "/"],
  ["mod", "%"],
  ["or", "|"],
  ["and", "&"],
  ["xor", "^"],
  ["shl", "<<"],
  ["shr", ">>"],
  ["shru", ">>>"],
  ["eq", "==="],
  ["ne", "!=="],
  ["lt", "<"],
  ["gt", ">"],
  ["le", "<="],
  ["ge", ">="],
];
const functionOf = new Map(operators.map(([name, operator]) => [operator, name] as const));
const comparing = /[=<>]=|^[<>]$/;

/** Two plain numbers are computed on the spot; NaN, the only number unlike itself, is not plain. */
const helpers = `
const {read:R,write:W,update:U,own:G,keep:K,holds:T,choose:C,start:X,end:E,decision:D}=tracer;
const {unary:Q,binary:B,result:S,round:M,number:V,count:A}=tracer;
let Z=0;
const plain=(a,b)=>typeof a==="number"&&typeof b==="number"&&a===a&&b===b;
${operators
  .map(
    ([name, operator]) =>
      `const ${name}=(a,b)=>plain(a,b)?a${operator}b${comparing.test(operator) ? "?1:0" : ""}:B("${operator}",a,b);`,
  )
  .join("\n")}
const not=(a)=>plain(a,a)?a?0:1:Q("!",a),inv=(a)=>plain(a,a)?~a:Q("~",a),neg=(a)=>plain(a,a)?-a:Q("-",a);`;

/** A function that only looks is asked for what it may give, whichever ways lead there. */
function tracedFunction(node: ast.FunctionDeclaration, looks: boolean): string {
  const name = node.id!.name;
  const isStep = !name.startsWith("F_");
  const parameters = node.params.map((p) => (p as ast.Identifier).name);
  const kept = isStep ? ["t"] : parameters.slice(1);
  const body = `(${kept.join(",")})${statement(node.body, looks ? kept : undefined)}`;
  return looks
    ? `function ${name}(...given){return S(${name}$,given);}\nfunction ${name}$${body}`
    : `function ${name}${body}`;
}

/** The names in scope, where rounds of loops are told; undefined where they are not. */
type Scope = readonly string[] | undefined;

function statement(node: ast.Statement, scope: Scope): string {
  switch (node.type) {
    case "BlockStatement":
      return `{${statements(node.body, scope)}}`;
    case "ExpressionStatement":
      return `${counting(node.expression) ?? expression(node.expression)};`;
    case "VariableDeclaration":
      return `${node.kind} ${node.declarations.map(declarator).join(",")};`;
    case "IfStatement":
      return `if(T(${expression(node.test)}))${statement(node.consequent, scope)}${node.alternate ? `else ${statement(node.alternate, scope)}` : ""}`;
    case "ForStatement":
      return forStatement(node, scope);
    case "WhileStatement":
      return `while(T((${round(node, scope)}${expression(node.test)})))${statement(node.body, scope)}`;
    case "SwitchStatement":
      return `switch(V(${expression(node.discriminant)})){${node.cases
        .map((one) => `case ${expression(one.test!)}:${statements(one.consequent, scope)}`)
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

function statements(nodes: readonly ast.Statement[], given: Scope): string {
  let scope = given;
  let text = "";
  for (const node of nodes) {
    text += statement(node, scope);
    if (node.type === "VariableDeclaration" && scope) scope = [...scope, ...declared(node)];
  }
  return text;
}

const declared = (node: ast.VariableDeclaration): readonly string[] =>
  node.declarations.map(({ id }) => (id as ast.Identifier).name);

/** Tells the tracer of a loop's next round; to stand before the loop's test. */
function round(node: ast.Node, scope: Scope): string {
  return scope === undefined ? "" : `M(${node.start},[${scope.join(",")}]),`;
}

function declarator(node: ast.VariableDeclarator): string {
  const { name } = node.id as ast.Identifier;
  return node.init ? `${name}=${expression(node.init)}` : name;
}

function forStatement(node: ast.ForStatement, given: Scope): string {
  const { init, body } = node;
  const scope =
    init?.type === "VariableDeclaration" && given ? [...given, ...declared(init)] : given;
  const begin = !init
    ? ";"
    : init.type === "VariableDeclaration"
      ? statement(init, given)
      : `${expression(init)};`;
  const told = round(node, scope);
  const test = node.test || told ? `T((${told}${node.test ? expression(node.test) : "1"}))` : "";
  const update = node.update ? expression(node.update) : "";
  return `for(${begin}${test};${update})${statement(body, scope)}`;
}

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
  if (node.operator === "~") return `inv(${operand})`;
  return node.operator === "-" ? `neg(${operand})` : operand;
}

function binary(operator: string, left: string, right: string): string {
  const name = functionOf.get(operator);
  if (name === undefined) throw new Error(`A compiled step has no operator ${operator}.`);
  return `${name}(${left},${right})`;
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
    ? `A(${at.field},${at.index},"${node.operator[0]}",${amount})`
    : undefined;
}

function update(node: ast.UpdateExpression): string {
  const [step, back] = node.operator === "++" ? ["add", "sub"] : ["sub", "add"];
  if (node.argument.type === "Identifier") {
    const { name } = node.argument;
    const stepped = `${name}=${step}(${name},1)`;
    return node.prefix ? `(${stepped})` : `${back}(${stepped},1)`;
  }
  const at = place(node.argument as ast.MemberExpression);
  if (at.kind !== "field") throw new Error("A compiled step counts in no cell of its own.");
  const result = `U(${at.field},${at.index},"${node.operator[0]!}",1)`;
  return node.prefix ? result : `${back}(${result},1)`;
}

function call(node: ast.CallExpression): string {
  const { name } = node.callee as ast.Identifier;
  const given = node.arguments as ast.Expression[];
  if (name === "load") return "E()";
  if (name === "ask") return `D(${expression(given[0]!)})`;
  if (name === "start") return `X(${expression(given[1]!)})`;
  return `${name}(${given.slice(1).map(expression).join(",")})`;
}
