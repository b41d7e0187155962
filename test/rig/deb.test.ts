import { gzipSync } from "node:zlib";
import { packTar } from "modern-tar";
import { describe, expect, it } from "vitest";
import { readAr } from "../../src/rig/ar.ts";
import { readDeb } from "../../src/rig/deb.ts";
import { unpackKernel } from "../../src/rig/kernel-package.ts";
import { moduleFile } from "./module-file.ts";

function ar(members: readonly (readonly [string, Uint8Array])[]): Uint8Array {
  const parts: Uint8Array[] = [new TextEncoder().encode("!<arch>\n")];
  for (const [name, data] of members) {
    const header = `${name.padEnd(16)}${"0".padEnd(12)}${"0".padEnd(6)}${"0".padEnd(6)}${"100644".padEnd(8)}${String(data.length).padEnd(10)}\`\n`;
    parts.push(new TextEncoder().encode(header), data);
    if (data.length % 2 === 1) parts.push(new Uint8Array([10]));
  }
  return Buffer.concat(parts);
}

async function deb(files: Readonly<Record<string, Uint8Array | string>>): Promise<Uint8Array> {
  const entries = Object.entries(files).map(([name, content]) => {
    const body = typeof content === "string" ? new TextEncoder().encode(content) : content;
    return { header: { name: `./${name}`, size: body.length }, body };
  });
  const tar = await packTar(entries);
  return ar([
    ["debian-binary", new TextEncoder().encode("2.0\n")],
    ["control.tar.gz", new Uint8Array([1, 2, 3])],
    ["data.tar.gz", gzipSync(tar)],
  ]);
}

describe("a Debian package", () => {
  it("is an ar archive whose odd members are padded", () => {
    const members =
      readAr(
        ar([
          ["a/", new Uint8Array([1])],
          ["b", new Uint8Array([2, 3])],
        ]),
      ) ?? [];
    expect(members.map((member) => [member.name, [...member.data]])).toEqual([
      ["a", [1]],
      ["b", [2, 3]],
    ]);
    expect(readAr(new Uint8Array(100))).toBeUndefined();
  });

  it("gives the wanted files only", async () => {
    const read = await readDeb(await deb({ "etc/a": "one", "etc/b": "two" }), (path) =>
      path.endsWith("a"),
    );
    if (!read.ok) throw new Error(read.problem.message);
    expect([...read.value.files.keys()]).toEqual(["etc/a"]);
    expect(new TextDecoder().decode(read.value.files.get("etc/a"))).toBe("one");
  });

  it("says so when it is none, or damaged", async () => {
    const none = await readDeb(new TextEncoder().encode("not a package at all"), () => true);
    expect(none).toMatchObject({ ok: false, problem: { code: "PF607" } });
    const whole = await deb({ "etc/a": "x".repeat(100_000) });
    const cut = await readDeb(whole.subarray(0, whole.length - 40), () => true);
    expect(cut).toMatchObject({ ok: false, problem: { code: "PF607" } });
  });

  it("with a kernel gives the image and the needed modules in load order", async () => {
    const folder = "lib/modules/6.9.1-amd64";
    const bytes = await deb({
      "boot/vmlinuz-6.9.1-amd64": "image",
      [`${folder}/modules.builtin`]: "kernel/drivers/virtio/virtio_pci.ko\nkernel/lib/other.ko\n",
      [`${folder}/kernel/drivers/infiniband/sw/rxe/rdma_rxe.ko`]: moduleFile("depends=ib-core,crc"),
      [`${folder}/kernel/drivers/infiniband/core/ib_core.ko`]: moduleFile("depends="),
      [`${folder}/kernel/lib/crc.ko`]: moduleFile("depends=ib_core"),
      [`${folder}/kernel/lib/unrelated.ko`]: moduleFile("depends="),
    });
    const kernel = await unpackKernel([bytes]);
    if (!kernel.ok) throw new Error(kernel.problem.message);
    expect(kernel.value.release).toBe("6.9.1-amd64");
    expect(kernel.value.modules.map((module) => module.name)).toEqual([
      "ib_core",
      "crc",
      "rdma_rxe",
    ]);
    expect(kernel.value.builtin).toEqual(["virtio_pci"]);
  });

  it("without an image names the package to take instead", async () => {
    const kernel = await unpackKernel([await deb({ "usr/share/doc/readme": "meta" })]);
    expect(kernel).toMatchObject({ ok: false, problem: { code: "PF607" } });
  });
});
