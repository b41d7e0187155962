/**
 * Which modelled kernel a real one is: a distribution's 5.10.262 is stable-5.10, where there is such
 * a kernel, and else the latest that is not newer: of mainline, or named after a release as mainline's are.
 */
import type { KernelName } from "../../report/check-report.ts";

/** The modelled kernel of a release such as "5.10.0-46-amd64", or undefined for no release. */
export function kernelOfRelease(
  release: string,
  kernels: readonly KernelName[],
  lineage: readonly string[],
): string | undefined {
  const match = /^(\d+)\.(\d+)/.exec(release);
  if (match === null) {
    return undefined;
  }
  const wanted: Version = [Number(match[1]), Number(match[2])];
  const named = `${wanted[0]}.${wanted[1]}`;
  const known = kernels.map(({ name }) => name);
  const exact = [`stable-${named}`, `v${named}`].find((name) => known.includes(name));
  const released = known.filter((name) => lineage.includes(name) || /^v\d+\.\d+$/.test(name));
  const older = released.filter((name) => !isNewer(name, wanted));
  // Of one release the later of the list is the later kernel.
  const latest = older.reduce(
    (best, name) => (best !== undefined && isNewer(best, versionOf(name)) ? best : name),
    older[0],
  );
  return exact ?? latest;
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
