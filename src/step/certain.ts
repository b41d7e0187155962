/**
 * Compiled code followed without knowing the state: where a value can only be one of a few numbers it is
 * computed with, a branch whose test is certain is taken alone, and where nothing is certain all ways
 * are followed and joined. More is followed than can happen, never less.
 */
import type * as ast from "@babel/types";

/** The functions of a compiled module, by name. */
export type CompiledFunctions = ReadonlyMap<string, ast.FunctionDeclaration>;

/** The few numbers that a value can be, ascending; undefined: any number. */
export type Few = readonly number[] | undefined;

const fewMax = 8;

/** What is known at a place: locals by name, cells of the actor by number, the step to come. */
interface Place {
  readonly locals: Map<string, Few>;
  readonly cells: Map<number, Few>;
  next: number;
}

/** A step is reached, with what is known of the actor's cells. */
type Arrive = (step: number, cells: ReadonlyMap<number, Few>) => void;

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
  private readonly results = new Map<string, Few>();
  private readonly assigned = new WeakMap<ast.Node, readonly string[]>();

  constructor(functions: CompiledFunctions, table: ArrayLike<number>, zero: ReadonlySet<number>) {
    this.functions = functions;
    this.table = table;
    this.zero = zero;
  }

  /** Follows step `number` from `cells` to every step that may come next. */
  step(number: number, cells: ReadonlyMap<number, Few>, arrive: Arrive): void {
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
          assign(at.locals, nameOf(one.id), one.init ? this.value(one.init, at) : zeroAlone);
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
    const truth = truthOf(test);
    if (truth !== undefined)
      return truth ? this.statement(node.consequent, at, context) : otherwise(at);
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
    if (node.test && truthOf(this.value(node.test, at)) === false) return at;
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
      const block = from.locals.get("B")![0]!;
      const before = known.get(block);
      const joined = before === undefined ? from : join(before, from)!;
      if (before !== undefined && isSame(joined, before)) return;
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

  private value(node: ast.Expression | ast.PrivateName, at: Place): Few {
    switch (node.type) {
      case "NumericLiteral":
        return [node.value];
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

  private logical({ operator, left, right }: ast.LogicalExpression, at: Place): Few {
    const first = this.value(left, at);
    const truth = truthOf(first);
    if (truth === (operator === "||")) return first;
    const second = this.value(right, at);
    if (truth !== undefined) return second;
    return union(
      first?.filter((one) => (one !== 0) === (operator === "||")),
      second,
      operator === "&&",
    );
  }

  private conditional(node: ast.ConditionalExpression, at: Place): Few {
    const truth = truthOf(this.value(node.test, at));
    if (truth !== undefined) return this.value(truth ? node.consequent : node.alternate, at);
    return union(this.value(node.consequent, at), this.value(node.alternate, at));
  }

  private read(node: ast.MemberExpression, at: Place): Few {
    const { field, cell } = this.placeOf(node, at);
    if (cell !== undefined) return at.cells.get(cell);
    return field !== undefined && this.zero.has(field) ? zeroAlone : undefined;
  }

  private assignment(node: ast.AssignmentExpression, at: Place): Few {
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
    else if (field === undefined) at.next = given?.[0] ?? 0;
    else if (operator !== "" || truthOf(given) !== false) this.written.add(field);
    return operator === "" ? given : undefined;
  }

  private update(node: ast.UpdateExpression, at: Place): Few {
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

  private call(node: ast.CallExpression, at: Place): Few {
    const name = nameOf(node.callee);
    const given = node.arguments as ast.Expression[];
    if (name === "load") {
      at.next = 0;
      return undefined;
    }
    if (name === "ask") return [this.ask((given[0] as ast.NumericLiteral).value)];
    const values = given.slice(2).map((one) => this.value(one, at));
    return name === "start" ? zeroAlone : this.function(name, values);
  }

  private ask(place: number): number {
    this.asked.add(place);
    return this.table[place]!;
  }

  private function(name: string, values: readonly Few[]): Few {
    const key = `${name} ${values.map((one) => one?.join()).join(" ")}`;
    if (this.results.has(key)) return this.results.get(key);
    const { params, body } = this.functions.get(name)!;
    const at: Place = { locals: new Map(), cells: new Map(), next: 0 };
    params.slice(2).forEach((one, i) => {
      assign(at.locals, nameOf(one), values[i]);
    });
    const returned: Few[] = [];
    const end = this.statement(body, at, {
      onReturn: (value, from) => returned.push(value ? this.value(value, from) : zeroAlone),
    });
    if (end !== undefined) returned.push(zeroAlone);
    const result = returned.reduce((one, other) => union(one, other));
    this.results.set(key, result);
    return result;
  }
}

function nameOf(node: ast.Node): string {
  return (node as ast.Identifier).name;
}

const zeroAlone: Few = [0];

/** Whether the value is surely not 0, surely 0, or neither. */
function truthOf(value: Few): boolean | undefined {
  if (value === undefined) return undefined;
  if (!value.includes(0)) return true;
  return value.length === 1 ? false : undefined;
}

/** Any number of either; where one is unknown but can only be 0 (`orZero`), 0 and the other's. */
function union(one: Few, other: Few, orZero = false): Few {
  if (other === undefined || (one === undefined && !orZero)) return undefined;
  const all = [...new Set([...(one ?? [0]), ...other])];
  return all.length > fewMax ? undefined : all.sort((a, b) => a - b);
}

function assign<K>(to: Map<K, Few>, key: K, value: Few): void {
  if (value === undefined) to.delete(key);
  else to.set(key, value);
}

function copyOf({ locals, cells, next }: Place): Place {
  return { locals: new Map(locals), cells: new Map(cells), next };
}

function isSame(one: Place, other: Place): boolean {
  return isSameMap(one.locals, other.locals) && isSameMap(one.cells, other.cells);
}

export function isSameMap<K>(one: ReadonlyMap<K, Few>, other: ReadonlyMap<K, Few>): boolean {
  if (one.size !== other.size) return false;
  return [...one].every(([key, few]) => few?.length === other.get(key)?.length);
}

/** What is known on both ways. */
function join(one: Place | undefined, other: Place | undefined): Place | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  const { locals, cells, next } = one;
  return { locals: joinMaps(locals, other.locals), cells: joinMaps(cells, other.cells), next };
}

export function joinMaps<K>(one: ReadonlyMap<K, Few>, other: ReadonlyMap<K, Few>): Map<K, Few> {
  const joined = new Map<K, Few>();
  for (const [key, few] of one) if (other.has(key)) assign(joined, key, union(few, other.get(key)));
  return joined;
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

function unary(operator: string, value: Few): Few {
  const truth = truthOf(value);
  if (operator === "!") return truth === undefined ? [0, 1] : [truth ? 0 : 1];
  return few(value?.map((one) => (operator === "~" ? ~one : -one)));
}

function few(values: readonly number[] | undefined): Few {
  return values && union(values, []);
}

const comparisons = new Set(["===", "!==", "<", ">", "<=", ">="]);

const operators: Readonly<Record<string, (a: number, b: number) => number>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
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

function binary(operator: string, left: Few, right: Few): Few {
  if (operator === "&" && (truthOf(left) === false || truthOf(right) === false)) return zeroAlone;
  if (left === undefined || right === undefined)
    return comparisons.has(operator) ? [0, 1] : undefined;
  const compute = operators[operator];
  return compute && few(left.flatMap((a) => right.map((b) => compute(a, b))));
}
