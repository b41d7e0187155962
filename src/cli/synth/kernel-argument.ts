/** A kernel on the command line: the name of a modelled one, or a file that defines one. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { kernels } from "../../kernels/index.ts";
import type { Kernel } from "../../kernels/kernel.ts";
import { nearest } from "../../litmus/nearest.ts";
import { pathFiles } from "../../mm/entries.ts";
import { drawDiagnostics } from "../../report/diagnostics.ts";
import { plainLook } from "../../report/style.ts";
import type { Machine, SourceFile } from "../../step/index.ts";
import { readSet, variantOf } from "../decision-words.ts";
import { chooseKernels } from "../kernel-choice.ts";
import { messageOf } from "../output.ts";

export interface NamedKernel {
  readonly kernel: Kernel;
  /** The kernel's own paths; undefined: the shipped ones. */
  readonly machine: Machine | undefined;
}

interface Wrong {
  readonly ok: false;
  readonly message: string;
}

export type KernelArgument = { readonly ok: true; readonly value: NamedKernel } | Wrong;

export type UserKernelFile =
  | { readonly ok: true; readonly value: NamedKernel; readonly source: SourceFile }
  | Wrong;

/** Whether a word on the command line means a file that defines a kernel. */
export function isKernelFile(word: string): boolean {
  return /\.[mc]?[jt]s$/.test(word);
}

/**
 * Finds the kernel that `word` means, with the decisions that --set changes; `folder` is where a
 * file's path starts.
 */
export async function kernelArgument(
  word: string,
  folder: string,
  setWords: readonly string[] = [],
): Promise<KernelArgument> {
  const set = readSet(setWords);
  if (!set.ok) return set;
  const found = isKernelFile(word) ? await userKernel(word, folder) : modelledKernel(word);
  if (!found.ok) return found;
  const { kernel, machine } = found.value;
  return { ok: true, value: { kernel: variantOf(kernel, set.set), machine } };
}

function modelledKernel(word: string): KernelArgument {
  const chosen = chooseKernels([word], kernels);
  if (!chosen.ok) return chosen;
  const kernel = kernels.find(({ name }) => name === word);
  if (kernel === undefined) return { ok: false, message: `"${word}" is not one kernel` };
  return { ok: true, value: { kernel, machine: undefined } };
}

/** Reads and compiles a kernel's file. The compiler is only loaded for this. */
export async function userKernel(path: string, folder: string): Promise<UserKernelFile> {
  let text: string;
  try {
    text = readFileSync(resolve(folder, path), "utf8");
  } catch (error) {
    return { ok: false, message: `PF310: cannot read ${path}: ${messageOf(error)}` };
  }
  const { readUserKernel } = await import("../../kernels/user.ts");
  const source = { file: path, text };
  const read = readUserKernel(source, { kernels, sources: shippedSources(), nearest });
  if (read.ok) return { ok: true, value: read.value, source };
  const drawn = drawDiagnostics(read.diagnostics, source, plainLook);
  return { ok: false, message: `${path} is not a kernel\n${drawn.trimEnd()}` };
}

/** The paths' sources, which stand two folders up both in the source and in the package. */
export function shippedSources(): readonly SourceFile[] {
  const folder = new URL("../../../src/mm/", import.meta.url);
  return pathFiles.map((name) => ({
    file: `src/mm/${name}`,
    text: readFileSync(new URL(name, folder), "utf8"),
  }));
}
