/**
 * The compiled steps as C, statement for statement: what a Promela model runs, so that SPIN steps
 * the very code that the explorer steps. Offsets and the kernel's table become constants.
 */
import { parse } from "@babel/parser";
import type * as ast from "@babel/types";
import type { Model } from "../../step/index.ts";

/** The plain functions and steps of a compiled module's text, for one model. */
export function stepsAsC(text: string, model: Model): string {
  const { program } = parse(text, { sourceType: "script", allowReturnOutsideFunction: true });
  const functions = program.body
    .filter((node) => node.type === "FunctionDeclaration")
    .filter(({ id }) => /^(F_|s\d+$)/.test(id!.name));
  const printer = new Printer(model);
  const heads = functions.map((node) => `${head(node)};`);
  return [
    ...heads,
    ...functions.map((node) => `${head(node)} ${printer.statement(node.body)}`),
  ].join("\n");
}

function head(node: ast.FunctionDeclaration): string {
  const parameters = node.params.map((parameter) => {
    const { name } = parameter as ast.Identifier;
    return name === "v" ? "cell *v" : `int ${name}`;
  });
  return `static int ${node.id!.name}(${parameters.join(", ")})`;
}

class Printer {
  private readonly offsets: readonly number[];
  private readonly model: Model;

  constructor(model: Model) {
    this.model = model;
    this.offsets = [...model.layout.offsets.values()];
  }

  statement(node: ast.Statement): string {
    switch (node.type) {
      case "BlockStatement":
        return `{ ${node.body.map((one) => this.statement(one)).join(" ")} }`;
      case "ExpressionStatement":
        return `${this.expression(node.expression)};`;
      case "VariableDeclaration":
        return `int ${node.declarations.map((one) => this.declarator(one)).join(", ")};`;
      case "IfStatement": {
        const otherwise = node.alternate ? ` else ${this.statement(node.alternate)}` : "";
        return `if (${this.expression(node.test)}) ${this.statement(node.consequent)}${otherwise}`;
      }
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
    switch (node.type) {
      case "NumericLiteral":
        return String(node.value);
      case "Identifier":
        return /^O\d+$/.test(node.name)
          ? String(this.offsets[Number(node.name.slice(1))])
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
        return this.member(node);
      case "AssignmentExpression":
        return `${this.expression(node.left)} ${node.operator} ${this.expression(node.right)}`;
      case "UpdateExpression":
        return node.prefix
          ? `${node.operator}${this.expression(node.argument)}`
          : `${this.expression(node.argument)}${node.operator}`;
      case "SequenceExpression":
        return `(${node.expressions.map((one) => this.expression(one)).join(", ")})`;
      case "CallExpression":
        if ((node.callee as ast.Identifier).name === "ask") return this.decision(node);
        return `${this.expression(node.callee)}(${node.arguments.map((one) => this.expression(one)).join(", ")})`;
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

  private member(node: ast.MemberExpression): string {
    return `v[${this.expression(node.property)}]`;
  }

  private decision(node: ast.CallExpression): string {
    return String(this.model.decisions[Number(this.expression(node.arguments[0]!))]);
  }
}
