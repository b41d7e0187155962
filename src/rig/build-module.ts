/**
 * The guest's own kernel module, built against the headers of the rig's kernel. It is optional: a
 * machine without make, or a kernel whose headers nobody serves, runs all tests that need no module.
 */
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { moduleInterface } from "../emit/c/index.ts";
import type { AptDirectory } from "./apt.ts";
import { cachedFolder, cacheRoot, contentHash, exists } from "./cache.ts";
import { findProgram, runCommand } from "./commands.ts";
import { fetchHeaders } from "./headers.ts";
import { done, failed, type RigResult } from "./problem.ts";

/** Words of make: what this machine's compiler or libraries may lack is left out. */
const makeWords = [
  "CC=gcc",
  "CONFIG_CC_HAS_MIN_FUNCTION_ALIGNMENT=",
  "CONFIG_DEBUG_INFO_BTF_MODULES=",
  "objtool=/bin/true",
];

/** The module's source text. It lies in src beside the compiled package, too. */
export async function moduleSource(): Promise<string> {
  return readFile(fileURLToPath(new URL("../../src/rig/guest/pinfold.c", import.meta.url)), "utf8");
}

/** Where the module for a kernel lies, or will. */
async function moduleFolder(release: string, version: string): Promise<string> {
  const key = contentHash(release, version, await moduleSource(), moduleInterface);
  return join(cacheRoot(), "module", key);
}

/** The module built for this kernel earlier; undefined when there is none of the present source. */
export async function findModule(origin: string, release: string): Promise<string | undefined> {
  const path = join(await moduleFolder(release, versionOf(origin)), "pinfold.ko");
  return (await exists(path)) ? path : undefined;
}

/** "linux-image-6.1.0-56-amd64 6.1.192-2" ends in the version; a package's file name has it before the architecture. */
function versionOf(origin: string): string {
  const file = /_([^_ ]+)_\w+\.deb$/.exec(origin)?.[1];
  return file ?? origin.slice(origin.lastIndexOf(" ") + 1);
}

/** Builds the module for a kernel of this apt directory, unless it is there already. */
export async function buildModule(
  apt: AptDirectory,
  origin: string,
  release: string,
  signal?: AbortSignal,
): Promise<RigResult<string>> {
  const known = await findModule(origin, release);
  if (known !== undefined) return done(known);
  if (findProgram("make") === undefined || findProgram("gcc") === undefined) {
    return failed("noCompiler", "make is not installed.", "Install it: apt-get install make gcc");
  }
  const root = await mkdtemp(join(tmpdir(), "pinfold-module-"));
  try {
    const headers = await fetchHeaders(apt, release, versionOf(origin), root, signal);
    if (!headers.ok) return headers;
    return await make(headers.value, root, await moduleFolder(release, versionOf(origin)), signal);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function make(
  headers: string,
  root: string,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<RigResult<string>> {
  const work = join(root, "module");
  await mkdir(work);
  await writeFile(join(work, "pinfold.c"), await moduleSource());
  await writeFile(join(work, "pinfold_interface.h"), moduleInterface);
  await writeFile(join(work, "Kbuild"), "obj-m := pinfold.o\n");
  const words = ["-s", "-C", headers, `M=${work}`, ...makeWords, "modules"];
  const result = await runCommand("make", words, { signal });
  const built = join(work, "pinfold.ko");
  if (!(await exists(built))) {
    const said = result.stderr.split("\n").filter((line) => /error|\*\*\*|not found/i.test(line));
    return failed("compileFailed", `The module was not built: ${said[0] ?? result.stderr}`, "");
  }
  await cachedFolder(folder, (aside) => copyFile(built, join(aside, "pinfold.ko")));
  return done(join(folder, "pinfold.ko"));
}
