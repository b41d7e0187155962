/** What every kind of `pinfold compare` begins with: tests and reports, and the kernel a rig is held to. */
import type { Rig } from "../../rig/rigs.ts";
import type { KernelShelf } from "../check/run-check.ts";
import type { FormatTarget } from "../formats.ts";
import { chooseKernels } from "../kernel-choice.ts";
import { complain, type Session } from "../session.ts";
import { isOfSeries, kernelOfRelease } from "./kernel-of-rig.ts";
import { type Prepared, prepare, type RunOptions } from "./rig-session.ts";

export interface CompareOptions extends RunOptions {
  readonly kernel?: string;
  /** The states between the statements, rather than the outcomes. */
  readonly state: boolean;
  readonly leaveOutPins: boolean;
}

/** Reads the tests, and whether there is a kernel of the name asked for; undefined when that went wrong. */
export function prepareComparison(
  given: readonly string[],
  options: CompareOptions,
  shelf: KernelShelf,
  session: Session,
  formats?: readonly FormatTarget["format"][],
): Prepared | undefined {
  const prepared = prepare(given, options, shelf, session, formats);
  const wanted = chooseKernels(options.kernel === undefined ? [] : [options.kernel], shelf.kernels);
  if (!wanted.ok) complain(session, wanted.message);
  return wanted.ok ? prepared : undefined;
}

/** The kernel asked for, or the one that the rig's release names; undefined when there is none, and told. */
export function kernelOfRig(
  rig: Pick<Rig, "name" | "release" | "origin">,
  { kernel, quiet }: Pick<CompareOptions, "kernel" | "quiet">,
  shelf: Pick<KernelShelf, "kernels" | "lineage">,
  session: Session,
): string | undefined {
  const name = kernel ?? kernelOfRelease(rig, shelf.kernels, shelf.lineage);
  if (name === undefined) {
    complain(session, `${rig.name} does not say its release; name its kernel with --kernel`);
  } else if (kernel === undefined && !isOfSeries(name, rig) && !quiet) {
    complain(session, notItsOwn(rig, name));
  }
  return name;
}

/** Where no modelled kernel is of the real one's series, a difference may be one between releases. */
export function notItsOwn(rig: Pick<Rig, "name" | "release">, kernel: string): string {
  return `${rig.name} (${rig.release}) is held to ${kernel}, which is not its own: no modelled kernel is`;
}
