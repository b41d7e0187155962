/**
 * Which modelled kernel a real one is: a distribution's 5.10.262 is stable-5.10, where there is such
 * a kernel, and else the latest that is not newer: of mainline, or named after a release as mainline's are.
 * A stable tree named after a point release is that tree up to it: 6.1.170 is stable-6.1.190. A candidate
 * (7.3~rc7) is not yet the release that it is named after.
 */
import type { KernelName } from "../../report/check-report.ts";
import type { Rig } from "../../rig/rigs.ts";

/** What a kernel says of itself: its release, and the package or the version that it comes from. */
export type NamedRelease = Pick<Rig, "release" | "origin">;

/** The modelled kernel of a release such as "5.10.0-46-amd64", or undefined for no release. */
export function kernelOfRelease(
  real: NamedRelease,
  kernels: readonly KernelName[],
  lineage: readonly string[],
): string | undefined {
  const match = /^(\d+)\.(\d+)/.exec(real.release);
  if (match === null) {
    return undefined;
  }
  const wanted: Version = [Number(match[1]), Number(match[2])];
  const series = `${wanted[0]}.${wanted[1]}`;
  const known = kernels.map(({ name }) => name);
  const exact = [olderStable(real, series, known), `stable-${series}`, `v${series}`];
  if (isCandidate(real)) exact.length = 0;
  const released = known.filter((name) => lineage.includes(name) || /^v\d+\.\d+$/.test(name));
  const older = released.filter(
    (name) => !isNewer(name, wanted) && !(isCandidate(real) && name === `v${series}`),
  );
  // Of one release the later of the list is the later kernel.
  const latest = older.reduce(
    (best, name) => (best !== undefined && isNewer(best, versionOf(name)) ? best : name),
    older[0],
  );
  return exact.find((name) => name !== undefined && known.includes(name)) ?? latest;
}

/** Whether the modelled kernel is one of this release's own series. */
export function isOfSeries(kernel: string, { release }: NamedRelease): boolean {
  const series = /^\d+\.\d+/.exec(release)?.[0];
  return new RegExp(`^(v|stable-)${series}(\\.\\d+)?$`).test(kernel);
}

function isCandidate({ release, origin }: NamedRelease): boolean {
  return /[~-]rc\d/.test(release) || /~rc\d/.test(origin);
}

/** The stable tree as it was up to the earliest known point release that is not before this one. */
function olderStable(
  real: NamedRelease,
  series: string,
  known: readonly string[],
): string | undefined {
  const point = pointRelease(real, series);
  const prefix = `stable-${series}.`;
  const points = known
    .filter((name) => name.startsWith(prefix))
    .map((name) => Number(name.slice(prefix.length)))
    .filter((last) => point !== undefined && point <= last);
  return points.length === 0 ? undefined : `${prefix}${Math.min(...points)}`;
}

/** Debian's 6.1.0-47-amd64 does not say that it is 6.1.170: its package does. */
function pointRelease({ release, origin }: NamedRelease, series: string): number | undefined {
  const place = new RegExp(`(?:^|[ _])${series.replace(".", "\\.")}\\.(\\d+)`);
  const [said, packaged] = [release, origin].map((text) => Number(place.exec(text)?.[1] ?? 0));
  return said || packaged || undefined;
}

type Version = readonly [major: number, minor: number];

function versionOf(name: string): Version {
  const match = /^v(\d+)\.(\d+)/.exec(name);
  return [Number(match?.[1]), Number(match?.[2])];
}

function isNewer(name: string, [major, minor]: Version): boolean {
  const [own, part] = versionOf(name);
  return own > major || (own === major && part > minor);
}
