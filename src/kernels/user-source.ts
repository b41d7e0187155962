/**
 * The text of a user's kernel: what its `kernel({ ... })` says, and its functions as a source of
 * paths. Everything keeps its place in the text, so that errors point where the user wrote.
 */
import type * as ast from "@babel/types";
import type { Diagnostic, Result, SourceFile, Span } from "../step/index.ts";
import { parse } from "../step/parser.ts";

export interface Place<T> {
  readonly value: T;
  readonly span: Span;
}

export interface UserFunction {
  readonly name: string;
  readonly span: Span;
  readonly parameters: number;
  /** Meant to replace a path of this name; else a helper of the others. */
  readonly replaces: boolean;
}

export interface UserSource {
  readonly name: Place<string>;
  readonly extends: Place<string>;
  readonly summary: string | undefined;
  readonly decisions: readonly {
    readonly name: Place<string>;
    readonly value: Place<string | boolean>;
  }[];
  readonly functions: readonly UserFunction[];
  /** What is imported from where; types stand for nothing and are left out. */
  readonly imports: readonly {
    readonly module: Place<string>;
    readonly names: readonly Place<string>[];
  }[];
  /** Constants of the file: numbers, for the paths. */
  readonly constants: readonly Place<string>[];
  /** The functions and constants alone, each at its place. */
  readonly paths: SourceFile;
}

/** Reads the file; nothing of it is run. */
export function readUserSource(source: SourceFile): Result<UserSource> {
  let program: ast.Program;
  try {
    program = parse(source.text, { sourceType: "module", plugins: ["typescript"] }).program;
  } catch (error) {
    const at = (error as { pos?: number }).pos ?? 0;
    const message = (error as Error).message.replace(/ \(\d+:\d+\)$/, "");
    return { ok: false, diagnostics: [problem("PF201", message, { start: at, end: at + 1 })] };
  }
  const reader = new Reader(source);
  return reader.read(program);
}

function problem(code: Diagnostic["code"], message: string, span: Span): Diagnostic {
  return { code, severity: "error", message, span };
}

const spanOf = (node: ast.Node): Span => ({ start: node.start!, end: node.end! });

/** What may stand at the top of the file besides constants, whose texts are kept. */
const declarations: readonly string[] = [
  "ImportDeclaration",
  "FunctionDeclaration",
  "ExportNamedDeclaration",
  "TSTypeAliasDeclaration",
  "TSInterfaceDeclaration",
  "EmptyStatement",
];

const known = ["name", "extends", "summary", "decisions", "paths"];

class Reader {
  private readonly source: SourceFile;
  private readonly diagnostics: Diagnostic[] = [];
  private readonly functions: UserFunction[] = [];
  private readonly constants: Place<string>[] = [];
  private readonly imports: UserSource["imports"][number][] = [];
  private readonly decisions: UserSource["decisions"][number][] = [];
  private readonly texts = new Map<string, Place<string>>();
  private readonly kept: string[];

  constructor(source: SourceFile) {
    this.source = source;
    this.kept = blank(source.text);
  }

  read(program: ast.Program): Result<UserSource> {
    let defined: ast.ObjectExpression | undefined;
    for (const statement of program.body) {
      if (statement.type === "ExportDefaultDeclaration") defined = definitionOf(statement);
      else this.topLevel(statement);
    }
    if (defined === undefined) {
      const message =
        "The file defines no kernel; write `export default kernel({ name: ..., extends: ... })`.";
      return { ok: false, diagnostics: [problem("PF301", message, { start: 0, end: 1 })] };
    }
    for (const property of defined.properties) this.property(property);
    for (const key of ["name", "extends"])
      if (!this.texts.has(key))
        this.refuse(
          "PF302",
          `The kernel does not say its \`${key}\`; write \`${key}: "..."\`.`,
          defined,
        );
    const { diagnostics } = this;
    if (diagnostics.length > 0) return { ok: false, diagnostics };
    const value: UserSource = {
      name: this.texts.get("name")!,
      extends: this.texts.get("extends")!,
      summary: this.texts.get("summary")?.value,
      decisions: this.decisions,
      functions: this.functions,
      imports: this.imports,
      constants: this.constants,
      paths: { file: this.source.file, text: this.kept.join("") },
    };
    return { ok: true, value, diagnostics };
  }

  private refuse(code: Diagnostic["code"], message: string, node: ast.Node): void {
    this.diagnostics.push(problem(code, message, spanOf(node)));
  }

  private topLevel(statement: ast.Statement): void {
    const exported = statement.type === "ExportNamedDeclaration";
    const node = exported && statement.declaration ? statement.declaration : statement;
    if (node.type === "FunctionDeclaration" && node.id) {
      this.keep(spanOf(node));
      this.functions.push({
        name: node.id.name,
        span: spanOf(node.id),
        parameters: node.params.length,
        replaces: exported && node.generator === true,
      });
    }
    if (node.type === "ImportDeclaration") this.import(node);
    if (node.type === "VariableDeclaration") this.constant(node);
    else if (!declarations.includes(node.type))
      this.refuse(
        "PF311",
        "The file is read and never run: nothing may stand here but imports, functions, constants and types.",
        node,
      );
  }

  private import({ source, specifiers, importKind }: ast.ImportDeclaration): void {
    if (importKind === "type") return;
    const names = specifiers.flatMap((one) => {
      if (one.type !== "ImportSpecifier" || one.importKind === "type") return [];
      const { imported } = one;
      const value = imported.type === "Identifier" ? imported.name : imported.value;
      return [{ value, span: spanOf(one) }];
    });
    this.imports.push({ module: { value: source.value, span: spanOf(source) }, names });
  }

  /** Constants are kept for the paths, which know numbers only. */
  private constant(node: ast.VariableDeclaration): void {
    for (const { id } of node.declarations)
      if (id.type === "Identifier") this.constants.push({ value: id.name, span: spanOf(id) });
    if (node.kind === "const") this.keep(spanOf(node));
    else
      this.refuse(
        "PF311",
        "The file is read and never run, so nothing of it can change: write `const`, and keep state in the model's fields.",
        node,
      );
  }

  private keep({ start, end }: Span): void {
    for (let i = start; i < end; i++) this.kept[i] = this.source.text[i]!;
  }

  private property(property: ast.ObjectExpression["properties"][number]): void {
    const key = property.type === "SpreadElement" ? undefined : keyOf(property);
    if (key === undefined || property.type !== "ObjectProperty" || !known.includes(key)) {
      this.refuse("PF302", `A kernel has ${known.join(", ")} and nothing else.`, property);
      return;
    }
    const { value } = property;
    if (key === "decisions" || key === "paths") {
      if (value.type !== "ObjectExpression")
        this.refuse("PF303", "Write an object here: { ... }.", value);
      else
        for (const one of value.properties) key === "paths" ? this.path(one) : this.decision(one);
      return;
    }
    const text = literalOf(value);
    if (typeof text !== "string")
      this.refuse("PF303", `Write \`${key}\` as a text in quotes.`, value);
    else this.texts.set(key, { value: text, span: spanOf(value) });
  }

  private decision(property: ast.ObjectExpression["properties"][number]): void {
    const key = property.type === "SpreadElement" ? undefined : keyOf(property);
    const value = property.type === "ObjectProperty" ? literalOf(property.value) : undefined;
    if (key === undefined || value === undefined || property.type !== "ObjectProperty") {
      const message = 'Write a decision as a name and its value: "fork.copyPinned": false.';
      this.refuse("PF303", message, property);
      return;
    }
    this.decisions.push({
      name: { value: key, span: spanOf(property.key) },
      value: { value, span: spanOf(property.value) },
    });
  }

  /** `name: function* (...) {...}` or `*name(...) {...}`: kept as a declaration of that name. */
  private path(property: ast.ObjectExpression["properties"][number]): void {
    const key = property.type === "SpreadElement" ? undefined : keyOf(property);
    const node =
      property.type === "ObjectMethod"
        ? property
        : property.type === "ObjectProperty" && property.value.type === "FunctionExpression"
          ? property.value
          : undefined;
    if (key === undefined || node === undefined || property.type === "SpreadElement") {
      const name = key ?? "copy_present_pte";
      const message = `Write a path as a function: ${name}: function* (...) { ... }.`;
      this.refuse("PF303", message, property);
      return;
    }
    if (!node.generator) {
      const message = `A path is a generator, one yield a step: write ${key}: function* (...) { ... }.`;
      this.refuse("PF303", message, property.key);
    }
    this.functions.push({
      name: key,
      span: spanOf(property.key),
      parameters: node.params.length,
      replaces: true,
    });
    const open = this.source.text.indexOf("(", property.key.end!);
    this.keep({ start: open, end: node.end! });
    const head = `;function${node.generator ? "*" : ""} ${key}`;
    for (let i = 0; i < head.length; i++) this.kept[Math.max(0, open - head.length + i)] = head[i]!;
  }
}

/** The text's shape without its words. */
function blank(text: string): string[] {
  return text.split("").map((sign) => (sign === "\n" ? "\n" : " "));
}

function definitionOf({
  declaration,
}: ast.ExportDefaultDeclaration): ast.ObjectExpression | undefined {
  if (declaration.type === "ObjectExpression") return declaration;
  if (declaration.type !== "CallExpression") return undefined;
  const [first] = declaration.arguments;
  return first?.type === "ObjectExpression" ? first : undefined;
}

function keyOf(property: ast.ObjectProperty | ast.ObjectMethod): string | undefined {
  if (property.key.type === "Identifier") return property.key.name;
  return property.key.type === "StringLiteral" ? property.key.value : undefined;
}

function literalOf(node: ast.Node): string | boolean | undefined {
  if (node.type === "StringLiteral" || node.type === "BooleanLiteral") return node.value;
  return node.type === "TemplateLiteral" && node.quasis.length === 1
    ? (node.quasis[0]!.value.cooked ?? undefined)
    : undefined;
}
