/**
 * A suite's package index (`Packages`): which packages it serves, at which version and size. The
 * index of a whole suite is 60 MB of text, so paragraphs that cannot match are skipped unread.
 */

import { readParagraph } from "./deb822.ts";
import { compareVersions } from "./debian-version.ts";

export interface ServedPackage {
  readonly name: string;
  readonly version: string;
  readonly size: number;
}

/** The packages of an index whose name the predicate accepts. */
export function readPackages(
  index: string,
  accepts: (name: string) => boolean,
): readonly ServedPackage[] {
  const found: ServedPackage[] = [];
  const start = /^Package: (.+)$/gm;
  for (let match = start.exec(index); match !== null; match = start.exec(index)) {
    const name = match[1]?.trim() ?? "";
    if (!accepts(name)) continue;
    const end = index.indexOf("\n\n", match.index);
    const fields = readParagraph(index.slice(match.index, end < 0 ? undefined : end));
    const version = fields.get("version");
    if (version === undefined) continue;
    found.push({ name, version, size: Number(fields.get("size") ?? 0) });
  }
  return found;
}

/** A kernel that a suite serves: the packages that together hold its image and its modules. */
export interface ServedKernel {
  /** What `uname -r` will say, e.g. 5.10.0-46-amd64. */
  readonly release: string;
  readonly packages: readonly ServedPackage[];
}

/** Debian's builds of one kernel: for any machine, for guests of clouds, with a preemptible core. */
export type Flavour = "generic" | "cloud" | "rt";

const kernelPackage = /^linux-(image|binary|modules)-(\d+\.\d+\S*)$/;
/** A package below this size is a meta-package that only depends on the real one. */
const smallestImage = 4_000_000;

export function isKernelPackage(name: string): boolean {
  return kernelPackage.test(name);
}

/**
 * The newest served kernel of a series ("6.1") and flavour. Up to 6.12 image and modules lie in
 * `linux-image-R`; later they are parted into `linux-binary-R` and `linux-modules-R`.
 */
export function newestKernel(
  packages: readonly ServedPackage[],
  series: string,
  flavour: Flavour,
): ServedKernel | undefined {
  const byRelease = new Map<string, ServedPackage[]>();
  for (const one of packages) {
    const release = kernelPackage.exec(one.name)?.[2];
    if (release === undefined || !belongs(release, series, flavour)) continue;
    if (one.size < smallestImage) continue;
    const versions = byRelease.get(release) ?? [];
    byRelease.set(release, [...versions.filter((other) => !supersedes(one, other)), one]);
  }
  const kernels = [...byRelease].map(([release, parts]) => ({ release, packages: parts }));
  const newest = kernels.sort((a, b) => compareVersions(versionOf(b), versionOf(a)));
  return newest.find(hasModules) ?? newest[0];
}

/** A mirror may keep an image whose modules it has given up: tests that need a device cannot run there. */
export function hasModules({ packages }: ServedKernel): boolean {
  return packages.some(({ name }) => !name.startsWith("linux-binary-"));
}

/** The series ("5.10", "6.1", ...) that an index serves, for the words of an error. */
export function servedSeries(packages: readonly ServedPackage[]): readonly string[] {
  const series = packages
    .filter((one) => one.size >= smallestImage)
    .map((one) => /^linux-\w+-(\d+\.\d+)/.exec(one.name)?.[1])
    .filter((one) => one !== undefined);
  return [...new Set(series)].sort(compareVersions);
}

function belongs(release: string, series: string, flavour: Flavour): boolean {
  if (!release.endsWith("-amd64")) return false;
  if ((/-(cloud|rt)-amd64$/.exec(release)?.[1] ?? "generic") !== flavour) return false;
  const next = release.slice(series.length, series.length + 1);
  return release.startsWith(series) && !/\d/.test(next);
}

function supersedes(one: ServedPackage, other: ServedPackage): boolean {
  return one.name === other.name && compareVersions(one.version, other.version) >= 0;
}

function versionOf(kernel: ServedKernel): string {
  return kernel.packages[0]?.version ?? "";
}
