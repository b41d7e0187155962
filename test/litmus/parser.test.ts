/** What the language has, is read; and read as what it is. */
import { describe, expect, it } from "vitest";
import { operations, parseFile } from "../../src/litmus/index.ts";
import { read, samples, small, withoutSpans } from "./support.ts";

function conditionOf(text: string): unknown {
  return withoutSpans(read(small("r0 = x; h = pin(x, WRITE);", text)).condition);
}

function statementOf(text: string): unknown {
  const { actors } = read(small(text));
  return withoutSpans(actors[0]!.statements[actors[0]!.statements.length - 1]);
}

describe("the sample tests", () => {
  it("are there", () => expect(samples.length).toBeGreaterThanOrEqual(8));

  it.each(samples)("reads $name without a word", ({ name, text }) => {
    const result = parseFile(text);
    expect(result.diagnostics).toEqual([]);
    expect(result.ok && result.value.name).toBe(name);
  });
});

describe("the header", () => {
  const text = 'Linux A+b[1]:c/d.e\n"one\ntwo"\nCVE=CVE-2020-29374\nSee = https://a//b // why\n';

  it("keeps name, words and info lines", () => {
    const file = read(`${text}{ }\nP0 { }\nexists (true)`);
    expect(file.name).toBe("A+b[1]:c/d.e");
    expect(file.doc).toBe("one\ntwo");
    expect(withoutSpans(file.info)).toEqual([
      { key: "CVE", value: "CVE-2020-29374" },
      { key: "See", value: "https://a//b" },
    ]);
  });

  it.each([
    ["(*\n * Result: Never\n *)", "never"],
    ["(* Result: Sometimes *)", "sometimes"],
    ["/* x\n * Result: ALWAYS DATARACE\n */", "always"],
    ["(*\n * Result: Maybe\n *)", undefined],
    ["(* The Result: Never was long disputed *)", undefined],
  ])("reads the result of %j", (comment, verdict) => {
    const file = read(`Linux T\n${comment}\n{ }\nP0 { }\nexists (true)`);
    expect(file.result?.verdict).toBe(verdict);
  });

  it("takes comments of all three kinds anywhere", () => {
    const commented = [
      "(*a*)Linux T //b",
      "/*c*/{(*d*)page/*e*/x=anon;//f",
      "}P0(*g*){x=/*h*/1;}exists(*i*)(x=1)(*j*)with(*k*)..:/*l*/never//m",
    ].join("\n");
    expect(withoutSpans(read(commented))).toEqual(
      withoutSpans(
        read("Linux T\n{ page x = anon; }\nP0 { x = 1; }\nexists (x = 1)\nwith ..: never"),
      ),
    );
  });
});

describe("declarations", () => {
  it.each([
    ["page a = anon;", { count: undefined, pageKind: "anon", modifiers: [] }],
    ["page a[4] = shared anon;", { count: 4, pageKind: "shared anon", modifiers: [] }],
    ["page a = swapped anon;", { count: undefined, pageKind: "anon", modifiers: ["swapped"] }],
    ["page a = anon swapped;", { count: undefined, pageKind: "anon", modifiers: ["swapped"] }],
    ["page a = pte-mapped thp;", { count: undefined, pageKind: "thp", modifiers: ["pte-mapped"] }],
    [
      "page a = wiped around thp;",
      { count: undefined, pageKind: "thp", modifiers: ["wiped around"] },
    ],
    [
      "page a = readonly mremapped half swapped thp;",
      {
        count: undefined,
        pageKind: "thp",
        modifiers: ["readonly", "swapped", "mremapped half"],
      },
    ],
    [
      "page a = untouched private file;",
      { count: undefined, pageKind: "private file", modifiers: ["untouched"] },
    ],
    ["page a = zero;", { count: undefined, pageKind: "zero", modifiers: [] }],
  ])("reads %s", (declaration, expected) => {
    const file = read(`Linux T\n{ ${declaration} }\nP0 { }\nexists (true)`);
    expect(withoutSpans(file.declarations[0])).toEqual({ kind: "page", name: "a", ...expected });
  });
});

describe("statements", () => {
  it.each([
    [
      "x = 0x10;",
      { kind: "store", place: { name: "x", index: undefined, half: undefined }, value: 16 },
    ],
    ["y[1].hi = 2;", { kind: "store", place: { name: "y", index: 1, half: "hi" }, value: 2 }],
    [
      "r0 = z[3];",
      { kind: "load", register: "r0", place: { name: "z", index: 3, half: undefined } },
    ],
  ])("reads %s", (text, expected) => expect(statementOf(text)).toEqual(expected));

  it.each([
    ["h = pin(x, WRITE | FAST) times 1024;", "pin", "h", 1024, ["place", "flags"]],
    ["h = get(x);", "get", "h", 1, ["place"]],
    ["h = pin(x, WRITE); h.post(2);", "post", undefined, 1, ["handle", "value"]],
    ["h = pin(x, WRITE); h.complete();", "complete", undefined, 1, ["handle"]],
    ["h = read_direct(x); complete(h, 3);", "complete", undefined, 1, ["handle", "value"]],
    ["mr = ibv_reg_mr(y, READ); r0 = dma_read(mr[1]);", "dma_read", "r0", 1, ["handle"]],
    ["madvise(x, DONTFORK);", "madvise", undefined, 1, ["place", "flags"]],
    ["r1 = munmap(x);", "munmap", "r1", 1, ["place"]],
    [
      "process_vm_writev(P0, x, 2);",
      "process_vm_writev",
      undefined,
      1,
      ["process", "place", "value"],
    ],
    ["clear_refs(P0);", "clear_refs", undefined, 1, ["process"]],
  ])("reads %s", (text, operation, result, times, kinds) => {
    const call = statementOf(text) as { arguments: { kind: string }[] };
    expect(call).toMatchObject({ kind: "call", operation, result, times });
    expect(call.arguments.map(({ kind }) => kind)).toEqual(kinds);
  });

  it("reads actors of every kind, herd's parameters too", () => {
    const file = read(
      [
        "Linux T",
        "{ page x = anon; }",
        "P0(int *x) { may fail alloc; r1 = fork(P1); wait(P1); h = pin(x); }",
        "P1() { vfork(P2); exit(); }",
        "P2 { exec(); }",
        "P0.T1 { x = 1; }",
        "D0 { dma_write(h, 1); }",
        "K0 { must reclaim(x); may ksm(x, x); }",
        "forall (true)",
      ].join("\n"),
    );
    expect(file.actors.map(({ name, role, process }) => `${name} ${role} ${process}`)).toEqual([
      "P0 process P0",
      "P1 process P1",
      "P2 process P2",
      "P0.T1 thread P0",
      "D0 device D0",
      "K0 kernel K0",
    ]);
    expect(file.actors[5]!.statements).toMatchObject([{ force: "must" }, { force: "may" }]);
  });

  it("names every operation of its table once", () => {
    const names = operations.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(operations.every(({ callers, meaning }) => callers.length > 0 && meaning !== "")).toBe(
      true,
    );
  });
});

describe("conditions", () => {
  const r0 = { kind: "register", actor: "P0", register: "r0" };
  const one = { kind: "number", value: 1 };
  const is = { kind: "compare", operator: "=", left: r0, right: one };
  const x = (process: string) => ({
    kind: "memory",
    process,
    place: { name: "x", index: undefined, half: undefined },
  });
  const h = { kind: "handle", handle: { name: "h", index: undefined } };

  it.each([
    "exists (P0:r0 = 1)",
    "exists P0:r0=1",
    "(0:r0 == 1)",
    "final (0:r0=1)",
    "exists ((0:r0 = 1))",
  ])("reads %s as exists", (text) =>
    expect(conditionOf(text)).toEqual({ quantifier: "exists", proposition: is }),
  );

  it.each(["~exists (0:r0=1)", "~ exists (0:r0 = 1)", "not exists (0:r0 = 1)"])(
    "reads %s",
    (text) => expect(conditionOf(text)).toEqual({ quantifier: "~exists", proposition: is }),
  );

  it.each(["(~(0:r0 = 1))", "(not 0:r0 = 1)", "(~0:r0 = 1)"])("reads the negation %s", (text) =>
    expect(conditionOf(text)).toMatchObject({ proposition: { kind: "not", operand: is } }),
  );

  it.each(["0:r0 != 1", "0:r0 <> 1"])("reads %s", (text) =>
    expect(conditionOf(`forall (${text})`)).toMatchObject({ proposition: { operator: "!=" } }),
  );

  it("binds as herd does: not, and, or, implies", () => {
    expect(conditionOf("exists (~true /\\ false \\/ true => false => true)")).toMatchObject({
      proposition: {
        kind: "implies",
        left: {
          kind: "or",
          left: { kind: "and", left: { kind: "not", operand: { kind: "true" } } },
          right: { kind: "true" },
        },
        right: { kind: "implies", left: { kind: "false" }, right: { kind: "true" } },
      },
    });
  });

  it.each([
    ["same(P0:x, x)", { kind: "state", predicate: "same", operands: [x("P0"), x("P0")] }],
    ["pinned(h, 0:x)", { kind: "state", predicate: "pinned", operands: [h, x("P0")] }],
    ["soft_dirty(x)", { kind: "state", predicate: "soft_dirty", operands: [x("P0")] }],
    ["uffd_wp(x)", { kind: "state", predicate: "uffd_wp", operands: [x("P0")] }],
    ["anon_exclusive(x)", { kind: "state", predicate: "anon_exclusive", operands: [x("P0")] }],
    [
      "PTE(P0:x) = writable",
      {
        kind: "compare",
        operator: "=",
        left: { kind: "measure", measure: "PTE", of: x("P0") },
        right: { kind: "name", name: "writable" },
      },
    ],
    [
      "h.errno = EFAULT",
      {
        kind: "compare",
        operator: "=",
        left: { kind: "errno", handle: "h" },
        right: { kind: "name", name: "EFAULT" },
      },
    ],
    ["[x] = 1", { kind: "compare", operator: "=", left: x("P0"), right: one }],
  ])("reads %s", (text, proposition) =>
    expect(conditionOf(`exists (${text})`)).toEqual({ quantifier: "exists", proposition }),
  );

  it.each(["locations [0:r0; x;]", "locations [P0:r0; x]", "locations [0:r0, x]"])(
    "reads %s",
    (text) => {
      const file = read(small("r0 = x;", `${text}\nfilter (x = 1)\nexists (true)`));
      expect(withoutSpans(file.locations)).toEqual([r0, x("P0")]);
      expect(file.filter).toBeDefined();
    },
  );
});

describe("expectations", () => {
  it.each([
    ["v5.9-rc4", { kind: "one", name: "v5.9-rc4" }],
    ["linus-2020-09-25", { kind: "one", name: "linus-2020-09-25" }],
    ["..v5.8", { kind: "range", from: undefined, to: "v5.8" }],
    ["v5.9-rc4..v5.18", { kind: "range", from: "v5.9-rc4", to: "v5.18" }],
    ["v5.9 ..", { kind: "range", from: "v5.9", to: undefined }],
    ["..", { kind: "range", from: undefined, to: undefined }],
  ])("reads %s", (text, range) => {
    const file = read(small("", `exists (true) with ${text}: Never;`));
    expect(withoutSpans(file.expectations)).toEqual([{ range, verdict: "never" }]);
  });

  it("reads one of weak memory order", () => {
    const file = read(small("", "exists (true) with v5.19..v6.0 weak: sometimes"));
    const range = { kind: "range", from: "v5.19", to: "v6.0" };
    expect(withoutSpans(file.expectations)).toEqual([
      { range, memory: "weak", verdict: "sometimes" },
    ]);
  });
});
