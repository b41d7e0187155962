/** What every kind of `pinfold compare` begins with: tests and reports, and the kernel a rig is held to. */
import type { Rig } from "../../rig/rigs.ts";
import type { KernelShelf } from "../check/run-check.ts";
import type { FormatTarget } from "../formats.ts";
import { chooseKernels } from "../kernel-choice.ts";
import { complain, type Session } from "../session.ts";
import { kernelOfRelease } from "./kernel-of-rig.ts";
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
  rig: Pick<Rig, "name" | "release">,
  { kernel }: Pick<CompareOptions, "kernel">,
  shelf: Pick<KernelShelf, "kernels" | "lineage">,
  session: Session,
): string | undefined {
  const name = kernel ?? kernelOfRelease(rig.release, shelf.kernels, shelf.lineage);
  if (name === undefined) {
    complain(session, `${rig.name} does not say its release; name its kernel with --kernel`);
  }
  return name;
}
