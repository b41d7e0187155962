/**
 * Any test that is right, for properties: pages, a child, a thread, a device and a kernel actor, and
 * statements drawn from the table of operations.
 */
import * as fc from "fast-check";
import {
  type Actor,
  type Argument,
  type Call,
  type Declaration,
  type Operand,
  type Operation,
  operationsOf,
  type Place,
  type Proposition,
  type Statement,
  type TestFile,
} from "../../src/litmus/index.ts";

const span = { start: 0, end: 0 };

const declarations: readonly Declaration[] = [
  page("x", undefined, "anon", ["readonly"]),
  page("y", 3, "shared anon", []),
  page("z", undefined, "thp", ["swapped", "pte-mapped"]),
];

function page(
  name: string,
  count: number | undefined,
  pageKind: "anon" | "shared anon" | "thp",
  modifiers: readonly ("readonly" | "swapped" | "pte-mapped")[],
): Declaration {
  return { kind: "page", name, nameSpan: span, count, pageKind, modifiers, span };
}

const sizes = { x: 1, y: 3, z: 4 } as const;

const places = (halves: boolean): fc.Arbitrary<Place> =>
  fc.constantFrom("x" as const, "y" as const, "z" as const).chain((name) =>
    fc.record({
      name: fc.constant(name),
      index: fc.option(fc.nat(sizes[name] - 1), { nil: undefined }),
      half: halves
        ? fc.constantFrom<"lo" | "hi" | undefined>(undefined, "lo", "hi")
        : fc.constant(undefined),
      span: fc.constant(span),
    }),
  );

const values = fc.oneof(fc.nat(3), fc.nat(0xffffffff));

const handles: readonly Statement[] = ["h0", "h1"].map((result) =>
  call("pin", result, [placeArgument("z"), { kind: "flags", flags: ["WRITE"], span }], 2),
);

function placeArgument(name: string): Argument {
  return { kind: "place", place: { name, index: undefined, half: undefined, span }, span };
}

function call(
  operation: string,
  result: string | undefined,
  shown: readonly Argument[],
  times = 1,
  force?: "must" | "may",
): Call {
  return {
    kind: "call",
    force,
    result,
    resultSpan: result === undefined ? undefined : span,
    operation,
    operationSpan: span,
    arguments: shown,
    times,
    span,
  };
}

type Shape = Operation["arguments"][number];

function argumentOf(shape: Shape): fc.Arbitrary<Argument> {
  switch (shape.kind) {
    case "page":
      return places(shape.halves).map((place) => ({ kind: "place", place, span }));
    case "process":
      return fc.constant({ kind: "process", process: "P1", span });
    case "handle":
      return fc.record({
        kind: fc.constant("handle" as const),
        handle: fc.record({
          name: fc.constantFrom("h0", "h1"),
          index: fc.option(fc.nat(3), { nil: undefined }),
          span: fc.constant(span),
        }),
        span: fc.constant(span),
      });
    case "event":
      return fc.constant({ kind: "event", event: "done", span });
    case "value":
      return values.map((value) => ({ kind: "value", value, span }));
    case "flags":
      return fc
        .subarray([...shape.words], {
          minLength: 1,
          maxLength: shape.many ? shape.words.length : 1,
        })
        .map((flags) => ({ kind: "flags", flags, span }));
  }
}

/** Births, ends and handles are placed by hand: drawn at random they would be mistakes. */
const placedByHand = ["fork", "vfork", "exit", "wait", "pin", "get", "complete"];

function callOf(operation: Operation, role: Actor["role"]): fc.Arbitrary<Statement> {
  const results = operation.resultRequired ? ["r0"] : [undefined, "r1"];
  const force = role === "kernel" && operation.callers.length === 1;
  return fc
    .tuple(
      fc.constantFrom(...(operation.result === "register" ? results : [undefined])),
      fc.tuple(...operation.arguments.map(argumentOf)),
      fc.constantFrom<"must" | "may">("must", "may"),
    )
    .map(([result, shown, word]) =>
      call(operation.name, result, fittingAll(shown), 1, force ? word : undefined),
    );
}

/** Half a word has room for half of a number. */
function fitting(place: Place, value: number): number {
  return place.half === undefined ? value : value % 0x10000;
}

function fittingAll(shown: readonly Argument[]): readonly Argument[] {
  const [place] = shown.flatMap((one) => (one.kind === "place" ? [one.place] : []));
  return shown.map((one) =>
    one.kind === "value" && place !== undefined
      ? { ...one, value: fitting(place, one.value) }
      : one,
  );
}

function statementsOf(role: Actor["role"]): fc.Arbitrary<readonly Statement[]> {
  const callable = operationsOf(role).filter(({ name }) => !placedByHand.includes(name));
  const calls = callable.map((operation) => callOf(operation, role));
  const memory: fc.Arbitrary<Statement>[] = [
    fc
      .record({
        kind: fc.constant("store" as const),
        place: places(true),
        value: values,
        span: fc.constant(span),
      })
      .map((store) => ({ ...store, value: fitting(store.place, store.value) })),
    fc.record({
      kind: fc.constant("load" as const),
      register: fc.constantFrom("r0", "r1"),
      place: places(true),
      span: fc.constant(span),
    }),
  ];
  const task = role === "process" || role === "thread";
  return fc.array(fc.oneof(...calls, ...(task ? [...memory, ...memory, ...memory] : [])), {
    maxLength: 5,
  });
}

const operands: fc.Arbitrary<Operand> = fc.oneof(
  fc.constantFrom<Operand>(
    { kind: "register", actor: "P0", register: "q", span },
    { kind: "register", actor: "P0.T1", register: "q", span },
    { kind: "errno", handle: "h0", span },
  ),
  fc
    .tuple(fc.constantFrom("P0", "P1"), places(true))
    .map(([process, place]): Operand => ({ kind: "memory", process, place, span })),
  fc.tuple(fc.constantFrom("ref" as const, "map" as const), places(false)).map(
    ([measure, place]): Operand => ({
      kind: "measure",
      measure,
      of: { kind: "memory", process: "P0", place, span },
      span,
    }),
  ),
);

const memory: fc.Arbitrary<Operand> = fc
  .tuple(fc.constantFrom("P0", "P1"), places(false))
  .map(([process, place]) => ({ kind: "memory", process, place, span }));

const leaves: fc.Arbitrary<Proposition> = fc.oneof(
  fc.constantFrom<Proposition>({ kind: "true" }, { kind: "false" }),
  fc
    .tuple(
      operands,
      fc.constantFrom("=" as const, "!=" as const),
      fc.oneof(
        operands,
        values.map((value): Operand => ({ kind: "number", value, span })),
        fc.constant<Operand>({ kind: "name", name: "ENOMEM", span }),
      ),
    )
    .map(([left, operator, right]): Proposition => ({ kind: "compare", operator, left, right })),
  fc.tuple(memory, fc.constantFrom("none", "writable")).map(
    ([of, name]): Proposition => ({
      kind: "compare",
      operator: "=",
      left: { kind: "measure", measure: "PTE", of, span },
      right: { kind: "name", name, span },
    }),
  ),
  fc.tuple(memory, memory).map(
    ([left, right]): Proposition => ({
      kind: "state",
      predicate: "same",
      operands: [left, right],
      span,
    }),
  ),
  memory.map(
    (of): Proposition => ({
      kind: "state",
      predicate: "pinned",
      operands: [{ kind: "handle", handle: { name: "h1", index: undefined, span }, span }, of],
      span,
    }),
  ),
);

const { proposition } = fc.letrec<{ proposition: Proposition }>((tie) => ({
  proposition: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    leaves,
    tie("proposition").map((operand): Proposition => ({ kind: "not", operand })),
    fc
      .tuple(
        fc.constantFrom("and" as const, "or" as const, "implies" as const),
        tie("proposition"),
        tie("proposition"),
      )
      .map(([kind, left, right]): Proposition => ({ kind, left, right })),
  ),
}));

const load = (register: string): Statement => ({
  kind: "load",
  register,
  place: { name: "x", index: undefined, half: undefined, span },
  span,
});
const event = (operation: string): Statement =>
  call(operation, undefined, [{ kind: "event", event: "done", span }]);
const fork = call("fork", undefined, [{ kind: "process", process: "P1", span }]);

const actors: fc.Arbitrary<readonly Actor[]> = fc
  .tuple(
    statementsOf("process"),
    statementsOf("process"),
    statementsOf("thread"),
    statementsOf("device"),
    statementsOf("kernel"),
    fc.boolean(),
  )
  .map(([first, child, thread, device, kernel, failing]) => {
    const may: readonly Statement[] = failing ? [{ kind: "mayFail", span }] : [];
    const handle = {
      kind: "handle",
      handle: { name: "h0", index: undefined, span },
      span,
    } as const;
    const complete: readonly Statement[] = failing ? [call("complete", undefined, [handle])] : [];
    return [
      actor("P0", "process", [...handles, ...may, fork, load("q"), event("signal"), ...first]),
      actor("P1", "process", [event("await"), ...child]),
      actor("P0.T1", "thread", [load("q"), ...thread]),
      actor("D0", "device", [...complete, ...device]),
      actor("K0", "kernel", kernel),
    ];
  });

function actor(name: string, role: Actor["role"], statements: readonly Statement[]): Actor {
  return { role, name, process: name.split(".")[0]!, statements, span };
}

const words = fc.stringMatching(/^[a-z ,.:;'{}()]{0,30}$/);

/** Files without mistakes; their spans are all nowhere. */
export const files: fc.Arbitrary<TestFile> = fc.record({
  name: fc.stringMatching(/^[A-Z][A-Za-z0-9_+.-]{0,12}$/),
  nameSpan: fc.constant(span),
  doc: fc.option(words, { nil: undefined }),
  info: fc.array(
    fc.record({
      key: fc.stringMatching(/^[A-Z][a-z-]{0,6}$/),
      value: fc.stringMatching(/^[a-z0-9][a-z0-9.:/-]{0,12}$/),
      span: fc.constant(span),
    }),
    { maxLength: 2 },
  ),
  declarations: fc.constantFrom(declarations, [
    ...declarations,
    {
      kind: "matrix" as const,
      variable: "kind",
      values: [["anon"], ["swapped", "anon"], ["wiped", "around", "thp"]],
      body: [
        {
          kind: "page" as const,
          name: "w",
          nameSpan: span,
          count: 2,
          pageKind: { variable: "kind" },
          modifiers: ["readonly" as const],
          span,
        },
      ],
      span,
    },
  ]),
  actors,
  locations: fc.array(operands, { maxLength: 3 }),
  filter: fc.option(proposition, { nil: undefined }),
  condition: fc.record({
    quantifier: fc.constantFrom("exists" as const, "~exists" as const, "forall" as const),
    proposition,
    span: fc.constant(span),
  }),
  expectations: fc.array(
    fc.record({
      memory: fc.constantFrom(undefined, "weak" as const),
      range: fc.constantFrom(
        { kind: "one" as const, name: "peter-xu-v1" },
        { kind: "range" as const, from: undefined, to: "v5.8" },
        { kind: "range" as const, from: "v5.9-rc4", to: undefined },
        { kind: "range" as const, from: "v5.9-rc4", to: "v5.18" },
        { kind: "range" as const, from: undefined, to: undefined },
      ),
      verdict: fc.constantFrom("never" as const, "sometimes" as const, "always" as const),
      span: fc.constant(span),
    }),
    { maxLength: 8 },
  ),
  result: fc.constantFrom(undefined, { verdict: "never" as const, span }),
});
