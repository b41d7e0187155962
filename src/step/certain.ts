/**
 * Compiled code followed without knowing the state: numbers that are certain are computed with, a
 * branch whose test is certain is taken alone, and where nothing is certain all ways are followed and
 * joined. More is followed than can happen, never less.
 */
import type * as ast from "@babel/types";

/** The functions of a compiled module, by name. */
export type CompiledFunctions = ReadonlyMap<string, ast.FunctionDeclaration>;

/** Undefined: any number. */
type Certain = number | undefined;

/** What is certain at a place: locals by name, cells of the actor by number, the step to come. */
interface Place {
  readonly locals: Map<string, number>;
  readonly cells: Map<number, number>;
  next: number;
}

/** A step is reached, with the cells that are certain. */
type Arrive = (step: number, cells: ReadonlyMap<number, number>) => void;

/** Where a function's ends and jumps go. */
interface Context {
  readonly onReturn: (value: ast.Expression | null | undefined, at: Place) => void;
  /** Undefined in a loop that counts: what it assigns is given up beforehand. */
  readonly onContinue?: ((at: Place) => void) | undefined;
}

export class CertainCode {
  /** Places of the kernel's table that were read, and fields that were written with more than 0. */
  readonly asked = new Set<number>();
  readonly written = new Set<number>();
  private readonly functions: CompiledFunctions;
  private readonly table: ArrayLike<number>;
  private readonly zero: ReadonlySet<number>;
  private readonly results = new Map<string, Certain>();
  private readonly assigned = new WeakMap<ast.Node, readonly string[]>();

  constructor(functions: CompiledFunctions, table: ArrayLike<number>, zero: ReadonlySet<number>) {
    this.functions = functions;
    this.table = table;
    this.zero = zero;
  }

  /** Follows step `number` from `cells` to every step that may come next. */
  step(number: number, cells: ReadonlyMap<number, number>, arrive: Arrive): void {
    const at: Place = { locals: new Map(), cells: new Map(cells), next: 0 };
    this.statement(this.functions.get(`s${number}`)!.body, at, {
      onReturn: (value, end) => {
        if (value?.type !== "NumericLiteral" && end.next !== 0) arrive(end.next, end.cells);
      },
    });
  }

  // --- statements: what is certain after them, or undefined when no way goes on ---

  private statement(node: ast.Statement, at: Place, context: Context): Place | undefined {
    switch (node.type) {
      case "BlockStatement":
        return this.statements(node.body, at, context);
      case "ExpressionStatement":
        this.value(node.expression, at);
        return at;
      case "VariableDeclaration":
        for (const one of node.declarations)
          assign(at.locals, nameOf(one.id), one.init ? this.value(one.init, at) : 0);
        return at;
      case "IfStatement":
        return this.if(node, at, context);
      case "ForStatement":
        return this.for(node, at, context);
      case "WhileStatement":
        return this.loop(node, at, context);
      case "ReturnStatement":
        context.onReturn(node.argument, at);
        return undefined;
      case "ContinueStatement":
        context.onContinue?.(at);
        return undefined;
      case "BreakStatement":
        return undefined;
      case "EmptyStatement":
        return at;
      default:
        throw new Error(`A compiled step has no ${node.type} here.`);
    }
  }

  private statements(
    list: readonly ast.Statement[],
    at: Place,
    context: Context,
  ): Place | undefined {
    let now: Place | undefined = at;
    for (const one of list) {
      if (now === undefined) return undefined;
      now = this.statement(one, now, context);
    }
    return now;
  }

  private if(node: ast.IfStatement, at: Place, context: Context): Place | undefined {
    const test = this.value(node.test, at);
    const otherwise = (from: Place): Place | undefined =>
      node.alternate ? this.statement(node.alternate, from, context) : from;
    if (test !== undefined)
      return test !== 0 ? this.statement(node.consequent, at, context) : otherwise(at);
    const no = copyOf(at);
    return join(this.statement(node.consequent, at, context), otherwise(no));
  }

  /** A step's switch over its blocks, or a loop that counts. */
  private for(node: ast.ForStatement, at: Place, context: Context): Place | undefined {
    if (node.body.type === "SwitchStatement") {
      this.blocks(node, node.body, at, context);
      return undefined;
    }
    if (node.init?.type === "VariableDeclaration") this.statement(node.init, at, context);
    return this.loop(node, at, context);
  }

  /** What a loop assigns is not certain in it, nor after it. */
  private loop(
    node: ast.ForStatement | ast.WhileStatement,
    at: Place,
    { onReturn }: Context,
  ): Place | undefined {
    for (const name of this.assignedIn(node)) at.locals.delete(name);
    const test = node.test ? this.value(node.test, at) : 1;
    if (test === 0) return at;
    this.statement(node.body, copyOf(at), { onReturn });
    if (node.type === "ForStatement" && node.update) this.value(node.update, copyOf(at));
    return at;
  }

  private blocks(
    { init }: ast.ForStatement,
    { cases }: ast.SwitchStatement,
    at: Place,
    context: Context,
  ): void {
    const [declared] = (init as ast.VariableDeclaration).declarations;
    const known = new Map<number, Place>();
    const queue = [(declared!.init as ast.NumericLiteral).value];
    known.set(queue[0]!, at);
    const onContinue = (from: Place): void => {
      const block = from.locals.get("B")!;
      const before = known.get(block);
      const joined = before === undefined ? from : join(before, from)!;
      if (before !== undefined && sizeOf(joined) === sizeOf(before)) return;
      known.set(block, copyOf(joined));
      queue.push(block);
    };
    const bodies = new Map(cases.map((one) => [(one.test as ast.NumericLiteral).value, one]));
    for (const block of queue)
      this.statements(bodies.get(block)!.consequent, copyOf(known.get(block)!), {
        onReturn: context.onReturn,
        onContinue,
      });
  }

  private assignedIn(node: ast.Node): readonly string[] {
    let names = this.assigned.get(node);
    if (names === undefined) {
      names = assignedNames(node);
      this.assigned.set(node, names);
    }
    return names;
  }

  // --- expressions ---

  private value(node: ast.Expression | ast.PrivateName, at: Place): Certain {
    switch (node.type) {
      case "NumericLiteral":
        return node.value;
      case "Identifier":
        return at.locals.get(node.name);
      case "ParenthesizedExpression":
        return this.value(node.expression, at);
      case "UnaryExpression":
        return unary(node.operator, this.value(node.argument, at));
      case "BinaryExpression":
        return binary(node.operator, this.value(node.left, at), this.value(node.right, at));
      case "LogicalExpression":
        return this.logical(node, at);
      case "ConditionalExpression":
        return this.conditional(node, at);
      case "MemberExpression":
        return this.read(node, at);
      case "AssignmentExpression":
        return this.assignment(node, at);
      case "UpdateExpression":
        return this.update(node, at);
      case "SequenceExpression":
        for (const one of node.expressions) this.value(one, at);
        return undefined;
      case "CallExpression":
        return this.call(node, at);
      default:
        throw new Error(`A compiled step has no ${node.type} here.`);
    }
  }

  private logical({ operator, left, right }: ast.LogicalExpression, at: Place): Certain {
    const first = this.value(left, at);
    const stops = operator === "&&" ? first === 0 : first !== undefined && first !== 0;
    if (stops) return first;
    const second = this.value(right, at);
    if (first !== undefined) return second;
    return operator === "&&" && second === 0 ? 0 : undefined;
  }

  private conditional(node: ast.ConditionalExpression, at: Place): Certain {
    const test = this.value(node.test, at);
    if (test !== undefined) return this.value(test !== 0 ? node.consequent : node.alternate, at);
    const yes = this.value(node.consequent, at);
    const no = this.value(node.alternate, at);
    return yes === no ? yes : undefined;
  }

  private read(node: ast.MemberExpression, at: Place): Certain {
    const { field, cell } = this.placeOf(node, at);
    if (cell !== undefined) return at.cells.get(cell);
    return field !== undefined && this.zero.has(field) ? 0 : undefined;
  }

  private assignment(node: ast.AssignmentExpression, at: Place): Certain {
    const given = this.value(node.right, at);
    const operator = node.operator.slice(0, -1);
    if (node.left.type === "Identifier") {
      const { name } = node.left;
      const value = operator === "" ? given : binary(operator, at.locals.get(name), given);
      assign(at.locals, name, value);
      return value;
    }
    const { field, cell } = this.placeOf(node.left as ast.MemberExpression, at);
    if (cell !== undefined) assign(at.cells, cell, given);
    else if (field === undefined) at.next = given ?? 0;
    else if (operator !== "" || given !== 0) this.written.add(field);
    return operator === "" ? given : undefined;
  }

  private update(node: ast.UpdateExpression, at: Place): Certain {
    if (node.argument.type === "Identifier") {
      at.locals.delete(node.argument.name);
      return undefined;
    }
    const { field } = this.placeOf(node.argument as ast.MemberExpression, at);
    if (field !== undefined) this.written.add(field);
    return undefined;
  }

  /** A cell of the actor, a field of the state, or, with neither, the program counter. */
  private placeOf(
    { property }: ast.MemberExpression,
    at: Place,
  ): { readonly field?: number; readonly cell?: number } {
    if (property.type !== "BinaryExpression") return {};
    const base = nameOf(property.left);
    if (base === "b") return { cell: (property.right as ast.NumericLiteral).value };
    this.value(property.right, at);
    return { field: Number(base.slice(1)) };
  }

  private call(node: ast.CallExpression, at: Place): Certain {
    const name = nameOf(node.callee);
    const given = node.arguments as ast.Expression[];
    if (name === "load") {
      at.next = 0;
      return undefined;
    }
    if (name === "ask") return this.ask((given[0] as ast.NumericLiteral).value);
    const values = given.slice(2).map((one) => this.value(one, at));
    return name === "start" ? 0 : this.function(name, values);
  }

  private ask(place: number): number {
    this.asked.add(place);
    return this.table[place]!;
  }

  private function(name: string, values: readonly Certain[]): Certain {
    const key = `${name} ${values.join(" ")}`;
    if (this.results.has(key)) return this.results.get(key);
    const { params, body } = this.functions.get(name)!;
    const at: Place = { locals: new Map(), cells: new Map(), next: 0 };
    params.slice(2).forEach((one, i) => {
      assign(at.locals, nameOf(one), values[i]);
    });
    const returned: Certain[] = [];
    const end = this.statement(body, at, {
      onReturn: (value, from) => returned.push(value ? this.value(value, from) : 0),
    });
    if (end !== undefined) returned.push(0);
    const result = returned.every((one) => one === returned[0]) ? returned[0] : undefined;
    this.results.set(key, result);
    return result;
  }
}

function nameOf(node: ast.Node): string {
  return (node as ast.Identifier).name;
}

function assign<K>(to: Map<K, number>, key: K, value: Certain): void {
  if (value === undefined) to.delete(key);
  else to.set(key, value);
}

function copyOf({ locals, cells, next }: Place): Place {
  return { locals: new Map(locals), cells: new Map(cells), next };
}

const sizeOf = ({ locals, cells }: Place): number => locals.size + cells.size;

/** What is certain on both ways. */
function join(one: Place | undefined, other: Place | undefined): Place | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  const { locals, cells, next } = one;
  return { locals: common(locals, other.locals), cells: common(cells, other.cells), next };
}

export function common<K>(one: ReadonlyMap<K, number>, other: ReadonlyMap<K, number>) {
  return new Map([...one].filter(([key, value]) => other.get(key) === value));
}

function assignedNames(node: ast.Node): readonly string[] {
  const names: string[] = [];
  const visit = (one: ast.Node): void => {
    if (one.type === "AssignmentExpression") names.push(nameOf(one.left));
    if (one.type === "UpdateExpression") names.push(nameOf(one.argument));
    for (const child of Object.values(one))
      for (const each of Array.isArray(child) ? child : [child])
        if (each && typeof each === "object" && typeof each.type === "string") visit(each);
  };
  visit(node);
  return names;
}

function unary(operator: string, value: Certain): Certain {
  if (value === undefined) return undefined;
  if (operator === "!") return value === 0 ? 1 : 0;
  return operator === "~" ? ~value : -value;
}

const operators: Readonly<Record<string, (a: number, b: number) => number>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "%": (a, b) => a % b,
  "|": (a, b) => a | b,
  "&": (a, b) => a & b,
  "^": (a, b) => a ^ b,
  "<<": (a, b) => a << b,
  ">>": (a, b) => a >> b,
  ">>>": (a, b) => a >>> b,
  "===": (a, b) => Number(a === b),
  "!==": (a, b) => Number(a !== b),
  "<": (a, b) => Number(a < b),
  ">": (a, b) => Number(a > b),
  "<=": (a, b) => Number(a <= b),
  ">=": (a, b) => Number(a >= b),
};

function binary(operator: string, left: Certain, right: Certain): Certain {
  if (operator === "&" && (left === 0 || right === 0)) return 0;
  if (left === undefined || right === undefined) return undefined;
  const compute = operators[operator];
  return compute === undefined ? undefined : compute(left, right);
}
