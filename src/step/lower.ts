/**
 * From a path's source to blocks: every `yield` begins a step, every `yield*` is inlined, control
 * flow that spans a yield becomes branches between blocks, all other statements are printed as
 * they stand. Recursion and code before an entry's first yield are refused.
 */
import type * as ast from "@babel/types";
import {
  type Binding,
  checkArity,
  type Notes,
  newNotes,
  outsideDialect,
  type PrintContext,
  printDeclaration,
  printExpression,
  printStatement,
  type Scope,
} from "./print.ts";
import type { Block, Code, Entry, StepInfo, Value } from "./program.ts";
import { constantValue, PathError, type PathFunction } from "./source.ts";

type Shared = Omit<PrintContext, "source" | "inPath" | "declare">;

interface Loop {
  readonly onBreak: Block;
  readonly onContinue: Block | undefined;
}

/** One inlined instance of a path. */
interface Frame {
  readonly called: PathFunction;
  readonly stack: readonly PathFunction[];
  readonly path: StepInfo["path"];
  readonly assigned: ReadonlySet<string>;
  readonly result: number;
  readonly exit: Block;
}

export function lowerEntry(name: string, shared: Shared): Entry {
  const called = shared.sources.functions.get(name);
  if (called === undefined)
    throw new Error(`No path is named ${name}: an entry must be a function* of the sources.`);
  return new Lowering(shared).entry(called);
}

class Lowering {
  private readonly shared: Shared;
  private blocks = 0;
  private registers = 0;
  private current: Block;

  constructor(shared: Shared) {
    this.shared = shared;
    this.current = this.block(undefined);
  }

  entry(called: PathFunction): Entry {
    const scope: Scope = new Map();
    const parameters = called.parameters.map((name) => {
      const register = this.registers++;
      scope.set(name, { kind: "register", register, stable: !assignedNames(called).has(name) });
      return { name, register };
    });
    const exit = this.block(undefined);
    const first = this.current;
    const at = parameters.find((p) => p.name === "at");
    const path = [
      { name: called.name, at: at && ({ kind: "register", register: at.register } as Value) },
    ];
    const frame = {
      called,
      stack: [called],
      path,
      assigned: assignedNames(called),
      result: this.registers++,
      exit,
    };
    this.statements(called.body.body, new Map(scope), frame, []);
    this.goto(exit);
    exit.end = { kind: "done" };
    const begin = firstStep(first);
    if (begin === undefined)
      throw new PathError(
        "PF204",
        `\`${called.name}\` begins a statement: its first line must be a yield.`,
        called.node,
        called.source,
      );
    return { name: called.name, parameters, first: begin };
  }

  private block(step: StepInfo | undefined): Block {
    return { id: this.blocks++, step, code: [], end: undefined };
  }

  private goto(to: Block): void {
    this.current.end ??= { kind: "goto", to };
  }

  private context(frame: Frame): PrintContext {
    return {
      ...this.shared,
      source: frame.called.source,
      inPath: true,
      declare: (name, stable): Binding => ({
        kind: "register",
        register: this.registers++,
        stable: stable || !frame.assigned.has(name),
      }),
    };
  }

  private statements(
    list: readonly ast.Statement[],
    scope: Scope,
    frame: Frame,
    loops: readonly Loop[],
  ): void {
    for (const statement of list) this.statement(statement, scope, frame, loops);
  }

  private statement(node: ast.Statement, scope: Scope, frame: Frame, loops: readonly Loop[]): void {
    if (isUntil(node)) {
      this.until(node, scope, frame);
      return;
    }
    if (!spansSteps(node, loops.length > 0)) {
      this.plain(node, scope, frame);
      return;
    }
    switch (node.type) {
      case "BlockStatement":
        this.statements(node.body, new Map(scope), frame, loops);
        return;
      case "ExpressionStatement":
        this.yielding(node.expression, undefined, scope, frame);
        return;
      case "VariableDeclaration":
        this.declaration(node, scope, frame);
        return;
      case "ReturnStatement":
        this.return(node, scope, frame);
        return;
      case "IfStatement":
        this.if(node, scope, frame, loops);
        return;
      case "ForStatement":
        this.for(node, scope, frame, loops);
        return;
      case "WhileStatement":
        this.loop(node.test, undefined, node.body, new Map(scope), frame, loops);
        return;
      case "SwitchStatement":
        this.switch(node, scope, frame, loops);
        return;
      case "BreakStatement":
        this.jump(loops.at(-1)!.onBreak);
        return;
      case "ContinueStatement":
        this.jump(loops.findLast((loop) => loop.onContinue !== undefined)!.onContinue!);
        return;
      default:
        this.refuse(node, frame, outsideDialect(node));
    }
  }

  private refuse(node: ast.Node, frame: Frame, message: string): never {
    throw new PathError("PF203", message, node, frame.called.source);
  }

  private jump(to: Block): void {
    this.goto(to);
    this.current = this.block(undefined);
  }

  private plain(node: ast.Statement, scope: Scope, frame: Frame): void {
    const notes = newNotes();
    const before = this.registers;
    const text = printStatement(node, scope, notes, this.context(frame));
    // A local declared inside the statement is assigned before it is read, and gone after it.
    if (node.type !== "VariableDeclaration")
      for (const register of notes.uses) if (register >= before) notes.uses.delete(register);
    this.current.code.push(code(text, notes, isSimpleAssignment(node) ? notes.touches : new Set()));
  }

  private until(node: ast.Statement, scope: Scope, frame: Frame): void {
    const call = (node as ast.ExpressionStatement).expression as ast.CallExpression;
    if (this.current.step === undefined || this.current.code.length > 0)
      this.refuse(node, frame, "until() stands first in its step: put a yield before it.");
    const notes = newNotes();
    const test = printExpression(call.arguments[0]!, scope, notes, this.context(frame));
    this.current.code.push(code(`if(!(${test}))return 0;`, notes, new Set()));
  }

  private yielding(
    node: ast.Expression,
    result: number | undefined,
    scope: Scope,
    frame: Frame,
  ): void {
    if (node.type === "AssignmentExpression" && node.right.type === "YieldExpression") {
      const target = node.left.type === "Identifier" ? scope.get(node.left.name) : undefined;
      if (node.operator !== "=" || target?.kind !== "register")
        this.refuse(node, frame, "Assign the result of `yield*` to a local first.");
      this.yielding(node.right, target.register, scope, frame);
      return;
    }
    if (node.type !== "YieldExpression")
      this.refuse(node, frame, "A `yield*` inside an expression: assign it to a const first.");
    if (node.delegate) {
      this.inline(node, result, scope, frame);
      return;
    }
    if (node.argument?.type !== "StringLiteral")
      this.refuse(node, frame, 'A step is named: write `yield "what the step does";`.');
    const next = this.block({
      label: node.argument.value,
      path: frame.path,
      file: frame.called.source.file,
      line: node.loc?.start.line ?? 0,
    });
    this.goto(next);
    this.current = next;
  }

  private inline(
    node: ast.YieldExpression,
    result: number | undefined,
    scope: Scope,
    frame: Frame,
  ): void {
    const call = node.argument;
    const name =
      call?.type === "CallExpression" && call.callee.type === "Identifier"
        ? call.callee.name
        : undefined;
    const called = name === undefined ? undefined : this.shared.sources.functions.get(name);
    if (call?.type !== "CallExpression" || called === undefined || !called.isPath)
      this.refuse(
        node,
        frame,
        `\`yield*\` calls a path by its name; ${name ? `no path is named \`${name}\`` : "this is no call"}.`,
      );
    if (frame.stack.includes(called))
      this.refuse(
        node,
        frame,
        `\`${called.name}\` calls itself, through ${frame.stack.map((f) => f.name).join(", ")}: paths cannot recurse.`,
      );
    checkArity(call, called, this.context(frame));
    const assigned = assignedNames(called);
    const inner: Scope = new Map();
    called.parameters.forEach((parameter, i) => {
      inner.set(
        parameter,
        this.argument(call.arguments[i]!, assigned.has(parameter), scope, frame),
      );
    });
    const exit = this.block(undefined);
    const at = inner.get("at");
    const value: Value | undefined = at === undefined || at.kind === "plain" ? undefined : at;
    this.statements(
      called.body.body,
      inner,
      {
        called,
        stack: [...frame.stack, called],
        path: [...frame.path, { name: called.name, at: value }],
        assigned,
        result: result ?? this.registers++,
        exit,
      },
      [],
    );
    this.goto(exit);
    this.current = exit;
  }

  /** An argument that nobody changes is passed by name; any other is copied into a register. */
  private argument(node: ast.Node, reassigned: boolean, scope: Scope, frame: Frame): Binding {
    if (!reassigned && node.type === "Identifier") {
      const bound = scope.get(node.name);
      if (bound?.kind === "constant" || (bound?.kind === "register" && bound.stable)) return bound;
    }
    const known = reassigned
      ? undefined
      : constantValue(node, this.constants(scope), frame.called.source);
    if (known !== undefined) return { kind: "constant", value: known };
    const notes = newNotes();
    const register = this.registers++;
    const text = `L${register}=${printExpression(node, scope, notes, this.context(frame))};`;
    this.current.code.push(code(text, notes, new Set([register])));
    return { kind: "register", register, stable: !reassigned };
  }

  /** Module constants that no local hides. */
  private constants(scope: Scope): ReadonlyMap<string, number> {
    return new Map([...this.shared.sources.constants].filter(([name]) => !scope.has(name)));
  }

  private declaration(node: ast.VariableDeclaration, scope: Scope, frame: Frame): void {
    const [declared] = node.declarations;
    if (
      node.declarations.length !== 1 ||
      declared?.init?.type !== "YieldExpression" ||
      declared.id.type !== "Identifier"
    )
      this.refuse(node, frame, "Write `const name = yield* path(...);`, one at a time.");
    const bound = this.context(frame).declare(declared.id.name, node.kind === "const");
    if (bound.kind === "register") this.yielding(declared.init, bound.register, scope, frame);
    scope.set(declared.id.name, bound);
  }

  private return(node: ast.ReturnStatement, scope: Scope, frame: Frame): void {
    if (node.argument?.type === "YieldExpression")
      this.inline(node.argument, frame.result, scope, frame);
    else if (node.argument) {
      const notes = newNotes();
      const text = `L${frame.result}=${printExpression(node.argument, scope, notes, this.context(frame))};`;
      this.current.code.push(code(text, notes, new Set([frame.result])));
    }
    this.jump(frame.exit);
  }

  private branch(test: ast.Expression, yes: Block, no: Block, scope: Scope, frame: Frame): void {
    const notes = newNotes();
    const text = printExpression(test, scope, notes, this.context(frame));
    this.current.end ??= { kind: "branch", test: code(text, notes, new Set()), yes, no };
  }

  private if(node: ast.IfStatement, scope: Scope, frame: Frame, loops: readonly Loop[]): void {
    const yes = this.block(undefined);
    const no = this.block(undefined);
    const join = this.block(undefined);
    this.branch(node.test, yes, no, scope, frame);
    this.current = yes;
    this.statement(node.consequent, new Map(scope), frame, loops);
    this.goto(join);
    this.current = no;
    if (node.alternate) this.statement(node.alternate, new Map(scope), frame, loops);
    this.goto(join);
    this.current = join;
  }

  private for(node: ast.ForStatement, scope: Scope, frame: Frame, loops: readonly Loop[]): void {
    const inner: Scope = new Map(scope);
    if (node.init?.type === "VariableDeclaration") {
      const notes = newNotes();
      const text = printDeclaration(node.init, inner, notes, this.context(frame));
      this.current.code.push(code(text, notes, notes.touches));
    } else if (node.init) this.refuse(node.init, frame, "Declare the loop's counter in the for.");
    this.loop(node.test ?? undefined, node.update ?? undefined, node.body, inner, frame, loops);
  }

  private loop(
    test: ast.Expression | undefined,
    update: ast.Expression | undefined,
    body: ast.Statement,
    scope: Scope,
    frame: Frame,
    loops: readonly Loop[],
  ): void {
    const head = this.block(undefined);
    const inside = this.block(undefined);
    const after = this.block(undefined);
    const next = this.block(undefined);
    this.goto(head);
    this.current = head;
    if (test && !(test.type === "BooleanLiteral" && test.value))
      this.branch(test, inside, after, scope, frame);
    else this.goto(inside);
    this.current = inside;
    this.statement(body, new Map(scope), frame, [...loops, { onBreak: after, onContinue: next }]);
    this.goto(next);
    this.current = next;
    if (update) {
      const notes = newNotes();
      const text = `${printExpression(update, scope, notes, this.context(frame))};`;
      this.current.code.push(code(text, notes, new Set()));
    }
    this.goto(head);
    this.current = after;
  }

  /** A case never falls through into the next: its end is its break. */
  private switch(
    node: ast.SwitchStatement,
    scope: Scope,
    frame: Frame,
    loops: readonly Loop[],
  ): void {
    const after = this.block(undefined);
    const inner = [...loops, { onBreak: after, onContinue: undefined }];
    for (const one of node.cases) {
      const body = this.block(undefined);
      const rest = this.block(undefined);
      if (one.test) {
        const test: ast.BinaryExpression = {
          ...one,
          type: "BinaryExpression",
          operator: "===",
          left: node.discriminant,
          right: one.test,
        } as never;
        this.branch(test, body, rest, scope, frame);
      } else this.goto(body);
      this.current = body;
      this.statements(one.consequent, new Map(scope), frame, inner);
      this.goto(after);
      this.current = rest;
    }
    this.goto(after);
    this.current = after;
  }
}

/** The step a block leads to without doing anything, or undefined. */
function firstStep(block: Block): Block | undefined {
  let at = block;
  while (at.step === undefined && at.code.length === 0 && at.end?.kind === "goto") at = at.end.to;
  return at.step === undefined ? undefined : at;
}

function code(text: string, notes: Notes, defines: ReadonlySet<number>): Code {
  return {
    text,
    uses: notes.uses,
    defines,
    touches: new Set([...notes.touches, ...defines]),
    accesses: notes.accesses,
    calls: notes.calls,
  };
}

function isUntil(node: ast.Statement): boolean {
  const call = node.type === "ExpressionStatement" ? node.expression : undefined;
  return (
    call?.type === "CallExpression" &&
    call.callee.type === "Identifier" &&
    call.callee.name === "until"
  );
}

function isSimpleAssignment(node: ast.Statement): boolean {
  if (node.type === "VariableDeclaration") return true;
  return node.type === "ExpressionStatement" && node.expression.type === "AssignmentExpression";
}

/** Whether a statement holds a yield, or leaves the statement that holds it. */
function spansSteps(node: ast.Node, inLoop: boolean): boolean {
  if (node.type === "YieldExpression" || node.type === "ReturnStatement") return true;
  if (node.type === "BreakStatement" || node.type === "ContinueStatement") return inLoop;
  if (node.type === "SwitchStatement") return true;
  if (node.type === "ForStatement" || node.type === "WhileStatement")
    return children(node).some((child) => spansSteps(child, false));
  return children(node).some((child) => spansSteps(child, inLoop));
}

function children(node: ast.Node): ast.Node[] {
  const found: ast.Node[] = [];
  for (const [key, value] of Object.entries(node)) {
    if (key === "loc" || key.endsWith("omments")) continue;
    for (const one of Array.isArray(value) ? value : [value])
      if (one && typeof one === "object" && typeof one.type === "string") found.push(one);
  }
  return found;
}

const assignedMemo = new WeakMap<PathFunction, ReadonlySet<string>>();

/** Names assigned after their declaration anywhere in a function. */
function assignedNames(called: PathFunction): ReadonlySet<string> {
  const known = assignedMemo.get(called);
  if (known) return known;
  const names = new Set<string>();
  const visit = (node: ast.Node): void => {
    const target =
      node.type === "AssignmentExpression"
        ? node.left
        : node.type === "UpdateExpression"
          ? node.argument
          : undefined;
    if (target?.type === "Identifier") names.add(target.name);
    for (const child of children(node)) visit(child);
  };
  visit(called.body);
  assignedMemo.set(called, names);
  return names;
}
