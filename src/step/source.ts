/**
 * The sources of a model's paths, parsed: functions by name, constants by name. Names are one
 * space over all files of a model, as they are in the kernel; a later source may replace a
 * function of an earlier one by taking its name (a user's own kernel does).
 */
import type * as ast from "@babel/types";
import type { Diagnostic } from "./diagnostic.ts";
import { parse } from "./parser.ts";

export interface SourceFile {
  /** As shown to people: "src/mm/fork.ts". */
  readonly file: string;
  readonly text: string;
}

export interface PathFunction {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly body: ast.BlockStatement;
  readonly isPath: boolean;
  readonly source: SourceFile;
  readonly node: ast.FunctionDeclaration;
}

export interface Sources {
  readonly functions: ReadonlyMap<string, PathFunction>;
  readonly constants: ReadonlyMap<string, number>;
}

/** A mistake in a path's source: carried as an exception inside the compiler, a value outside. */
export class PathError extends Error {
  readonly diagnostic: Diagnostic;
  readonly source: SourceFile;
  constructor(
    code: Diagnostic["code"],
    message: string,
    node: { start?: number | null; end?: number | null },
    source: SourceFile,
  ) {
    super(`${source.file}: ${message}`);
    this.source = source;
    const span = { start: node.start ?? 0, end: node.end ?? (node.start ?? 0) + 1 };
    this.diagnostic = { code, severity: "error", message, span };
  }
}

export function parseSources(files: readonly SourceFile[]): Sources {
  const functions = new Map<string, PathFunction>();
  const constants = new Map<string, number>();
  for (const source of files) {
    for (const statement of parseModule(source).program.body) {
      const node =
        statement.type === "ExportNamedDeclaration" && statement.declaration
          ? statement.declaration
          : statement;
      if (node.type === "FunctionDeclaration" && node.id) addFunction(functions, node, source);
      if (node.type === "VariableDeclaration" && node.kind === "const")
        addConstants(constants, node, source);
    }
  }
  return { functions, constants };
}

function parseModule(source: SourceFile) {
  try {
    return parse(source.text, { sourceType: "module", plugins: ["typescript"] });
  } catch (error) {
    const at = (error as { pos?: number }).pos ?? 0;
    const message = (error as Error).message.replace(/ \(\d+:\d+\)$/, "");
    throw new PathError("PF201", message, { start: at, end: at + 1 }, source);
  }
}

function addFunction(
  functions: Map<string, PathFunction>,
  node: ast.FunctionDeclaration,
  source: SourceFile,
): void {
  const parameters = node.params.map((parameter) => {
    if (parameter.type !== "Identifier")
      throw new PathError("PF202", "A path's parameters are plain names.", parameter, source);
    return parameter.name;
  });
  const name = node.id!.name;
  functions.set(name, {
    name,
    parameters,
    body: node.body,
    isPath: node.generator === true,
    source,
    node,
  });
}

function addConstants(
  constants: Map<string, number>,
  node: ast.VariableDeclaration,
  source: SourceFile,
): void {
  for (const declared of node.declarations) {
    if (declared.id.type !== "Identifier" || !declared.init) continue;
    const value = constantValue(declared.init, constants, source);
    if (value !== undefined) constants.set(declared.id.name, value);
  }
}

/** The value of an expression over literals and earlier constants, or undefined. */
export function constantValue(
  node: ast.Node,
  constants: ReadonlyMap<string, number>,
  source: SourceFile,
): number | undefined {
  switch (node.type) {
    case "NumericLiteral":
      return node.value;
    case "Identifier":
      return constants.get(node.name);
    case "ParenthesizedExpression":
    case "TSAsExpression":
    case "TSSatisfiesExpression":
      return constantValue(node.expression, constants, source);
    case "UnaryExpression": {
      const operand = constantValue(node.argument, constants, source);
      if (operand === undefined) return undefined;
      return node.operator === "-" ? -operand : node.operator === "~" ? ~operand : undefined;
    }
    case "BinaryExpression": {
      const left = constantValue(node.left, constants, source);
      const right = constantValue(node.right, constants, source);
      if (left === undefined || right === undefined) return undefined;
      return fold(node.operator, left, right);
    }
    default:
      return undefined;
  }
}

function fold(operator: string, left: number, right: number): number | undefined {
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "|":
      return left | right;
    case "&":
      return left & right;
    case "<<":
      return left << right;
    default:
      return undefined;
  }
}
