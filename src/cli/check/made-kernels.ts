/** The kernels of a worker's jobs, made once: what came as names, sources and sets is a table again. */
import { findKernel, kernels } from "../../kernels/index.ts";
import { nearest } from "../../litmus/nearest.ts";
import { variantOf } from "../decision-words.ts";
import { type NamedKernel, shippedSources } from "../synth/kernel-argument.ts";
import type { Variant } from "./choose-kernels.ts";
import type { CheckJob, ForcedJob } from "./jobs.ts";

export type MadeKernels = ReadonlyMap<string, NamedKernel>;

/** Every job's kernel by its name; none for a name that is no kernel's. */
export async function madeKernels(jobs: readonly (CheckJob | ForcedJob)[]): Promise<MadeKernels> {
  const made = new Map<string, NamedKernel>();
  for (const job of jobs) {
    if (made.has(job.kernel)) continue;
    const variant = "variant" in job ? job.variant : undefined;
    const found = variant === undefined ? modelled(job.kernel) : await makeVariant(variant);
    if (found !== undefined) made.set(job.kernel, found);
  }
  return made;
}

function modelled(name: string): NamedKernel | undefined {
  const kernel = findKernel(name);
  return kernel && { kernel, machine: undefined };
}

async function makeVariant({ base, source, set }: Variant): Promise<NamedKernel | undefined> {
  const start = source === undefined ? modelled(base) : await compiled(source);
  return start && { ...start, kernel: variantOf(start.kernel, set) };
}

/** The file has been read without an error by whoever sent it. */
async function compiled(source: NonNullable<Variant["source"]>): Promise<NamedKernel | undefined> {
  const { readUserKernel } = await import("../../kernels/user.ts");
  const read = readUserKernel(source, { kernels, sources: shippedSources(), nearest });
  return read.ok ? read.value : undefined;
}
