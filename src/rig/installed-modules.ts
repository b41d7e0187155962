/**
 * The modules of a kernel image that a user names: those installed for its release, in the root it
 * lies in (`make modules_install INSTALL_MOD_PATH=root` beside `root/boot/vmlinuz`) or on this machine.
 */
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { neededModules, type UnpackedModule, wantedModulePath } from "./kernel-package.ts";
import { done, type RigResult } from "./problem.ts";

/** The modules that guests may ask for, or none when none are installed for this release. */
export async function installedModules(
  image: string,
  release: string,
): Promise<RigResult<readonly UnpackedModule[]>> {
  if (release === "") return done([]);
  const roots = [dirname(image), dirname(dirname(image)), "/"];
  for (const root of new Set(roots)) {
    const files = await moduleFiles(join(root, "lib", "modules", release, "kernel"));
    if (files.size > 0) return neededModules(files);
  }
  return done([]);
}

async function moduleFiles(folder: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  const entries = await readdir(folder, { recursive: true }).catch(() => []);
  for (const entry of entries) {
    const path = join(folder, entry);
    if (wantedModulePath(path)) files.set(path, await readFile(path));
  }
  return files;
}
