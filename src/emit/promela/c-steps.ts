/**
 * The compiled steps as C, statement for statement: what a Promela model runs, so that SPIN steps
 * the very code that the explorer steps. Where offsets and the kernel's table are known they become
 * constants, branches that the kernel never takes fall away, and only steps that the programs can
 * come to are printed.
 */
import type * as ast from "@babel/types";
import type { Model } from "../../step/index.ts";
import { parse } from "../../step/parser.ts";

/** How the printed code finds a field's first cell, and what it knows of the kernel's table. */
export interface Places {
  readonly offset: (field: number) => string;
  readonly decision: (slot: number) => number | string;
}

export interface CSteps {
  readonly code: string;
  /** The numbers of the steps that are in it. */
  readonly steps: readonly number[];
}

/** Offsets and table of one model, as constants. */
export function placesOf(model: Model): Places {
  const offsets = [...model.layout.offsets.values()];
  return {
    offset: (field) => String(offsets[field]),
    decision: (slot) => model.decisions[slot]!,
  };
}

/** The steps that can follow from those numbered `first`, and the functions that they call. */
export function stepsAsC(text: string, places: Places, first: readonly number[]): CSteps {
  const functions = functionsOf(text);
  const printer = new Printer(places);
  const printed = new Map<string, string>();
  const queue = first.map((step) => `s${step}`);
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    const node = functions.get(name);
    if (node === undefined || printed.has(name)) continue;
    const body = printer.statement(node.body);
    printed.set(name, `${head(node)} ${body}`);
    for (const [, step] of body.matchAll(/v\[b\] = (\d+);/g)) queue.push(`s${step}`);
    for (const [, called] of body.matchAll(/\b(F_\w+)\(/g)) queue.push(called!);
  }
  const heads = [...printed.keys()].map((name) => `${head(functions.get(name)!)};`);
  const steps = [...printed.keys()].filter((name) => name.startsWith("s"));
  return {
    code: [...heads, ...printed.values()].join("\n"),
    steps: steps.map((name) => Number(name.slice(1))).sort((a, b) => a - b),
  };
}

type Functions = ReadonlyMap<string, ast.FunctionDeclaration>;

/** The text that was parsed last: thousands of models are printed from one. */
let parsed: { readonly text: string; readonly functions: Functions } | undefined;

function functionsOf(text: string): Functions {
  if (parsed?.text === text) return parsed.functions;
  const { program } = parse(text, { sourceType: "script", allowReturnOutsideFunction: true });
  const functions = program.body
    .filter((node) => node.type === "FunctionDeclaration")
    .filter(({ id }) => /^(F_|s\d+$)/.test(id!.name));
  parsed = { text, functions: new Map(functions.map((node) => [node.id!.name, node])) };
  return parsed.functions;
}

function head(node: ast.FunctionDeclaration): string {
  const parameters = node.params.map((parameter) => {
    const { name } = parameter as ast.Identifier;
    return name === "v" ? "cell *v" : `int ${name}`;
  });
  return `static int ${node.id!.name}(${parameters.join(", ")})`;
}

class Printer {
  private readonly places: Places;

  constructor(places: Places) {
    this.places = places;
  }

  statement(node: ast.Statement): string {
    switch (node.type) {
      case "BlockStatement":
        return `{ ${node.body.map((one) => this.statement(one)).join(" ")} }`;
      case "ExpressionStatement":
        return `${this.expression(node.expression)};`;
      case "VariableDeclaration":
        return `int ${node.declarations.map((one) => this.declarator(one)).join(", ")};`;
      case "IfStatement":
        return this.branch(node);
      case "ForStatement":
        return this.loop(node);
      case "WhileStatement":
        return `while (${this.expression(node.test)}) ${this.statement(node.body)}`;
      case "SwitchStatement":
        return `switch (${this.expression(node.discriminant)}) { ${node.cases
          .map(
            (one) =>
              `case ${this.expression(one.test!)}: ${one.consequent.map((s) => this.statement(s)).join(" ")}`,
          )
          .join(" ")} }`;
      case "ReturnStatement":
        return `return ${node.argument ? this.expression(node.argument) : "0"};`;
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

  /** A branch that the kernel's table decides is printed as what it comes to. */
  private branch(node: ast.IfStatement): string {
    const known = this.constant(node.test);
    if (known !== undefined) {
      const taken = known !== 0 ? node.consequent : node.alternate;
      return taken ? this.statement(taken) : ";";
    }
    const otherwise = node.alternate ? ` else ${this.statement(node.alternate)}` : "";
    return `if (${this.expression(node.test)}) ${this.statement(node.consequent)}${otherwise}`;
  }

  /** The value of an expression over numbers and the kernel's table, where both sides allow it. */
  private constant(node: ast.Node): number | undefined {
    switch (node.type) {
      case "NumericLiteral":
        return node.value;
      case "ParenthesizedExpression":
        return this.constant(node.expression);
      case "UnaryExpression": {
        const operand = this.constant(node.argument);
        return operand === undefined || node.operator !== "!" ? undefined : Number(!operand);
      }
      case "ConditionalExpression": {
        const test = this.constant(node.test);
        return test === undefined
          ? undefined
          : this.constant(test !== 0 ? node.consequent : node.alternate);
      }
      case "BinaryExpression":
        return this.comparison(node);
      case "LogicalExpression":
        return this.connective(node);
      case "CallExpression": {
        const slot = decisionSlot(node);
        const value = slot === undefined ? undefined : this.places.decision(slot);
        return typeof value === "number" ? value : undefined;
      }
      default:
        return undefined;
    }
  }

  private comparison(node: ast.BinaryExpression): number | undefined {
    const left = this.constant(node.left);
    const right = this.constant(node.right);
    if (left === undefined || right === undefined) return undefined;
    if (node.operator === "===") return Number(left === right);
    return node.operator === "!==" ? Number(left !== right) : undefined;
  }

  private connective(node: ast.LogicalExpression): number | undefined {
    const left = this.constant(node.left);
    const ends = node.operator === "&&" ? 0 : 1;
    if (left !== undefined && (left !== 0 ? 1 : 0) === ends) return ends;
    const right = this.constant(node.right);
    if (right !== undefined && (right !== 0 ? 1 : 0) === ends && isPure(node.left)) return ends;
    if (left === undefined || right === undefined) return undefined;
    return 1 - ends;
  }

  private declarator(node: ast.VariableDeclarator): string {
    const { name } = node.id as ast.Identifier;
    return node.init ? `${name} = ${this.expression(node.init)}` : name;
  }

  private loop(node: ast.ForStatement): string {
    const declares = node.init?.type === "VariableDeclaration";
    const init = node.init
      ? declares
        ? this.statement(node.init as ast.VariableDeclaration)
        : `${this.expression(node.init as ast.Expression)};`
      : ";";
    const test = node.test ? this.expression(node.test) : "";
    const update = node.update ? this.expression(node.update) : "";
    return `for (${init} ${test}; ${update}) ${this.statement(node.body)}`;
  }

  private expression(node: ast.Node): string {
    const known = this.constant(node);
    if (known !== undefined) return String(known);
    switch (node.type) {
      case "Identifier":
        return /^O\d+$/.test(node.name)
          ? this.places.offset(Number(node.name.slice(1)))
          : node.name;
      case "ParenthesizedExpression":
        return `(${this.expression(node.expression)})`;
      case "UnaryExpression":
        return `(${node.operator}(${this.expression(node.argument)}))`;
      case "BinaryExpression":
      case "LogicalExpression":
        return this.binary(node);
      case "ConditionalExpression":
        return `(${this.expression(node.test)} ? ${this.expression(node.consequent)} : ${this.expression(node.alternate)})`;
      case "MemberExpression":
        return `v[${this.expression(node.property)}]`;
      case "AssignmentExpression":
        return `${this.expression(node.left)} ${node.operator} ${this.expression(node.right)}`;
      case "UpdateExpression":
        return node.prefix
          ? `${node.operator}${this.expression(node.argument)}`
          : `${this.expression(node.argument)}${node.operator}`;
      case "SequenceExpression":
        return `(${node.expressions.map((one) => this.expression(one)).join(", ")})`;
      case "CallExpression":
        return this.call(node);
      default:
        throw new Error(`A compiled step has no ${node.type}.`);
    }
  }

  private binary(node: ast.BinaryExpression | ast.LogicalExpression): string {
    const operator = { "===": "==", "!==": "!=" }[node.operator as string] ?? node.operator;
    if (operator === ">>>")
      return `((unsigned)${this.expression(node.left)} >> ${this.expression(node.right)})`;
    return `(${this.expression(node.left)} ${operator} ${this.expression(node.right)})`;
  }

  private call(node: ast.CallExpression): string {
    const slot = decisionSlot(node);
    if (slot !== undefined) return String(this.places.decision(slot));
    const given = node.arguments.map((one) => this.expression(one));
    return `${this.expression(node.callee)}(${given.join(", ")})`;
  }
}

/** The slot of the kernel's table that `ask(3)` reads. */
function decisionSlot(node: ast.CallExpression): number | undefined {
  if ((node.callee as ast.Identifier).name !== "ask") return undefined;
  return (node.arguments[0] as ast.NumericLiteral).value;
}

/** Whether leaving the expression out changes nothing: it calls, counts and assigns nothing. */
function isPure(node: ast.Node): boolean {
  if (node.type === "CallExpression" && decisionSlot(node) !== undefined) return true;
  if (/^(Call|Assignment|Update|Sequence)Expression$/.test(node.type)) return false;
  return Object.values(node).every((value) =>
    (Array.isArray(value) ? value : [value]).every(
      (one) => !one || typeof one !== "object" || typeof one.type !== "string" || isPure(one),
    ),
  );
}
