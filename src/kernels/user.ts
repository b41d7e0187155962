/**
 * A user's own kernel: a modelled kernel with decisions changed and paths replaced. Its functions
 * are compiled on top of the shipped sources, so that everything that calls a replaced path calls
 * the new one.
 */
import { entryNames } from "../mm/entries.ts";
import { mmSchema } from "../mm/state.ts";
import { compile } from "../step/compile.ts";
import type { Machine, Result, SourceFile } from "../step/index.ts";
import { type Kernel, makeKernel } from "./kernel.ts";
import { mistakesOf, type Shipped } from "./user-mistakes.ts";
import { readUserSource, type UserSource } from "./user-source.ts";

export interface UserKernel {
  readonly kernel: Kernel;
  /** Undefined where the file replaces no path: the shipped machine serves. */
  readonly machine: Machine | undefined;
  /** The paths it replaces. */
  readonly replaced: readonly string[];
}

/** Reads, checks and compiles; all mistakes of the table are told at once. */
export function readUserKernel(source: SourceFile, shipped: Shipped): Result<UserKernel> {
  const read = readUserSource(source);
  if (!read.ok) return read;
  const diagnostics = mistakesOf(read.value, shipped);
  const base = shipped.kernels.find(({ name }) => name === read.value.extends.value);
  if (diagnostics.length > 0 || base === undefined) return { ok: false, diagnostics };
  const kernel = kernelOf(read.value, base, source.file);
  const replaced = read.value.functions.filter(({ replaces }) => replaces).map(({ name }) => name);
  if (replaced.length === 0)
    return { ok: true, value: { kernel, machine: undefined, replaced }, diagnostics: [] };
  const compiled = compile(mmSchema, [...shipped.sources, read.value.paths], entryNames);
  if (!compiled.ok) return { ok: false, diagnostics: [compiled.diagnostic] };
  return { ok: true, value: { kernel, machine: compiled.value, replaced }, diagnostics: [] };
}

function kernelOf(user: UserSource, base: Kernel, file: string): Kernel {
  const where = { kind: "set", where: file } as const;
  const stated = user.decisions.map(({ name, value }) => [
    name.value,
    { value: value.value, why: `As ${file} says.`, evidence: where },
  ]);
  return makeKernel(
    {
      name: user.name.value,
      extends: base.name,
      mainline: false,
      summary: user.summary ?? `${base.name}, changed by ${file}`,
      decisions: Object.fromEntries(stated),
    },
    base,
  );
}
