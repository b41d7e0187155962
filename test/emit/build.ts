/** Tests as data, written by hand: these floors are tested without the parser. */
import type {
  Actor,
  Argument,
  Call,
  Operand,
  PageDeclaration,
  PageKind,
  PageModifier,
  Place,
  Proposition,
  Statement,
  Test,
} from "../../src/litmus/ast.ts";

const span = { start: 0, end: 0 };

export function place(name: string, index?: number): Place {
  return { name, index, half: undefined, span };
}

export function page(
  name: string,
  pageKind: PageKind = "anon",
  modifiers: readonly PageModifier[] = [],
  count?: number,
): PageDeclaration {
  return { kind: "page", name, nameSpan: span, count, pageKind, modifiers, span };
}

export function store(name: string, value: number): Statement {
  return { kind: "store", place: place(name), value, span };
}

export function load(register: string, name: string): Statement {
  return { kind: "load", register, place: place(name), span };
}

/** `call("fork", { process: "P1" }, { result: "r1" })` */
export function call(
  operation: string,
  given: {
    readonly handle?: string;
    readonly place?: string;
    readonly process?: string;
    readonly event?: string;
    readonly flags?: readonly string[];
    readonly value?: number;
  } = {},
  more: { readonly result?: string; readonly force?: "must" | "may"; readonly times?: number } = {},
): Call {
  const list: Argument[] = [];
  if (given.handle !== undefined) {
    list.push({ kind: "handle", handle: { name: given.handle, index: undefined, span }, span });
  }
  if (given.process !== undefined) list.push({ kind: "process", process: given.process, span });
  if (given.place !== undefined) list.push({ kind: "place", place: place(given.place), span });
  if (given.event !== undefined) list.push({ kind: "event", event: given.event, span });
  if (given.flags !== undefined) list.push({ kind: "flags", flags: given.flags, span });
  if (given.value !== undefined) list.push({ kind: "value", value: given.value, span });
  return {
    kind: "call",
    force: more.force,
    result: more.result,
    resultSpan: undefined,
    operation,
    operationSpan: span,
    arguments: list,
    times: more.times ?? 1,
    span,
  };
}

export function actor(name: string, ...statements: readonly Statement[]): Actor {
  const role = name.startsWith("D")
    ? "device"
    : name.startsWith("K")
      ? "kernel"
      : name.includes(".")
        ? "thread"
        : "process";
  return { role, name, process: name.split(".")[0]!, statements, span };
}

/** `register("0:r0")`, `register("P0.T1:r0")` */
export function register(text: string): Operand {
  const [owner, name] = text.split(":") as [string, string];
  return { kind: "register", actor: /^\d/.test(owner) ? `P${owner}` : owner, register: name, span };
}

export function memory(name: string, process = "P0"): Operand {
  return { kind: "memory", process, place: place(name), span };
}

export function is(left: Operand, value: number | string): Proposition {
  const right: Operand =
    typeof value === "number"
      ? { kind: "number", value, span }
      : { kind: "name", name: value, span };
  return { kind: "compare", operator: "=", left, right };
}

export function test(
  name: string,
  declarations: readonly PageDeclaration[],
  actors: readonly Actor[],
  proposition: Proposition,
  locations: readonly Operand[] = [],
): Test {
  return {
    name,
    nameSpan: span,
    doc: undefined,
    info: [],
    declarations,
    actors,
    locations,
    filter: undefined,
    condition: { quantifier: "exists", proposition, span },
    expectations: [],
    result: undefined,
  };
}

export const mprotectPin = test(
  "MPROTECT+pin",
  [page("x")],
  [
    actor(
      "P0",
      call("io_uring_register", { place: "x" }, { result: "h" }),
      call("mprotect", { place: "x", flags: ["R"] }),
      call("mprotect", { place: "x", flags: ["RW"] }),
      store("x", 1),
      call("dma_write", { handle: "h", value: 2 }),
      load("r0", "x"),
    ),
  ],
  is(register("0:r0"), 1),
);

export const vmspliceChild = test(
  "VMSPLICE+child",
  [page("x")],
  [
    actor(
      "P0",
      call("fork", { process: "P1" }),
      call("await", { event: "gone" }),
      store("x", 1),
      call("signal", { event: "written" }),
    ),
    actor(
      "P1",
      call("vmsplice", { place: "x" }, { result: "h" }),
      call("munmap", { place: "x" }),
      call("signal", { event: "gone" }),
      call("await", { event: "written" }),
      call("dma_read", { handle: "h" }, { result: "r0" }),
    ),
  ],
  is(register("1:r0"), 1),
);
