import { describe, expect, it } from "vitest";
import { guestScript, neededModules, servedNeeds } from "../../src/rig/initramfs.ts";
import type { Rig } from "../../src/rig/rigs.ts";

const rig = (...names: readonly string[]): Rig => ({
  name: "debian:6.9",
  release: "6.9-amd64",
  origin: "linux-image-6.9-amd64 6.9-1",
  kernel: "/vmlinux",
  kind: "vmlinux",
  hash: "0",
  modules: names.map((name) => ({ name, path: `/m/${name}.ko`, depends: [] })),
  builtin: [],
});

describe("what a guest is given", () => {
  it("is a script in the order in which init must obey it", () => {
    const needs = { rdma: true, swap: "zram", hugetlb: 8 } as const;
    const runs = [
      ["--trials", "1"],
      ["--only", "3"],
    ];
    expect(guestScript(["dummy", "zram"], needs, runs).split("\n")).toEqual([
      "module /modules/dummy.ko",
      "module /modules/zram.ko",
      "rdma",
      "zram /dev/zram0 268435456",
      "hugepages 8",
      "run /test.bin --trials 1",
      "run /test.bin --only 3",
      "",
    ]);
    expect(guestScript([], {}, [[]])).toBe("run /test.bin\n");
  });

  it("has only the modules that the tests call for", () => {
    const all = rig("virtio_blk", "rdma_rxe", "dummy", "zram", "nbd", "tun");
    expect(neededModules(all, {})).toEqual([]);
    expect(neededModules(all, { swap: "disk" })).toEqual(["virtio_blk"]);
    expect(neededModules(all, { rdma: true })).toEqual(["dummy", "rdma_rxe"]);
    expect(neededModules(all, { disk: true })).toEqual(["nbd"]);
    expect(neededModules(all, { taps: true })).toEqual(["tun"]);
  });

  it("has a card behind an IOMMU only where the kernel could hand it to user space", () => {
    const modules = ["vfio", "vfio_iommu_type1", "vfio_pci"];
    expect(neededModules(rig(...modules), { vfio: true })).toEqual(modules);
    expect(guestScript([], { vfio: true }, [])).toBe("vfio 8086 100e\n");
    expect(servedNeeds(rig(...modules), { vfio: true }).vfio).toBe(true);
    expect(servedNeeds(rig("nbd"), { vfio: true }).vfio).toBe(false);
    expect(servedNeeds({ ...rig(), builtin: ["vfio_pci"] }, { vfio: true }).vfio).toBe(true);
    expect(servedNeeds(rig(...modules), {}).vfio).toBe(false);
  });

  it("leaves out what the kernel's package lacks: those tests skip in the guest", () => {
    expect(neededModules(rig("virtio_blk", "dummy"), { rdma: true })).toEqual(["dummy"]);
  });
});
