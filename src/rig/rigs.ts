/**
 * The rigs that were added: for each a record of the image to boot, the modules that go with it and
 * where they came from. The records are small JSON files beside the images in the cache.
 */
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { cacheRoot, writeWhole } from "./cache.ts";
import { done, failed, type RigResult } from "./problem.ts";

const rigModule = z.object({
  name: z.string(),
  /** The module's file in the cache, decompressed. */
  path: z.string(),
  depends: z.array(z.string()),
});

const rigRecord = z.object({
  /** What the user calls it: "debian:6.1", or the path of the image. */
  name: z.string(),
  /** `uname -r` in the guest, "" when the image does not say. */
  release: z.string(),
  /** Package and version, e.g. "linux-image-6.1.0-56-amd64 6.1.192-2"; "" for a file. */
  origin: z.string(),
  kernel: z.string(),
  kind: z.enum(["bzImage", "vmlinux"]),
  /** The hash of the image and its modules: the folder in the cache. */
  hash: z.string(),
  /** In an order in which they load. */
  modules: z.array(rigModule),
  /** Names of what this kernel has built in, of the modules that a guest may ask for. */
  builtin: z.array(z.string()),
});

/** A real kernel that runs tests. */
export type Rig = Readonly<z.infer<typeof rigRecord>>;

/** All rigs added so far, by name. A record that no longer reads is passed over. */
export async function listRigs(): Promise<readonly Rig[]> {
  const names = await readdir(recordFolder()).catch(() => []);
  const rigs: Rig[] = [];
  for (const name of names.filter((one) => one.endsWith(".json")).sort()) {
    const rig = await readRecord(join(recordFolder(), name));
    if (rig !== undefined) rigs.push(rig);
  }
  return rigs.sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
}

/** The rig of this name, if it was added. */
export async function findRig(name: string): Promise<Rig | undefined> {
  return readRecord(recordPath(name));
}

export async function saveRig(rig: Rig): Promise<void> {
  await writeWhole(recordPath(rig.name), `${JSON.stringify(rig, undefined, 2)}\n`);
}

/** Removes a rig's record, and its image when no other rig boots it. */
export async function removeRig(name: string): Promise<RigResult<Rig>> {
  const rig = await findRig(name);
  if (rig === undefined) {
    const known = (await listRigs()).map((one) => one.name).join(", ") || "none yet";
    return failed(
      "unknownRig",
      `There is no rig ${name}; added are: ${known}.`,
      "pinfold rig list",
    );
  }
  await rm(recordPath(name));
  const others = await listRigs();
  if (!others.some((other) => other.hash === rig.hash)) {
    await rm(imageFolder(rig.hash), { recursive: true, force: true });
  }
  return done(rig);
}

/** Where the image with this hash and its modules lie. */
export function imageFolder(hash: string): string {
  return join(cacheRoot(), "images", hash);
}

async function readRecord(path: string): Promise<Rig | undefined> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return rigRecord.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function recordFolder(): string {
  return join(cacheRoot(), "rigs");
}

function recordPath(name: string): string {
  return join(recordFolder(), `${encodeURIComponent(name)}.json`);
}
