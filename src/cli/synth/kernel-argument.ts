/** A kernel on the command line: the name of a modelled one. */
import { findKernel, type Kernel, kernels } from "../../kernels/index.ts";
import type { Machine } from "../../step/index.ts";
import { chooseKernels } from "../kernel-choice.ts";

export interface NamedKernel {
  readonly kernel: Kernel;
  /** The kernel's own paths; undefined: the shipped ones. */
  readonly machine: Machine | undefined;
}

export type KernelArgument =
  | { readonly ok: true; readonly value: NamedKernel }
  | { readonly ok: false; readonly message: string };

/** Finds the kernel that `word` means. */
export function kernelArgument(word: string): KernelArgument {
  const chosen = chooseKernels([word], kernels);
  if (!chosen.ok) return chosen;
  const kernel = findKernel(word);
  if (kernel === undefined) return { ok: false, message: `"${word}" is not one kernel` };
  return { ok: true, value: { kernel, machine: undefined } };
}
