/**
 * The memory manager by hand, one operation at a time: what the mail's people do with a pen. If a
 * promise here breaks, the litmus tests' answers have no footing.
 */
import { describe, expect, test } from "vitest";
import { findKernel, kernels, withDecisions } from "../../src/kernels/index.ts";
import { createMm, type Mm } from "../../src/mm/index.ts";

const on = (kernel: string, pages: readonly string[] = ["x"]): Mm =>
  createMm(findKernel(kernel)!, { pages });

/** Whether the device's write through a pin taken before fork is lost, with the child alive. */
function losesDmaAfterFork(mm: Mm): boolean {
  const pin = mm.pin("x", { write: true, longterm: true });
  mm.fork();
  mm.write("x", 1);
  pin.dmaWrite(2);
  return mm.read("x") !== 2;
}

describe("a fresh mm", () => {
  test.each(kernels.map(({ name }) => name))(
    "%s: a declared page is written, alone, and P0's",
    (name) => {
      const mm = on(name);
      expect(mm.pte("x")).toMatchObject({ present: true, writable: true, dirty: true });
      expect(mm.page("x")).toMatchObject({ ref: 1, map: 1, pins: 0, data: 0, flags: ["anon"] });
      expect(mm.has_pinned).toBe(0);
      expect(mm.lastSteps).toEqual([]);
    },
  );

  test("maps what it is asked to", () => {
    const mm = createMm(findKernel("v6.2")!, {
      pages: [
        { name: "u", kind: "untouched" },
        { name: "z", kind: "zero" },
        { name: "s", kind: "shared anon" },
        { name: "f", kind: "file" },
        { name: "p", kind: "private file" },
      ],
    });
    expect(mm.pte("u").present).toBe(false);
    expect(mm.pte("z")).toMatchObject({ zeroPage: true, writable: false });
    expect(mm.page("z")).toBeUndefined();
    expect(mm.page("s")).toMatchObject({ ref: 2, map: 1, flags: ["page cache"] });
    expect(mm.page("f")).toMatchObject({ ref: 2, map: 1 });
    expect(mm.page("p")).toMatchObject({ ref: 1, map: 1, flags: ["anon"] });
  });

  test("refuses what no test could mean", () => {
    expect(() => createMm(findKernel("v5.9")!, { pages: ["x", "x"] })).toThrow("named x");
    expect(() => on("v5.9").read("y")).toThrow("No page is named y; there are x.");
    expect(() => createMm({ name: "half", decisions: {} }, { pages: ["x"] })).toThrow(
      "half does not decide",
    );
  });
});

describe("fork and a pin", () => {
  test.each([
    ["v5.7", true],
    ["v5.8", true],
    ["v5.9-rc4", true],
    ["v5.9-rc7", false],
    ["v5.9", false],
    ["v5.11", false],
    ["v5.19", false],
    ["v7.2", false],
  ])("%s: the device's write is lost: %s", (kernel, lost) => {
    expect(losesDmaAfterFork(on(kernel))).toBe(lost);
  });

  test("one decision is what separates them", () => {
    const off = withDecisions(findKernel("v5.11")!, "off", { "fork.copyPinned": false });
    expect(losesDmaAfterFork(createMm(off, { pages: ["x"] }))).toBe(true);
  });

  test("the pinned page stays the parent's, the child has a copy", () => {
    const mm = on("v5.11");
    mm.write("x", 7);
    const pin = mm.pin("x", { write: true });
    const child = mm.fork();
    expect(pin.page?.frame).toBe(mm.page("x")?.frame);
    expect(child.page("x")?.frame).not.toBe(mm.page("x")?.frame);
    expect(child.read("x")).toBe(7);
    expect([mm.has_pinned, child.has_pinned]).toEqual([1, 0]);
  });

  test("an unpinned page is shared, read-only on both sides, and written apart", () => {
    const mm = on("v5.11");
    const child = mm.fork();
    expect(child.page("x")?.frame).toBe(mm.page("x")?.frame);
    expect(mm.page("x")).toMatchObject({ ref: 2, map: 2 });
    expect([mm.pte("x").writable, child.pte("x").writable]).toEqual([false, false]);
    child.write("x", 5);
    expect([mm.read("x"), child.read("x")]).toEqual([0, 5]);
    expect(mm.page("x")).toMatchObject({ ref: 1, map: 1 });
  });

  test("a refused allocation fails the fork and leaves the parent as it was", () => {
    const mm = on("v5.11", ["x", "y"]);
    mm.pin("x", { write: true });
    mm.pin("y", { write: true });
    const before = mm.page("x");
    const child = mm.fork({ failAllocation: 2 });
    expect([child.alive, child.errno]).toEqual([false, "ENOMEM"]);
    expect(mm.page("x")).toEqual(before);
    expect(mm.fork().alive).toBe(true);
  });

  test("with the patch of 25 Sep 2020 a refused allocation leaves the pinned entry read-only", () => {
    const mm = on("linus-2020-09-25");
    mm.pin("x", { write: true });
    expect(mm.fork({ failAllocation: 1 }).errno).toBe("ENOMEM");
    expect(mm.pte("x").writable).toBe(false);
    const after = on("v5.9-rc7");
    after.pin("x", { write: true });
    after.fork({ failAllocation: 1 });
    expect(after.pte("x").writable).toBe(true);
  });
});

describe("pins", () => {
  test.each([
    ["v5.4", 2],
    ["v5.7", 1025],
    ["v6.12", 1025],
  ])("%s: a pinned page's ref is %d", (kernel, ref) => {
    const mm = on(kernel);
    const pin = mm.pin("x", { write: true });
    expect(pin.page).toMatchObject({ ref, map: 1, pins: 1 });
    pin.unpin();
    expect([pin.held, pin.page, mm.page("x")?.ref]).toEqual([false, undefined, 1]);
  });

  test("a pin outlives munmap and its device goes on; the process sees nothing of it", () => {
    const mm = on("v6.2");
    const pin = mm.pin("x", { write: true });
    mm.munmap("x");
    pin.dmaWrite(3);
    expect(pin.dmaRead()).toBe(3);
    expect(pin.page).toMatchObject({ map: 0, ref: 1024 });
    expect(mm.read("x")).toBeUndefined();
    expect(mm.write("x", 4)).toBe(false);
    expect(pin.dmaRead()).toBe(3);
    mm.exit();
    expect(pin.held).toBe(false);
  });

  test("it belongs to the file: a child that inherited it keeps it after the parent's exit", () => {
    const mm = on("v6.2");
    const pin = mm.pin("x", { write: true });
    const child = mm.fork();
    mm.exit();
    expect(pin.held).toBe(true);
    child.exit();
    expect(pin.held).toBe(false);
    pin.dmaWrite(4);
    expect(pin.dmaRead()).toBeUndefined();
  });

  test("the kernel refuses what the mapping forbids, and says why", () => {
    const mm = on("v6.2");
    mm.mprotect("x", "R");
    expect(mm.pin("x", { write: true }).errno).toBe("EFAULT");
    expect(mm.pin("x").errno).toBeUndefined();
    expect(on("v4.19").io_uring_register("x").errno).toBe("EINVAL");
    expect([mm.write("x", 1), mm.read("x")]).toEqual([false, 0]);
    mm.exit();
    expect(() => mm.read("x")).toThrow("P0 is not alive");
  });

  test("interfaces pin or refer as the kernel's table says", () => {
    const pins = (kernel: string): readonly (number | undefined)[] => {
      const mm = on(kernel, ["a", "b", "c", "d", "e", "f"]);
      return [
        mm.ibv_reg_mr("a", { write: true }),
        mm.io_uring_register("b"),
        mm.xdp_umem("c"),
        mm.vfio_map("d", { write: true }),
        mm.read_direct("e"),
        mm.vmsplice("f"),
      ].map((pin) => pin.page?.ref);
    };
    expect(pins("v5.4")).toEqual([2, 2, 2, 2, 2, 2]);
    expect(pins("v5.7")).toEqual([1025, 1025, 1025, 1025, 2, 2]);
    expect(pins("v6.6")).toEqual([1025, 1025, 1025, 1025, 1025, 2]);
  });
});

describe("what separates a pin from its entry", () => {
  test.each([
    ["v5.8", false],
    ["v5.9-rc4", true],
    ["v5.18", true],
    ["v5.19", false],
    ["v6.2", false],
  ])("%s: mprotect R, RW, write: the device's write is lost: %s", (kernel, lost) => {
    const mm = on(kernel);
    const pin = mm.pin("x", { write: true });
    mm.mprotect("x", "R");
    mm.mprotect("x", "RW");
    mm.write("x", 1);
    pin.dmaWrite(2);
    expect(mm.read("x") !== 2).toBe(lost);
  });

  test.each([
    ["v5.9", true],
    ["v5.11", false],
  ])("%s: clear_refs then a write loses the device's write: %s", (kernel, lost) => {
    const mm = on(kernel);
    const pin = mm.pin("x", { write: true });
    mm.clear_refs();
    mm.write("x", 1);
    pin.dmaWrite(2);
    expect(mm.read("x") !== 2).toBe(lost);
  });

  test.each(["DONTFORK", "WIPEONFORK"] as const)(
    "MADV_%s keeps a pin whole even on v5.7",
    (advice) => {
      const mm = on("v5.7");
      mm.madvise("x", advice);
      expect(losesDmaAfterFork(mm)).toBe(false);
    },
  );
});

describe("other operations", () => {
  test("exec gives a fresh mm, mremap moves the page with its entry, DONTNEED drops it", () => {
    const mm = on("v6.2", ["x", "y"]);
    mm.write("x", 3);
    const { frame } = mm.page("x")!;
    mm.mremap("x");
    expect([mm.page("x")?.frame, mm.read("x")]).toEqual([frame, 3]);
    mm.madvise("x", "DONTNEED");
    expect(mm.read("x")).toBe(0);
    const child = mm.fork();
    child.exec();
    expect(child.pte("y").present).toBe(false);
    expect(mm.page("y")).toMatchObject({ map: 1 });
  });

  test("writes from outside reach the page the target maps", () => {
    const mm = on("v6.2");
    const child = mm.fork();
    mm.process_vm_writev(child, "x", 9);
    expect([mm.read("x"), child.read("x")]).toEqual([0, 9]);
    mm.mprotect("x", "R");
    mm.proc_mem_write("x", 8);
    expect(mm.read("x")).toBe(8);
  });

  test("the fifth child needs a larger world, and is told so", () => {
    const mm = createMm(findKernel("v5.9")!, { pages: ["x"], capacity: { processes: 2 } });
    mm.fork();
    expect(() => mm.fork()).toThrow("room for 2 processes");
  });
});

describe("the steps that ran", () => {
  test("are nested as in the kernel, and say what each changed", () => {
    const mm = on("v5.11");
    mm.fork();
    const share = mm.lastSteps.find(({ label }) => label === "page_dup_rmap: map + 1")!;
    expect(share.path.slice(0, 3)).toEqual(["fork", "dup_mmap", "copy_page_range"]);
    expect(share.changes).toEqual([{ what: "page.map[1]", before: 1, after: 2 }]);
    expect(share.source).toMatch(/^src\/mm\/fork-pte\.ts:\d+$/);
  });
});
