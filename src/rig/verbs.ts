/**
 * The verbs library, static and with the soft-RoCE provider inside, so that a guest of three files
 * can make a real `ibv_reg_mr`. It is fetched like a kernel and stays in the cache: nothing is
 * installed on the machine.
 */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { AddOptions } from "./add-options.ts";
import { downloadPackages, openApt, servedPackages } from "./apt.ts";
import { cachedFolder, cacheRoot, exists } from "./cache.ts";
import { readDeb } from "./deb.ts";
import { compareVersions } from "./debian-version.ts";
import { done, failed, type RigResult } from "./problem.ts";

const packageNames = ["libibverbs-dev", "libnl-3-dev", "libnl-route-3-dev"];
/** One release for every rig: the library's system interface is stable over all of them. */
const suite = "bookworm";

/** Compiler words that make a static program with verbs. */
export interface VerbsLibrary {
  readonly compile: readonly string[];
  readonly link: readonly string[];
}

/** The library from the cache, fetched when it is not there yet. */
export async function fetchVerbs(options: AddOptions = {}): Promise<RigResult<VerbsLibrary>> {
  const folder = join(cacheRoot(), "verbs", suite);
  if (!(await exists(folder))) {
    options.onProgress?.("fetching the RDMA verbs library");
    const filled = await fill(folder, options.signal);
    if (!filled.ok) return filled;
  }
  return libraryIn(folder);
}

async function fill(folder: string, signal: AbortSignal | undefined): Promise<RigResult<string>> {
  const apt = await openApt([suite], signal);
  if (!apt.ok) return apt;
  const served = await servedPackages(apt.value, (name) => packageNames.includes(name));
  const newest = [...served].sort((a, b) => compareVersions(b.version, a.version));
  const wanted = packageNames.map((name) => newest.find((one) => one.name === name));
  if (wanted.includes(undefined)) {
    return failed("notServed", `The mirror's ${suite} lacks ${packageNames.join(", ")}.`, "");
  }
  const downloads = await mkdtemp(join(tmpdir(), "pinfold-verbs-"));
  try {
    const packages = wanted.filter((one) => one !== undefined);
    const paths = await downloadPackages(apt.value, packages, downloads, signal);
    if (!paths.ok) return paths;
    return done(await cachedFolder(folder, (aside) => unpackInto(aside, paths.value)));
  } finally {
    await rm(downloads, { recursive: true, force: true });
  }
}

async function unpackInto(folder: string, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const deb = await readDeb(await readFile(path), (file) => /\.(h|a)$/.test(file));
    if (!deb.ok) throw new Error(deb.problem.message);
    for (const [file, bytes] of deb.value.files) {
      // Old packages split libraries between /lib and /usr/lib; the compiler needs one folder.
      const target = file.endsWith(".a") ? join("lib", file.slice(file.lastIndexOf("/"))) : file;
      await mkdir(dirname(join(folder, target)), { recursive: true });
      await writeFile(join(folder, target), bytes);
    }
  }
}

async function libraryIn(folder: string): Promise<RigResult<VerbsLibrary>> {
  const libraries = await readdir(join(folder, "lib")).catch(() => []);
  const provider = libraries.map((file) => /^lib(rxe-rdmav\d+)\.a$/.exec(file)?.[1]).find(Boolean);
  if (provider === undefined) {
    return failed(
      "notServed",
      "The verbs library has no static soft-RoCE provider.",
      `Remove ${folder} and run the command again.`,
    );
  }
  return done({
    compile: ["-DRDMA_STATIC_PROVIDERS=rxe", `-I${join(folder, "usr/include")}`],
    link: [
      `-L${join(folder, "lib")}`,
      "-Wl,--start-group",
      "-libverbs",
      `-l${provider}`,
      "-lnl-route-3",
      "-lnl-3",
      "-Wl,--end-group",
      "-lpthread",
    ],
  });
}
