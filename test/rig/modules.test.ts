import { describe, expect, it } from "vitest";
import { dependencyNames, loadOrder, moduleName, readModinfo } from "../../src/rig/modules.ts";
import { moduleFile } from "./module-file.ts";

describe("modules", () => {
  it("tell what they depend on", () => {
    const facts = readModinfo(moduleFile("license=GPL", "depends=ib_core,lzo-rle", "name=x"));
    expect(facts?.get("license")).toBe("GPL");
    expect(dependencyNames(facts?.get("depends"))).toEqual(["ib_core", "lzo_rle"]);
    expect(dependencyNames("")).toEqual([]);
    expect(readModinfo(new Uint8Array(200))).toBeUndefined();
  });

  it("are named alike with dashes, underscores and compression", () => {
    expect(moduleName("kernel/crypto/lzo-rle.ko.xz")).toBe("lzo_rle");
    expect(moduleName("zram.ko")).toBe("zram");
  });

  it("load after what they depend on, each once, absent ones left out", () => {
    const depends = new Map([
      ["a", ["b", "c"]],
      ["b", ["c"]],
      ["c", []],
      ["d", ["a", "absent"]],
    ]);
    expect(loadOrder(["d", "a", "missing"], (name) => depends.get(name))).toEqual([
      "c",
      "b",
      "a",
      "d",
    ]);
  });
});
