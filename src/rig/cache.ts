/**
 * Where the rig keeps what it fetched, unpacked and compiled: one folder under the user's cache
 * directory (XDG). Everything in it is named by the hash of its content or of its inputs, so a
 * half-written entry is never taken for a whole one: entries are made aside and renamed into place.
 */
import { createHash, randomBytes } from "node:crypto";
import { access, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

/** The cache folder: $XDG_CACHE_HOME/pinfold, else ~/.cache/pinfold. */
export function cacheRoot(environment: NodeJS.ProcessEnv = process.env): string {
  const base = environment.XDG_CACHE_HOME;
  return join(base !== undefined && base !== "" ? base : join(homedir(), ".cache"), "pinfold");
}

/** A short content hash over all parts, each framed by its length so that borders count. */
export function contentHash(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest("hex").slice(0, 24);
}

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Writes a file whole or not at all. */
export async function writeWhole(path: string, content: string | Uint8Array, mode = 0o644) {
  await mkdir(dirname(path), { recursive: true });
  const aside = `${path}.${randomBytes(4).toString("hex")}`;
  await writeFile(aside, content, { mode });
  await rename(aside, path);
}

/**
 * The folder for `key`, made by `fill` when it is not there yet. Two processes may fill it at once:
 * the later rename loses and its copy is dropped.
 */
export async function cachedFolder(
  path: string,
  fill: (aside: string) => Promise<void>,
): Promise<string> {
  if (await exists(path)) return path;
  const aside = `${path}.${randomBytes(4).toString("hex")}`;
  await mkdir(aside, { recursive: true });
  try {
    await fill(aside);
    await rename(aside, path);
  } catch (error) {
    await rm(aside, { recursive: true, force: true });
    if (!(await exists(path))) throw error;
  }
  return path;
}
