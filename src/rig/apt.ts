/**
 * apt with a directory of its own: the user's mirror, keys, proxies and settings, but private lists
 * and cache, so that the system's are untouched and no root is needed. apt checks the signatures and
 * the hashes of what it fetches.
 */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { cacheRoot, contentHash } from "./cache.ts";
import { type CommandResult, findProgram, runCommand } from "./commands.ts";
import { readPackages, type ServedPackage } from "./packages.ts";
import { done, failed, interrupted, type RigResult } from "./problem.ts";
import { type AptSource, type DebianMirror, debianMirror, readMachineSources } from "./sources.ts";

/** A private apt directory that follows some suites of the user's mirror. */
export interface AptDirectory {
  readonly path: string;
  readonly suites: readonly string[];
}

/** Makes the directory for these suites and fetches their indexes. */
export async function openApt(
  suites: readonly string[],
  signal?: AbortSignal,
): Promise<RigResult<AptDirectory>> {
  if (findProgram("apt-get") === undefined) {
    return failed(
      "noMirror",
      "apt-get is not installed, so there is no Debian mirror to ask.",
      "Name a kernel image or a linux-image .deb file instead: pinfold rig add ./vmlinuz",
    );
  }
  const mirror = debianMirror(await readMachineSources());
  if (mirror === undefined) {
    return failed(
      "noMirror",
      "apt's sources name no Debian archive.",
      "Add one to /etc/apt/sources.list.d, or name a kernel image or a linux-image .deb file.",
    );
  }
  const path = join(cacheRoot(), "apt", contentHash(mirror.archive.uri, ...suites));
  await writeDirectory(path, suites, mirror);
  const update = await updateLists(path, signal);
  if (signal?.aborted === true) return interrupted();
  // A mirror may lack one suite of several: what it has is enough if the package is in it.
  if ((await readdir(join(path, "lists"))).some((name) => name.endsWith("_Packages"))) {
    return done({ path, suites });
  }
  return failed(
    "aptFailed",
    `apt-get update fetched no index of ${suites.join(", ")}: ${errorLines(update.stderr)}`,
    "Check the network and that the mirror in apt's sources serves this suite.",
  );
}

/** Another pinfold may be at the same directory: apt locks it, and we wait for our turn. */
async function updateLists(path: string, signal: AbortSignal | undefined): Promise<CommandResult> {
  for (let patience = 60; ; patience--) {
    const result = await runCommand("apt-get", [...options(path), "update"], aptOptions(signal));
    const locked = result.stderr.includes("Could not get lock");
    if (!locked || patience === 0 || signal?.aborted === true) return result;
    await setTimeout(1000);
  }
}

/** What the directory's suites serve, for the names that the predicate accepts. */
export async function servedPackages(
  directory: AptDirectory,
  accepts: (name: string) => boolean,
): Promise<readonly ServedPackage[]> {
  const lists = join(directory.path, "lists");
  const found: ServedPackage[] = [];
  for (const name of await readdir(lists)) {
    if (!name.endsWith("_Packages")) continue;
    found.push(...readPackages(await readFile(join(lists, name), "latin1"), accepts));
  }
  return found;
}

/** Downloads packages into `folder`; the paths of the .deb files, in the order asked for. */
export async function downloadPackages(
  directory: AptDirectory,
  packages: readonly { readonly name: string; readonly version: string }[],
  folder: string,
  signal?: AbortSignal,
): Promise<RigResult<readonly string[]>> {
  await mkdir(folder, { recursive: true });
  const wanted = packages.map((one) => `${one.name}=${one.version}`);
  const words = [...options(directory.path), "download", ...wanted];
  const result = await runCommand("apt-get", words, { ...aptOptions(signal), cwd: folder });
  if (signal?.aborted === true) return interrupted();
  const files = await readdir(folder);
  const paths = packages.map((one) => files.find((file) => file.startsWith(`${one.name}_`)));
  if (result.status !== 0 || paths.includes(undefined)) {
    return failed(
      "aptFailed",
      `apt-get could not download ${wanted.join(" ")}: ${errorLines(result.stderr)}`,
      "Check the network, then run the same command again.",
    );
  }
  return done(paths.map((file) => join(folder, file as string)));
}

async function writeDirectory(path: string, suites: readonly string[], mirror: DebianMirror) {
  for (const folder of ["lists/partial", "cache/archives/partial", "sources.list.d"]) {
    await mkdir(join(path, folder), { recursive: true });
  }
  await writeFile(join(path, "status"), "");
  const paragraphs = suites.map((suite) =>
    paragraph(suite.endsWith("-security") ? mirror.security : mirror.archive, suite),
  );
  await writeFile(join(path, "sources.list.d", "pinfold.sources"), paragraphs.join("\n"));
}

function paragraph(source: AptSource, suite: string): string {
  const carried = [...source.options]
    .map(([name, value]) => `${name}: ${indent(value)}\n`)
    .join("");
  return (
    `Types: deb\nURIs: ${source.uri}\nSuites: ${suite}\nComponents: main\n` +
    `Architectures: amd64\n${carried}`
  );
}

function indent(value: string): string {
  return value.replaceAll("\n", "\n ");
}

function options(path: string): string[] {
  const settings = [
    "Dir::Etc::SourceList=/dev/null",
    `Dir::Etc::SourceParts=${join(path, "sources.list.d")}`,
    `Dir::State::Lists=${join(path, "lists")}`,
    `Dir::State::status=${join(path, "status")}`,
    `Dir::Cache=${join(path, "cache")}`,
    "APT::Architecture=amd64",
    "Acquire::Languages=none",
    "Acquire::GzipIndexes=false",
    // apt run by root drops to a user who may not write below root's home.
    `APT::Sandbox::User=${userInfo().username}`,
  ];
  return ["-q", ...settings.flatMap((setting) => ["-o", setting])];
}

function aptOptions(signal: AbortSignal | undefined) {
  return { signal, environment: { ...process.env, LC_ALL: "C" } };
}

function errorLines(stderr: string): string {
  const lines = stderr.split("\n").filter((line) => /^[EW]:/.test(line));
  return lines.slice(-3).join(" ") || stderr.trim().split("\n").at(-1) || "no reason given";
}
