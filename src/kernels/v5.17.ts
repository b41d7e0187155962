/**
 * v5.17: what changed since v5.14 lies in NUMA hinting and long-term pins.
 */
import type { KernelFile } from "./kernel.ts";

export const v5_17: KernelFile = {
  name: "v5.17",
  extends: "v5.14",
  mainline: true,
  summary: "As v5.14 for base pages.",
  decisions: {},
};
