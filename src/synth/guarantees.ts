/**
 * What each kernel is known to keep and to break: all programs through every lens, beside the promise
 * of ideal.ts. A guarantee is bounded: by the length of programs, their operations, the kinds of pages.
 */
import type { Kernel } from "../kernels/index.ts";
import { lenses } from "./lenses.ts";
import type { Outcome } from "./outcome.ts";
import { promises } from "./promises.ts";

/** What one lens says of one kernel. */
export interface Guarantee {
  readonly kernel: string;
  /** The lens's number. */
  readonly lens: number;
  readonly depth: number;
  readonly operations: number;
  readonly states: number;
  readonly complete: boolean;
  /** Each damage with what the shortest program to it needs, shortest first. */
  readonly broken: readonly { readonly outcome: Outcome; readonly needs: readonly string[] }[];
}

const limit = 1000;

/** Every lens over one kernel. */
export function guarantees(kernel: Kernel): readonly Guarantee[] {
  return lenses.map((lens, i): Guarantee => {
    const { broken, depth, operations, states, complete } = promises(kernel, { ...lens, limit });
    return {
      kernel: kernel.name,
      lens: i,
      depth,
      operations: operations.length,
      states,
      complete,
      broken: broken.map(({ outcome, families }) => ({ outcome, needs: families })),
    };
  });
}
