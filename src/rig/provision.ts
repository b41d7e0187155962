/**
 * Adding a rig: from the user's own Debian mirror, from .deb files, or from an image the user names.
 * Everything a later run needs is put into the cache, so that runs work offline.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { type AddOptions, note } from "./add-options.ts";
import { openApt } from "./apt.ts";
import { buildModule } from "./build-module.ts";
import { cachedFolder, contentHash, exists } from "./cache.ts";
import { fetchDebianKernel, suitesOf, type WantedKernel } from "./debian.ts";
import { hostName, hostRig } from "./host.ts";
import { installedModules } from "./installed-modules.ts";
import { extractElf, imageBuild, imageKind, imageRelease } from "./kernel-image.ts";
import { type UnpackedKernel, unpackKernel } from "./kernel-package.ts";
import type { Flavour } from "./packages.ts";
import { done, failed, type RigResult } from "./problem.ts";
import { findRig, imageFolder, type Rig, saveRig } from "./rigs.ts";
import { fetchVerbs } from "./verbs.ts";

/**
 * Adds `debian:SERIES`, `debian:SERIES-cloud`, `debian:SERIES-rt`, a .deb (several, parted by commas, when
 * image and modules lie in two) or a kernel image. Adding again fetches again: that is how a rig gets its
 * distribution's newer kernel.
 */
export async function addRig(name: string, options: AddOptions = {}): Promise<RigResult<Rig>> {
  const debian = /^debian:(\d+\.\d+)(?:-(cloud|rt))?$/.exec(name);
  if (debian !== null) {
    const flavour = (debian[2] ?? "generic") as Flavour;
    return addDebian(name, { series: debian[1] ?? "", flavour }, options);
  }
  if (/^\w+:[^/]/.test(name)) {
    return failed(
      "unknownRig",
      `${name} is no kernel that can be fetched.`,
      "Write debian:5.10, debian:6.1, debian:7.2, debian:6.1-cloud, debian:6.1-rt ..., or a file's path.",
    );
  }
  if (name.endsWith(".deb")) return addDebFiles(name, options);
  return addImage(name);
}

/** The rig of this name; one that was never added is added now. A file is always read anew. */
export async function ensureRig(name: string, options: AddOptions = {}): Promise<RigResult<Rig>> {
  if (name === hostName) return done(hostRig());
  const known = name.startsWith("debian:") ? await findRig(name) : undefined;
  if (known !== undefined && (await exists(known.kernel))) return done(known);
  return addRig(name, { ...options, offline: true });
}

async function addDebian(
  name: string,
  wanted: WantedKernel,
  options: AddOptions,
): Promise<RigResult<Rig>> {
  options.onProgress?.(`looking for Debian's kernel ${wanted.series}`);
  const fetched = await fetchDebianKernel(wanted, options.signal);
  if (!fetched.ok) return fetched;
  options.onProgress?.(`unpacking ${fetched.value.origin}`);
  const kernel = await unpackKernel(fetched.value.packages);
  if (!kernel.ok) return kernel;
  const rig = await keep(name, fetched.value.origin, kernel.value);
  // The verbs library for RDMA tests comes along, so that later runs need no network.
  const verbs = await fetchVerbs(options);
  if (!verbs.ok) note(options, `no RDMA tests: ${verbs.problem.message}`);
  if (!fetched.value.modules) {
    note(options, `the mirror serves no modules of ${rig.release}: no RDMA, no swap, no disk`);
  }
  options.onProgress?.(`building the module for ${rig.release}`);
  const { apt, origin } = fetched.value;
  const module = await buildModule(apt, origin, rig.release, options.signal);
  if (!module.ok) note(options, `no tests with the module: ${module.problem.message}`);
  return done(rig);
}

/** A Debian package from somewhere else may still have its headers on the mirror. */
async function buildModuleOf(rig: Rig, options: AddOptions): Promise<void> {
  options.onProgress?.(`building the module for ${rig.release}`);
  let problem = "no mirror serves its headers.";
  for (const suites of suitesOf(/^\d+\.\d+/.exec(rig.release)?.[0] ?? "")) {
    const apt = await openApt(suites, options.signal);
    if (!apt.ok) continue;
    const module = await buildModule(apt.value, rig.origin, rig.release, options.signal);
    if (module.ok) return;
    problem = module.problem.message;
  }
  note(options, `no tests with the module: ${problem}`);
}

async function addDebFiles(name: string, options: AddOptions): Promise<RigResult<Rig>> {
  const packages: Uint8Array[] = [];
  for (const path of name.split(",")) {
    const bytes = await readFile(path).catch(() => undefined);
    if (bytes === undefined) return unreadable(path);
    packages.push(bytes);
  }
  const kernel = await unpackKernel(packages);
  if (!kernel.ok) {
    const { problem } = kernel;
    return { ok: false, problem: { ...problem, message: `${name}: ${problem.message}` } };
  }
  const { image } = kernel.value;
  const rig = await keep(name, origins(basename(name), imageBuild(image)), kernel.value);
  if (options.offline !== true) await buildModuleOf(rig, options);
  return done(rig);
}

async function addImage(name: string): Promise<RigResult<Rig>> {
  const image = await readFile(name).catch(() => undefined);
  if (image === undefined) return unreadable(name);
  if (imageKind(image) === undefined) {
    return failed(
      "notAKernel",
      `${name} is neither a bzImage nor a vmlinux.`,
      "Name an x86-64 kernel image, e.g. arch/x86/boot/bzImage of a build, or a .deb file.",
    );
  }
  const release = imageRelease(image) ?? "";
  const modules = await installedModules(resolve(name), release);
  if (!modules.ok) return modules;
  return done(
    await keep(resolve(name), imageBuild(image) ?? "", {
      release,
      image,
      modules: modules.value,
      builtin: [],
    }),
  );
}

/** A package's name says its version, unless somebody renamed it: then the image is asked. */
function origins(file: string, build: string | undefined): string {
  const version = build?.slice("Debian ".length);
  return version === undefined || file.includes(version) ? file : `${file} ${build}`;
}

function unreadable(path: string) {
  return failed(
    "notAKernel",
    `${path} cannot be read.`,
    "Name a kernel image, a .deb file, or a Debian kernel such as debian:6.1.",
  );
}

async function keep(name: string, origin: string, kernel: UnpackedKernel): Promise<Rig> {
  const hash = contentHash(kernel.image, ...kernel.modules.map((module) => module.bytes));
  const known = await findRig(name);
  if (known?.hash === hash && known.origin === origin && (await exists(known.kernel))) return known;
  const elf = imageKind(kernel.image) === "bzImage" ? await extractElf(kernel.image) : kernel.image;
  const kind = elf === undefined ? "bzImage" : "vmlinux";
  const folder = await cachedFolder(imageFolder(hash), async (aside) => {
    await writeFile(join(aside, kind), elf ?? kernel.image);
    await mkdir(join(aside, "modules"));
    for (const module of kernel.modules) {
      await writeFile(join(aside, "modules", `${module.name}.ko`), module.bytes);
    }
  });
  const rig: Rig = {
    name,
    release: kernel.release,
    origin,
    kernel: join(folder, kind),
    kind,
    hash,
    modules: kernel.modules.map(({ name: module, depends }) => ({
      name: module,
      path: join(folder, "modules", `${module}.ko`),
      depends: [...depends],
    })),
    builtin: [...kernel.builtin],
  };
  await saveRig(rig);
  return rig;
}
