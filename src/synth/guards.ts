/**
 * Guards: the tests of a kernel's path that decide by what is known of the mapping, each a step
 * labelled "test ...", and the branch of those it turns away, labelled "there is no ...". Of each
 * guard that a kernel has and its base has not: which mappings reach it, and which it turns away.
 */
import type { Kernel } from "../kernels/index.ts";
import { mmMachine } from "../mm/index.ts";
import type { Machine } from "../step/index.ts";
import { type ReachResult, reach, reachable } from "./reach.ts";

export interface Guard {
  /** "test anon_vma" */
  readonly label: string;
  readonly reached: ReachResult;
  /** Who is turned away; undefined when no step says so. */
  readonly excluded: ReachResult | undefined;
}

export interface Guarded {
  readonly kernel: Kernel;
  readonly machine: Machine | undefined;
}

/** The guards that some mapping reaches on `mine` and none on `base`. */
export function guards(
  mine: Guarded,
  base: Guarded,
  options: { readonly interrupted?: () => boolean } = {},
): readonly Guard[] {
  const ask = ({ kernel, machine }: Guarded, label: string): ReachResult =>
    reach(kernel, label, { ...options, ...(machine === undefined ? {} : { machine }) });
  const labels = reachable(mine.machine ?? mmMachine());
  return labels
    .filter((label) => label.startsWith("test "))
    .flatMap((label): Guard[] => {
      const reached = ask(mine, label);
      if (!isReached(reached) || isReached(ask(base, label))) return [];
      const away = labels.find((one) =>
        one.startsWith(`there is no ${label.slice("test ".length)}`),
      );
      return [{ label, reached, excluded: away === undefined ? undefined : ask(mine, away) }];
    });
}

export function isReached({ mappings }: ReachResult): boolean {
  return mappings.some(({ program }) => program !== undefined);
}
