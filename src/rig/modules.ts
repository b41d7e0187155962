/**
 * Kernel modules: which are needed, and in which order to load them. A guest has no modprobe, so
 * the order is worked out here from each module's own `depends=`.
 */
import { readElfSection } from "./elf-section.ts";

/** What the guests of this rig may use; a kernel that has one built in, or lacks it, simply skips it. */
export const wantedModules = [
  "crc32_generic",
  "dummy",
  "ib_uverbs",
  "rdma_rxe",
  "lzo",
  "lzo_rle",
  "zram",
  "virtio_pci",
  "virtio_blk",
  "minix",
  "nbd",
  "tun",
  "vfio",
  "vfio_iommu_type1",
  "vfio_pci",
] as const;

/** Reads a module's `.modinfo`: strings `key=value` ended by zero bytes. */
export function readModinfo(bytes: Uint8Array): ReadonlyMap<string, string> | undefined {
  const section = readElfSection(bytes, ".modinfo");
  if (section === undefined) return undefined;
  const facts = new Map<string, string>();
  for (const entry of new TextDecoder("latin1").decode(section).split("\0")) {
    const equals = entry.indexOf("=");
    if (equals > 0 && !facts.has(entry.slice(0, equals))) {
      facts.set(entry.slice(0, equals), entry.slice(equals + 1));
    }
  }
  return facts;
}

/** The names in a `depends=` value, with the kernel's spelling. */
export function dependencyNames(value: string | undefined): readonly string[] {
  return (value ?? "")
    .split(",")
    .map((name) => moduleName(name.trim()))
    .filter((name) => name !== "");
}

/** A module's name from its file: dashes and underscores are one to the kernel. */
export function moduleName(path: string): string {
  const file = path.slice(path.lastIndexOf("/") + 1);
  return file.replace(/\.ko(\.(xz|gz|zst))?$/, "").replaceAll("-", "_");
}

/** The wanted modules and all they depend on, each after what it depends on. Absent ones are left out. */
export function loadOrder(
  wanted: readonly string[],
  dependsOf: (name: string) => readonly string[] | undefined,
): readonly string[] {
  const order: string[] = [];
  const visited = new Set<string>();
  const visit = (name: string) => {
    if (visited.has(name)) return;
    visited.add(name);
    const depends = dependsOf(name);
    if (depends === undefined) return;
    for (const dependency of depends) visit(dependency);
    order.push(name);
  };
  for (const name of wanted) visit(name);
  return order;
}
