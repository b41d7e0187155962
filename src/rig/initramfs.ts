/**
 * The guest's whole world: our init, the modules it loads, the test's program and the script that
 * tells init what to do. Nothing of the host's system is in it.
 */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type BuildOptions, compileC } from "./build.ts";
import { findModule } from "./build-module.ts";
import { type CpioEntry, writeCpio } from "./cpio.ts";
import { loadOrder } from "./modules.ts";
import { done, type RigResult } from "./problem.ts";
import type { Rig } from "./rigs.ts";

/** What a batch of tests wants of the guest. */
export interface GuestNeeds {
  readonly rdma?: boolean;
  /** zram: swap in the guest's memory. disk: a virtio disk, which uses the swap cache. */
  readonly swap?: "zram" | "disk" | undefined;
  /** A file system that has to be written back. */
  readonly files?: boolean;
  /** A network block device. */
  readonly disk?: boolean;
  /** A card behind an IOMMU. */
  readonly vfio?: boolean;
  /** Taps. */
  readonly taps?: boolean;
  /** The guest's own module, where it was built for this kernel. */
  readonly module?: boolean;
  /** Huge pages of 2 MB to reserve. */
  readonly hugetlb?: number | undefined;
  readonly memoryMb?: number | undefined;
  readonly cpus?: number | undefined;
}

const modulesFor = {
  rdma: ["crc32_generic", "dummy", "ib_uverbs", "rdma_rxe"],
  zram: ["lzo", "lzo_rle", "zram"],
  files: ["virtio_pci", "virtio_blk", "minix"],
  disk: ["virtio_pci", "virtio_blk"],
  nbd: ["nbd"],
  taps: ["tun"],
  vfio: ["vfio", "vfio_iommu_type1", "vfio_pci"],
} as const;

/** The guest's disks, sparse files here; init has a command of the name for each. */
export function disksFor({
  swap,
  files,
}: GuestNeeds): readonly { readonly name: "swap" | "files"; readonly bytes: number }[] {
  return [
    ...(swap === "disk" ? [{ name: "swap", bytes: 256 << 20 } as const] : []),
    ...(files === true ? [{ name: "files", bytes: 8 << 20 } as const] : []),
  ];
}

/** The program's place in the guest. */
export const guestProgram = "/test.bin";

/** init's script: one command a line. `runs` holds the arguments of each run of the program. */
export function guestScript(
  modules: readonly string[],
  needs: GuestNeeds,
  runs: readonly (readonly string[])[],
): string {
  const lines = modules.map((name) => `module /modules/${name}.ko`);
  if (needs.rdma === true) lines.push("rdma");
  if (needs.vfio === true) lines.push("vfio 8086 100e");
  if (needs.swap === "zram") lines.push("zram /dev/zram0 268435456");
  for (const [at, { name }] of disksFor(needs).entries()) {
    lines.push(`${name} /dev/vd${"ab"[at]}`);
  }
  if (needs.hugetlb !== undefined) lines.push(`hugepages ${needs.hugetlb}`);
  for (const words of runs) lines.push(`run ${[guestProgram, ...words].join(" ")}`);
  return `${lines.join("\n")}\n`;
}

/**
 * The names of the rig's modules that these needs call for, in load order. What a kernel lacks (a cloud
 * flavour has no soft-RoCE) its tests miss in the guest, and skip.
 */
export function neededModules(rig: Rig, needs: GuestNeeds): readonly string[] {
  const wanted: string[] = [];
  if (needs.rdma === true) wanted.push(...modulesFor.rdma);
  if (needs.swap !== undefined) wanted.push(...modulesFor[needs.swap]);
  if (needs.files === true) wanted.push(...modulesFor.files);
  if (needs.disk === true) wanted.push(...modulesFor.nbd);
  if (needs.taps === true) wanted.push(...modulesFor.taps);
  if (needs.vfio === true) wanted.push(...modulesFor.vfio);
  const byName = new Map(rig.modules.map((module) => [module.name, module.depends]));
  return loadOrder(wanted, (name) => byName.get(name));
}

/** The same needs without what only this rig's missing driver could use. */
export function servedNeeds(rig: Rig, needs: GuestNeeds): GuestNeeds {
  const drivers = [...rig.modules.map(({ name }) => name), ...rig.builtin];
  return { ...needs, vfio: needs.vfio === true && drivers.includes("vfio_pci") };
}

/** Builds the archive that boots the rig, runs the program as told and powers off. */
export async function buildInitramfs(
  rig: Rig,
  program: Uint8Array,
  needs: GuestNeeds,
  runs: readonly (readonly string[])[],
  options: BuildOptions = {},
): Promise<RigResult<Uint8Array>> {
  const init = await compileInit(options);
  if (!init.ok) return init;
  const modules = neededModules(rig, needs);
  const entries: CpioEntry[] = [
    ...["dev", "proc", "sys", "tmp", "huge", "files", "modules"].map(
      (path): CpioEntry => ({ kind: "directory", path }),
    ),
    { kind: "character device", path: "dev/console", major: 5, minor: 1 },
    { kind: "character device", path: "dev/null", major: 1, minor: 3, mode: 0o666 },
    { kind: "file", path: "init", data: init.value },
    { kind: "file", path: guestProgram, data: program },
  ];
  for (const name of modules) {
    const path = rig.modules.find((module) => module.name === name)?.path ?? "";
    entries.push({ kind: "file", path: `modules/${name}.ko`, data: await readFile(path) });
  }
  const own = needs.module === true ? await findModule(rig.origin, rig.release) : undefined;
  if (own !== undefined) {
    entries.push({ kind: "file", path: "modules/pinfold.ko", data: await readFile(own) });
  }
  const loaded = own === undefined ? modules : [...modules, "pinfold"];
  const script = new TextEncoder().encode(guestScript(loaded, needs, runs));
  entries.push({ kind: "file", path: "script", data: script });
  return done(writeCpio(entries));
}

async function compileInit(options: BuildOptions): Promise<RigResult<Uint8Array>> {
  // The C text lies in src beside the compiled package too: the same path from src/rig and dist/rig.
  const source = fileURLToPath(new URL("../../src/rig/guest/init.c", import.meta.url));
  const text = await readFile(source, "utf8");
  const built = await compileC([{ name: "init.c", text }], { signal: options.signal });
  return built.ok ? done(await readFile(built.value.path)) : built;
}
