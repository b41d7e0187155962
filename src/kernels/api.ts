/**
 * A kernel of your own, in one file: `export default kernel({ ... })`. It extends a modelled kernel,
 * changes decisions, and may replace any path or path piece by a function of the same name and
 * parameters. pinfold reads the file as text and compiles it; it is never run.
 */
import type { Decisions } from "../mm/decisions.ts";
import type * as paths from "../mm/paths.ts";
import { kernel as questions } from "../mm/state.ts";
import type { DecisionName } from "./kernel.ts";

type Split<N extends string> = N extends `${infer G}.${infer K}` ? readonly [G, K] : never;

/** The values that decision `N` may have. */
export type ValueOf<N extends DecisionName> =
  Split<N> extends readonly [infer G extends keyof Decisions, infer K]
    ? K extends keyof Decisions[G]
      ? Decisions[G][K] extends readonly (infer V)[]
        ? V
        : never
      : never
    : never;

/** The generator functions of the memory manager: what may be replaced. */
export type PathName = {
  [N in keyof typeof paths]: (typeof paths)[N] extends (...given: never[]) => Generator ? N : never;
}[keyof typeof paths];

export interface UserKernelFile {
  readonly name: string;
  /** A modelled kernel, e.g. "v6.1". */
  readonly extends: string;
  readonly summary?: string;
  readonly decisions?: { readonly [N in DecisionName]?: ValueOf<N> };
  readonly paths?: { readonly [N in PathName]?: (typeof paths)[N] };
}

function define(file: UserKernelFile): UserKernelFile {
  return file;
}

/** Declares a kernel; inside its paths, `kernel.fork.copyPinned` asks what the kernel decides. */
export const kernel: typeof define & typeof questions = Object.assign(define, questions);

export { choose, type Path, self, start, until } from "../step/dialect.ts";
