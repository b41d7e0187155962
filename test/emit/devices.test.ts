/** Tests whose device is more than a ring: what is emitted for them, and that they never pretend. */
import { describe, expect, test } from "vitest";
import { type EmitOptions, emitC } from "../../src/emit/c/index.ts";
import type { Test } from "../../src/litmus/ast.ts";
import { orders } from "../../src/verdict/orders.ts";
import { actor, call, is, test as litmus, load, page, register, store } from "./build.ts";
import { compileC, noCompiler, runProgram } from "./run-c.ts";

function emit(one: Test, options: EmitOptions = {}) {
  return emitC([{ test: one, orders: orders(one).orders }], options);
}

const run = (one: Test) => runProgram(compileC(emit(one).source)).cases[0]!.line;

const fork = call("fork", { process: "P1" });
const writeThrough = call("dma_write", { handle: "h", value: 2 });
const lost = is(register("0:r0"), 1);

describe("a device", () => {
  test("a direct read waits in a guest's disk, and is no other read elsewhere", () => {
    const direct = litmus(
      "DIRECT",
      [page("x")],
      [
        actor(
          "P0",
          call("read_direct", { place: "x" }, { result: "h" }),
          fork,
          store("x", 1),
          call("complete", { handle: "h", value: 2 }),
          load("r0", "x"),
        ),
        actor("P1"),
      ],
      lost,
    );
    const { source, needs } = emit(direct);
    expect(source).toContain('call(start_read(handle("h"), page("x")));');
    expect(source).toContain('call(complete_read(handle("h"), 0, 2));');
    expect(source).toContain(".outside = { { start_disk, end_reads, NULL } },");
    expect(needs.disk).toBe(true);
    const { source: red } = emit(direct, { leaveOutDeviceWrite: true });
    expect(red).toContain('call(end_read(handle("h"), 0, NULL));');
    if (noCompiler !== undefined) return;
    expect(run(direct)).toBe(
      "ok 1 DIRECT.o0 # SKIP a network block device is set up in a guest only",
    );
  });

  test("memory mapped for a device behind an IOMMU is that, with a card to move the words", () => {
    const map = call("vfio_map", { place: "x", flags: ["WRITE"] }, { result: "h" });
    const vfio = litmus(
      "VFIO",
      [page("x")],
      [actor("P0", map, writeThrough, load("r0", "x"))],
      lost,
    );
    const { source, needs, skips } = emit(vfio);
    expect(source).toContain('call(map_dma(handle("h"), page("x"), true));');
    expect(source).toContain('call(mapping_write(handle("h"), 0, 2));');
    expect(source).toContain(".outside = { { open_vfio, end_mappings, close_mappings } },");
    expect([needs.vfio, skips]).toEqual([true, []]);
    if (noCompiler !== undefined) return;
    expect(run(vfio)).toBe("ok 1 VFIO.o0 # SKIP no device behind an IOMMU");
  });

  test("a umem is a network device's, and comes back by the last close only", () => {
    const register_ = call("xdp_umem", { place: "x" }, { result: "h" });
    const xdp = litmus(
      "XDP",
      [page("x")],
      [actor("P0", register_, writeThrough, load("r0", "x"))],
      lost,
    );
    const { source, needs, skips } = emit(xdp);
    expect(source).toContain('call(register_umem(handle("h"), page("x")));');
    expect(source).toContain('call(umem_write(handle("h"), 0, 2));');
    expect(source).toContain(".outside = { { start_wires, NULL, close_umems } },");
    expect([needs.taps, skips]).toEqual([true, []]);
    const unpin = call("unpin", { handle: "h" });
    const given = litmus("XDP+unpin", [page("x")], [actor("P0", register_, unpin)], lost);
    expect(emit(given).skips).toEqual([
      { test: "XDP+unpin", why: "a umem is given back by the last close only" },
    ]);
    if (noCompiler !== undefined) return;
    expect(run(xdp)).toBe("ok 1 XDP.o0 # SKIP network devices are made in a guest only");
  });

  test("a region does not stand for a pin that is given back: its end would mark the page dirty", () => {
    const fast = call("pin", { place: "x", flags: ["WRITE", "LONGTERM", "FAST"] }, { result: "h" });
    const kept = litmus("KEPT", [page("x")], [actor("P0", fast, writeThrough)], lost);
    const unpin = call("unpin", { handle: "h" });
    const given = litmus("GIVEN", [page("x")], [actor("P0", fast, unpin)], lost);
    expect([emit(kept).needs.rdma, emit(given).needs.rdma]).toEqual([true, false]);
  });
});
