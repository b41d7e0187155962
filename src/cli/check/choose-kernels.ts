/**
 * The kernels that a check runs on: modelled ones by name, files that define one, and variants of
 * either by --set. What a test expects of a kernel is held against its variants, too.
 */
import { findKernel } from "../../kernels/index.ts";
import type { KernelName } from "../../report/check-report.ts";
import type { SourceFile } from "../../step/index.ts";
import { readSet, type SetDecisions, variantOf } from "../decision-words.ts";
import { chooseKernels } from "../kernel-choice.ts";
import { isKernelFile, userKernel } from "../synth/kernel-argument.ts";

/** How a kernel that is not modelled by name is made. */
export interface Variant {
  /** The modelled kernel it starts from; with a source, the source says so itself. */
  readonly base: string;
  readonly source: SourceFile | undefined;
  readonly set: SetDecisions;
}

export interface CheckedKernel extends KernelName {
  readonly variant?: Variant;
}

export type CheckedKernels =
  | { readonly ok: true; readonly kernels: readonly CheckedKernel[] }
  | { readonly ok: false; readonly message: string };

/** Reads --kernel and --set; files come behind the modelled kernels. */
export async function chooseCheckedKernels(
  given: readonly string[],
  setWords: readonly string[],
  shelf: readonly KernelName[],
  folder: string,
): Promise<CheckedKernels> {
  const words = given.flatMap((word) => word.split(",")).map((word) => word.trim());
  const files = words.filter(isKernelFile);
  const named = words.filter((word) => !isKernelFile(word));
  const set = readSet(setWords);
  if (!set.ok) return set;
  const chosen =
    files.length > 0 && named.length === 0
      ? ({ ok: true, kernels: [] } as const)
      : chooseKernels(named, shelf);
  if (!chosen.ok) return chosen;
  const kernels: CheckedKernel[] = chosen.kernels.map((one) => variantByName(one, set.set));
  for (const file of files) {
    const read = await userKernel(file, folder);
    if (!read.ok) return read;
    const { kernel } = read.value;
    const { name, summary } = variantOf(kernel, set.set);
    const base = kernel.extends ?? kernel.name;
    const variant = { base, source: read.source, set: set.set };
    kernels.push({ name, summary, expectedOf: base, variant });
  }
  return { ok: true, kernels };
}

function variantByName(one: KernelName, set: SetDecisions): CheckedKernel {
  const kernel = findKernel(one.name);
  const changed = kernel === undefined ? undefined : variantOf(kernel, set);
  if (kernel === undefined || changed === undefined || changed === kernel) return one;
  const { name, summary } = changed;
  return {
    name,
    summary,
    expectedOf: kernel.name,
    variant: { base: kernel.name, source: undefined, set },
  };
}
