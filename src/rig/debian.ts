/**
 * A Debian kernel as a rig. The generic flavour is taken unless the cloud or the preemptible one is asked
 * for: it has soft-RoCE, so that one download serves every test.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AptDirectory, downloadPackages, openApt, servedPackages } from "./apt.ts";
import { compareVersions } from "./debian-version.ts";
import {
  type Flavour,
  hasModules,
  isKernelPackage,
  newestKernel,
  type ServedKernel,
  servedSeries,
} from "./packages.ts";
import { done, failed, type RigProblem, type RigResult, rigProblemCodes } from "./problem.ts";

/** The suites that carry a kernel series, the likeliest first. */
const suitesBySeries: ReadonlyMap<string, readonly (readonly string[])[]> = new Map([
  ["4.19", [["buster", "buster-security"]]],
  ["5.10", [["bullseye", "bullseye-security"]]],
  ["6.1", [["bookworm", "bookworm-security"]]],
  ["6.12", [["trixie", "trixie-security"], ["bookworm-backports"]]],
  ["7.2", [["sid"], ["trixie-backports"]]],
  // A candidate before the release, then the release: whichever is newer.
  ["7.3", [["sid", "experimental", "trixie-backports"]]],
]);

/** Where a series not named above may have gone: newest first. */
const otherSuites = [["sid"], ["experimental"], ["trixie-backports"], ["bookworm-backports"]];

/** Where to look for a kernel of a series, one directory of suites after the other. */
export function suitesOf(series: string): readonly (readonly string[])[] {
  return suitesBySeries.get(series) ?? otherSuites;
}

export interface WantedKernel {
  /** "6.1" */
  readonly series: string;
  readonly flavour: Flavour;
}

export interface FetchedKernel {
  readonly release: string;
  /** "linux-image-6.1.0-56-amd64 6.1.192-2" */
  readonly origin: string;
  /** Where it was found: its headers are there, too. */
  readonly apt: AptDirectory;
  /** The bytes of its packages. */
  readonly packages: readonly Uint8Array[];
  /** Whether the modules are among them. */
  readonly modules: boolean;
}

/** Fetches the newest kernel of a series from the user's mirror. */
export async function fetchDebianKernel(
  { series, flavour }: WantedKernel,
  signal?: AbortSignal,
): Promise<RigResult<FetchedKernel>> {
  const seen = new Set<string>();
  let lastProblem: RigProblem | undefined;
  for (const suites of suitesOf(series)) {
    const apt = await openApt(suites, signal);
    if (!apt.ok) {
      const { noMirror, interrupted } = rigProblemCodes;
      if (apt.problem.code === noMirror || apt.problem.code === interrupted) return apt;
      lastProblem = apt.problem;
      continue;
    }
    const packages = await servedPackages(apt.value, isKernelPackage);
    const kernel = newestKernel(packages, series, flavour);
    if (kernel !== undefined) return download(apt.value, kernel, signal);
    for (const one of servedSeries(packages)) seen.add(one);
  }
  // A mirror that could not be asked is not a mirror that lacks the kernel.
  if (lastProblem !== undefined && seen.size === 0) return { ok: false, problem: lastProblem };
  const known = [...new Set([...suitesBySeries.keys(), ...seen])].sort(compareVersions);
  return failed(
    "notServed",
    `The mirror serves no Debian kernel ${series}.`,
    `Write one of: ${known.map((one) => `debian:${one}`).join(" ")}, or name a .deb or an image.`,
  );
}

async function download(
  apt: AptDirectory,
  kernel: ServedKernel,
  signal: AbortSignal | undefined,
): Promise<RigResult<FetchedKernel>> {
  const folder = await mkdtemp(join(tmpdir(), "pinfold-deb-"));
  try {
    const paths = await downloadPackages(apt, kernel.packages, folder, signal);
    if (!paths.ok) return paths;
    const packages = await Promise.all(paths.value.map((path) => readFile(path)));
    const image = kernel.packages.find((one) => !one.name.startsWith("linux-modules-"));
    const origin = `${image?.name} ${image?.version}`;
    return done({ release: kernel.release, origin, apt, packages, modules: hasModules(kernel) });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
