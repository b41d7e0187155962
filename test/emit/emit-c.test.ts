import { describe, expect, test } from "vitest";
import { type EmitOptions, emitC } from "../../src/emit/c/index.ts";
import type { Actor, Test } from "../../src/litmus/ast.ts";
import { orders } from "../../src/verdict/orders.ts";
import {
  actor,
  call,
  is,
  test as litmus,
  load,
  memory,
  mprotectPin,
  page,
  register,
  store,
  vmspliceChild,
} from "./build.ts";
import { compileC, noCompiler, runProgram } from "./run-c.ts";

function emit(tests: readonly Test[], options: EmitOptions = {}) {
  return emitC(
    tests.map((one) => ({ test: one, orders: orders(one).orders })),
    options,
  );
}

function run(tests: readonly Test[], options: EmitOptions = {}, trials = 3) {
  return runProgram(compileC(emit(tests, options).source), "--trials", String(trials));
}

const pinX = call("io_uring_register", { place: "x" }, { result: "h" });
const writeThrough = call("dma_write", { handle: "h", value: 2 });
const fork = call("fork", { process: "P1" });
const lost = is(register("0:r0"), 1);

describe("the emitted text", () => {
  test("holds only what the tests use", () => {
    const { source } = emit([mprotectPin]);
    expect(source).toContain("pin_io_uring");
    expect(source).not.toContain("vmsplice");
    expect(source).not.toContain("fork_child");
    expect(source).not.toContain("waitpid(pid, NULL");
  });

  test("reads like the test", () => {
    const { source } = emit([{ ...mprotectPin, doc: "No fork at all." }]);
    const start = source.indexOf("/*\n * MPROTECT+pin\n *\n * No fork");
    expect(
      source.slice(start, source.indexOf("static const struct litmus *const tests")),
    ).toMatchSnapshot();
  });

  test("names the fixing commit and the CVE as LTP does", () => {
    const span = { start: 0, end: 0 };
    const info = [
      { key: "Fixed-by", value: "70e806e4e645", span },
      { key: "CVE", value: "CVE-2020-29374", span },
    ];
    const { source } = emit([{ ...mprotectPin, info }]);
    expect(source).toContain(" * linux-git: 70e806e4e645\n * CVE: 2020-29374\n");
  });

  test("a test that cannot be done is reported as a skip, with the reason", () => {
    const mayFail = { kind: "mayFail", span: { start: 0, end: 0 } } as const;
    const failing = litmus("FAILS", [page("x")], [actor("P0", mayFail, fork), actor("P1")], lost);
    expect(emit([failing, mprotectPin]).skips).toEqual([
      { test: "FAILS", why: "allocation failure is for the model only" },
    ]);
  });

  test("a pin that no interface gives is the module's", () => {
    const pin = call("pin", { place: "x", flags: ["WRITE", "FORCE"] }, { result: "h" });
    const forced = litmus("PIN+force", [page("x")], [actor("P0", pin)], lost);
    const { source, needs, skips } = emit([forced]);
    expect(source).toContain(
      'module_pin(handle("h"), page("x"), PINFOLD_WRITE | PINFOLD_FORCE, 1)',
    );
    expect([needs.module, skips]).toEqual([true, []]);
  });

  test("NUMA balancing's scan is sent to the page by the module", () => {
    const hint = call("numa_hint", { place: "x" }, { force: "must" });
    const kernel: Actor = { ...actor("K0", hint), role: "kernel", process: "" };
    const { source, needs, skips } = emit([
      litmus("HINT", [page("x")], [actor("P0"), kernel], lost),
    ]);
    expect(source).toContain('kernel_numa_hint("x", 0);');
    expect([needs.module, skips]).toEqual([true, []]);
  });
});

describe.skipIf(noCompiler !== undefined)(
  `on this machine's kernel${noCompiler ? ` (skipped: ${noCompiler})` : ""}`,
  () => {
    test("a pin survives mprotect, and a child's leak is closed", () => {
      const output = run([mprotectPin, vmspliceChild]);
      expect(output.text.startsWith("KTAP version 1\n1..2\n")).toBe(true);
      expect(output.cases.map((one) => [one.line, one.valuations])).toEqual([
        ["ok 1 MPROTECT+pin.o0", { "0:r0=2;": 3 }],
        ["ok 2 VMSPLICE+child.o0", { "1:r0=0;": 3 }],
      ]);
      expect(output.text).toContain("# Totals: pass:2 fail:0 xfail:0 xpass:0 skip:0 error:0");
      expect(output.exit).toBe(0);
    });

    test("red control: without the device's write its value is not seen", () => {
      const output = run([mprotectPin], { leaveOutDeviceWrite: true });
      expect(output.cases[0]!.valuations).toEqual({ "0:r0=1;": 3 });
    });

    test("--expect turns what was seen into a result", () => {
      const program = compileC(emit([mprotectPin]).source);
      expect(runProgram(program, "--expect", "never").exit).toBe(0);
      expect(runProgram(program, "--expect", "always").exit).toBe(1);
      const red = compileC(emit([mprotectPin], { leaveOutDeviceWrite: true }).source);
      expect(runProgram(red, "--expect", "never").exit).toBe(1);
    });

    test("--only runs one case", () => {
      const output = runProgram(compileC(emit([mprotectPin, vmspliceChild]).source), "--only", "2");
      expect(output.cases.map((one) => one.line)).toEqual(["ok 1 VMSPLICE+child.o0"]);
      expect(output.text).toContain("\n1..1\n");
    });

    test("every order is a case, run as written", () => {
      const race = litmus(
        "RACE",
        [page("x", "shared anon")],
        [actor("P0", fork, store("x", 1), load("r0", "x")), actor("P1", store("x", 2))],
        lost,
        [memory("x")],
      );
      const output = run([race]);
      expect(output.cases.map((one) => [one.order, one.valuations])).toEqual([
        ["P0.0 P0.1 P0.2 P1.0", { "0:r0=1; x=2;": 3 }],
        ["P0.0 P0.1 P1.0 P0.2", { "0:r0=2; x=2;": 3 }],
        ["P0.0 P1.0 P0.1 P0.2", { "0:r0=1; x=1;": 3 }],
      ]);
    });

    test("private memory is private, and each process reads its own at the end", () => {
      const cow = litmus(
        "COW",
        [page("x")],
        [actor("P0", fork, store("x", 1)), actor("P1", store("x", 2))],
        is(memory("x"), 1),
        [memory("x", "P1")],
      );
      for (const one of run([cow]).cases) expect(one.valuations).toEqual({ "x=1; P1:x=2;": 3 });
    });

    test("a process that did exit() reads nothing at the end, and can be waited for", () => {
      const gone = litmus(
        "GONE",
        [page("x")],
        [
          actor(
            "P0",
            pinX,
            fork,
            call("wait", { process: "P1" }),
            store("x", 1),
            writeThrough,
            load("r0", "x"),
          ),
          actor("P1", load("r0", "x"), call("exit")),
        ],
        lost,
        [memory("x", "P1"), register("1:r0")],
      );
      expect(run([gone]).cases[0]!.valuations).toEqual({ "0:r0=2; 1:r0=0; P1:x=-;": 3 });
    });

    test("vfork shares the memory until the child leaves", () => {
      const shares = litmus(
        "VFORK",
        [page("x")],
        [
          actor("P0", call("vfork", { process: "P1" }, { result: "r1" }), load("r0", "x")),
          actor("P1", store("x", 7), call("exit")),
        ],
        lost,
        [register("0:r1")],
      );
      expect(run([shares]).cases[0]!.valuations).toEqual({ "0:r0=7; 0:r1=0;": 3 });
    });

    test("after vfork and exec the parent goes on, the child's memory is its own", () => {
      const execs = litmus(
        "VFORK+exec",
        [page("x")],
        [
          actor(
            "P0",
            pinX,
            call("vfork", { process: "P1" }),
            store("x", 1),
            writeThrough,
            load("r0", "x"),
          ),
          actor("P1", store("x", 7), call("exec"), call("signal", { event: "done" })),
        ],
        lost,
        [memory("x", "P1")],
      );
      const output = run([execs]);
      expect(output.cases).toHaveLength(4);
      for (const one of output.cases) {
        expect([one.line.slice(0, 3), one.valuations]).toEqual(["ok ", { "0:r0=2; P1:x=-;": 3 }]);
      }
    });

    test("a registration is real or skipped, never something else", () => {
      const register_ = call("ibv_reg_mr", { place: "x", flags: ["WRITE"] }, { result: "h" });
      const rdma = litmus(
        "RDMA",
        [page("x")],
        [actor("P0", register_, store("x", 1), writeThrough, load("r0", "x"))],
        lost,
      );
      expect(emit([rdma]).needs.rdma).toBe(true);
      expect(run([rdma]).cases[0]!.line).toBe(
        "ok 1 RDMA.o0 # SKIP built without the verbs library",
      );
      expect(run([rdma]).exit).toBe(4);
    });

    test("pages are what they are declared to be, or the test is skipped with the reason", () => {
      const pages = (
        ["anon", "thp", "hugetlb", "shared anon", "shmem", "private shmem", "private file"] as const
      ).map((kind) =>
        litmus(
          `PAGE+${kind.replace(" ", "-")}`,
          [page("x", kind)],
          [actor("P0", pinX, fork, store("x", 1), writeThrough, load("r0", "x")), actor("P1")],
          lost,
        ),
      );
      const swapped = litmus(
        "PAGE+swapped",
        [page("x", "anon", ["swapped"])],
        [actor("P0", load("r0", "x"))],
        lost,
      );
      const zero = litmus("PAGE+zero", [page("x", "zero")], [actor("P0", load("r0", "x"))], lost);
      for (const one of run([...pages, swapped, zero]).cases) {
        if (one.line.includes("# SKIP")) {
          expect(one.line).toMatch(
            /cannot map x: ENOMEM|no transparent huge|did not become|not swapped out|no file/,
          );
        } else {
          expect(one.line).toMatch(/^ok /);
          expect(Object.keys(one.valuations)).toEqual([
            /zero|swapped/.test(one.name) ? "0:r0=0;" : "0:r0=2;",
          ]);
        }
      }
    });

    test("frames are compared, and a pin's frame with the process's", () => {
      const span = { start: 0, end: 0 };
      const same = {
        kind: "state",
        predicate: "same",
        operands: [memory("x"), memory("x", "P1")],
        span,
      } as const;
      const handle = {
        kind: "handle",
        handle: { name: "h", index: undefined, span },
        span,
      } as const;
      const pinned = {
        kind: "state",
        predicate: "pinned",
        operands: [handle, memory("x")],
        span,
      } as const;
      const both = { kind: "and", left: same, right: pinned } as const;
      const child = actor("P1", load("r0", "x"));
      const shared = litmus(
        "SAME",
        [page("x", "shared anon")],
        [actor("P0", pinX, fork), child],
        both,
      );
      const copied = litmus(
        "OTHER",
        [page("x")],
        [actor("P0", pinX, fork, store("x", 1)), child],
        both,
      );
      const output = run([shared, copied]);
      if (process.getuid?.() === 0) {
        expect(output.cases.flatMap((one) => Object.keys(one.valuations))).toEqual([
          "pinned(h, x)=1; same(x, P1:x)=1;",
          "pinned(h, x)=1; same(x, P1:x)=0;",
          "pinned(h, x)=1; same(x, P1:x)=0;",
        ]);
      } else {
        expect(output.cases.every((one) => one.line.includes("run as root"))).toBe(true);
      }
    });

    test("a thread shares the memory and may fork", () => {
      const thread = litmus(
        "THREAD",
        [page("x")],
        [
          actor("P0", store("x", 1)),
          actor("P0.T1", fork, load("r0", "x")),
          actor("P1", load("r0", "x")),
        ],
        is(register("P0.T1:r0"), 1),
        [register("1:r0")],
      );
      const output = run([thread]);
      expect(output.cases.length).toBe(8);
      expect(output.cases.every((one) => one.line.startsWith("ok "))).toBe(true);
      const early = output.cases.find((one) => one.order.startsWith("P0.0 P0.T1.0"))!;
      expect(early.valuations).toEqual({ "P0.T1:r0=1; 1:r0=1;": 3 });
      const late = output.cases.find((one) => one.order.startsWith("P0.T1.0 P0.0"))!;
      expect(Object.keys(late.valuations)[0]).toContain("1:r0=0;");
    });

    test("a device that belongs to no process writes through a handle of one that does", () => {
      const outside = litmus(
        "DEVICE",
        [page("x")],
        [
          actor("P0", pinX, store("x", 1)),
          actor("D0", writeThrough, call("dma_read", { handle: "h" }, { result: "r0" })),
        ],
        is(memory("x"), 1),
        [register("D0:r0")],
      );
      const byOrder = Object.fromEntries(
        run([outside]).cases.map((one) => [one.order, one.valuations]),
      );
      expect(byOrder).toEqual({
        "P0.0 P0.1 D0.0 D0.1": { "D0:r0=2; x=2;": 3 },
        "P0.0 D0.0 P0.1 D0.1": { "D0:r0=1; x=1;": 3 },
        "P0.0 D0.0 D0.1 P0.1": { "D0:r0=2; x=1;": 3 },
      });
    });

    test("a refused operation is a result of its own", () => {
      const refusals = litmus(
        "REFUSED",
        [page("x", "anon", ["readonly"])],
        [
          actor(
            "P0",
            pinX,
            call("munmap", { place: "x" }, { result: "r1" }),
            load("r0", "x"),
            call("mprotect", { place: "x", flags: ["R"] }, { result: "r2" }),
            writeThrough,
          ),
        ],
        lost,
        [
          register("0:r1"),
          register("0:r2"),
          { kind: "errno", handle: "h", span: { start: 0, end: 0 } },
        ],
      );
      const output = run([refusals]);
      expect(output.cases[0]!.valuations).toEqual({
        "0:r0=refused:EFAULT; 0:r1=0; 0:r2=ENOMEM; h.errno=EFAULT;": 3,
      });
      expect(output.text).toContain("# note P0.0 refused EFAULT; P0.4 skipped, no handle");
    });

    test("advice on fork is obeyed: not inherited, or inherited empty", () => {
      const advised = (name: string, advice: string) =>
        litmus(
          name,
          [page("x")],
          [
            actor("P0", store("x", 5), call("madvise", { place: "x", flags: [advice] }), fork),
            actor("P1", load("r0", "x")),
          ],
          is(register("1:r0"), 5),
        );
      const output = run([advised("DONTFORK", "DONTFORK"), advised("WIPE", "WIPEONFORK")]);
      expect(output.cases.map((one) => one.valuations)).toEqual([
        { "1:r0=refused:EFAULT;": 3 },
        { "1:r0=0;": 3 },
      ]);
    });

    test("what moves keeps its content, its pin and its name", () => {
      const moves = litmus(
        "MOVE",
        [page("x")],
        [
          actor(
            "P0",
            pinX,
            store("x", 1),
            call("mremap", { place: "x" }),
            writeThrough,
            load("r0", "x"),
          ),
        ],
        lost,
      );
      expect(run([moves]).cases[0]!.valuations).toEqual({ "0:r0=2;": 3 });
    });

    test("unpinned is unpinned, and one process writes into another", () => {
      const writes = litmus(
        "WRITEV",
        [page("x")],
        [
          actor(
            "P0",
            pinX,
            call("unpin", { handle: "h" }),
            writeThrough,
            fork,
            call("process_vm_writev", { process: "P1", place: "x", value: 4 }, { result: "r1" }),
            call("clear_refs", { process: "P1" }),
          ),
          actor("P1", load("r0", "x")),
        ],
        is(memory("x"), 0),
        [memory("x", "P1"), register("0:r1")],
      );
      expect(run([writes]).cases[0]!.valuations).toEqual({ "0:r1=0; x=0; P1:x=4;": 3 });
    });

    test("a statement that never ends is named, and the next test still runs", () => {
      const hangs = litmus(
        "HANG",
        [page("x")],
        [actor("P0", fork, call("wait", { process: "P1" })), actor("P1", store("x", 1))],
        lost,
      );
      // No order of the test reaches the wait(); a reader who forces it anyway must not hang.
      const forced = [
        { actor: "P0", index: 0 },
        { actor: "P0", index: 1 },
        { actor: "P1", index: 0 },
      ];
      const source = emitC([
        { test: hangs, orders: [forced] },
        { test: mprotectPin, orders: orders(mprotectPin).orders },
      ]).source.replace("#define TRIAL_SECONDS\t10", "#define TRIAL_SECONDS\t1");
      const output = runProgram(compileC(source));
      expect(output.cases.map((one) => [one.line, one.why])).toEqual([
        ["not ok 1 HANG.o0", "hang at P0.1"],
        ["ok 2 MPROTECT+pin.o0", undefined],
      ]);
      expect(output.exit).toBe(1);
    });
  },
);
