/**
 * Which modelled kernel a real one is: a distribution's 5.10.262 is stable-5.10, where there is such
 * a kernel, and else the latest mainline kernel that is not newer.
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
  const wanted = [Number(match[1]), Number(match[2])] as const;
  const named = `${wanted[0]}.${wanted[1]}`;
  const known = kernels.map(({ name }) => name);
  const exact = [`stable-${named}`, `v${named}`].find((name) => known.includes(name));
  const older = lineage.filter((name) => known.includes(name) && !isNewer(name, wanted));
  return exact ?? older.at(-1);
}

function isNewer(name: string, [major, minor]: readonly [number, number]): boolean {
  const match = /^v(\d+)\.(\d+)/.exec(name);
  const [own, part] = [Number(match?.[1]), Number(match?.[2])];
  return own > major || (own === major && part > minor);
}
