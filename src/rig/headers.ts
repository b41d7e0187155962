/**
 * What a module is built against: the distribution's headers of exactly this kernel, its build
 * scripts, and, where these are newer than this machine, the C library that they run on. All of it
 * lies in a folder of its own and is thrown away after the build.
 */
import { chmod, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type AptDirectory, downloadPackages, servedPackages } from "./apt.ts";
import { runCommand } from "./commands.ts";
import { readDeb } from "./deb.ts";
import type { ServedPackage } from "./packages.ts";
import { done, failed, type RigResult } from "./problem.ts";

/**
 * The packages for a release such as "6.1.0-56-amd64", of the version that its image has. The build scripts
 * of a whole series may be newer: the mirror keeps fewer of them.
 */
export function headerPackages(
  served: readonly ServedPackage[],
  release: string,
  version: string,
): readonly ServedPackage[] | undefined {
  const abi = release.replace(/(-cloud|-rt)?-amd64$/, "");
  const series = /^\d+\.\d+/.exec(release)?.[0] ?? "";
  const find = (...names: readonly string[]) =>
    served.find((one) => names.includes(one.name) && one.version === version);
  const scripts =
    find(`linux-kbuild-${abi}`, `linux-kbuild-${series}`) ??
    served.findLast(({ name }) => name === `linux-kbuild-${series}`);
  // Where a preemptible kernel was a patch it has sources of its own.
  const own = release.endsWith("-rt-amd64") ? find(`linux-headers-${abi}-common-rt`) : undefined;
  const common = own ?? find(`linux-headers-${abi}-common`);
  const all = [find(`linux-headers-${release}`), common, scripts];
  return all.every((one) => one !== undefined) ? all : undefined;
}

/** Fetches and unpacks the headers into `root`; returns the folder that modules are built in. */
export async function fetchHeaders(
  apt: AptDirectory,
  release: string,
  version: string,
  root: string,
  signal?: AbortSignal,
): Promise<RigResult<string>> {
  const wanted = (name: string) => /^linux-(headers|kbuild)-\d|^libc6$/.test(name);
  const served = await servedPackages(apt, wanted);
  const packages = headerPackages(served, release, version);
  if (packages === undefined) {
    return failed("notServed", `The mirror serves no headers of ${release} ${version}.`, "");
  }
  const paths = await downloadPackages(apt, packages, join(root, "packages"), signal);
  if (!paths.ok) return paths;
  for (const path of paths.value) {
    const unpacked = await unpack(path, root);
    if (!unpacked.ok) return unpacked;
  }
  const folder = join(root, "usr/src", `linux-headers-${release}`);
  await relocate(join(folder, "Makefile"), root);
  const scripts = await runnableScripts(apt, served, root, signal);
  return scripts.ok ? done(folder) : scripts;
}

async function unpack(path: string, root: string): Promise<RigResult<undefined>> {
  const deb = await readDeb(await readFile(path), () => true);
  if (!deb.ok) return deb;
  const folders = new Set([...deb.value.files.keys()].map((file) => dirname(join(root, file))));
  for (const folder of folders) await mkdir(folder, { recursive: true });
  for (const [file, bytes] of deb.value.files) {
    const tool = file.includes("/scripts/") || file.includes("/tools/") || /\bld-linux/.test(file);
    await writeFile(join(root, file), bytes, { mode: tool ? 0o755 : 0o644 });
  }
  for (const [link, target] of deb.value.links) {
    await mkdir(dirname(join(root, link)), { recursive: true });
    const to = target.startsWith("/") ? join(root, target) : target;
    await symlink(to, join(root, link)).catch(() => undefined);
  }
  return done(undefined);
}

/** The packages name each other by absolute paths. */
async function relocate(makefile: string, root: string): Promise<void> {
  const text = await readFile(makefile, "utf8");
  await writeFile(makefile, text.replaceAll("/usr/src/", `${root}/usr/src/`));
}

/** modpost of a newer suite runs on that suite's C library. */
async function runnableScripts(
  apt: AptDirectory,
  served: readonly ServedPackage[],
  root: string,
  signal: AbortSignal | undefined,
): Promise<RigResult<undefined>> {
  const library = join(root, "usr/lib");
  const kbuild = (await readdir(library)).find((name) => name.startsWith("linux-kbuild-")) ?? "";
  const modpost = join(library, kbuild, "scripts/mod/modpost");
  const tool = `${modpost}.real-lsb-64`;
  const tried = await runCommand(tool, ["--version"], { signal });
  if (!tried.stderr.includes("GLIBC_")) return done(undefined);
  const libc = served.filter((one) => one.name === "libc6").at(-1);
  if (libc === undefined) return failed("notServed", "The mirror serves no libc6.", "");
  const paths = await downloadPackages(apt, [libc], join(root, "packages"), signal);
  if (!paths.ok) return paths;
  const unpacked = await unpack(paths.value[0] ?? "", join(root, "libc"));
  if (!unpacked.ok) return unpacked;
  const folder = join(root, "libc/usr/lib/x86_64-linux-gnu");
  const loader = `${folder}/ld-linux-x86-64.so.2`;
  await chmod(loader, 0o755);
  const script = `#!/bin/sh\nexec '${loader}' --library-path '${folder}' '${tool}' "$@"\n`;
  await writeFile(modpost, script, { mode: 0o755 });
  return done(undefined);
}
