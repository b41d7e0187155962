/**
 * v7.1: pinned pages get no NUMA hint anywhere.
 */
import type { KernelFile } from "./kernel.ts";

export const v7_1: KernelFile = {
  name: "v7.1",
  extends: "v7.0",
  mainline: true,
  summary: "The newest kernel read.",
  decisions: {
    "numa.skips": {
      value: "pinned-anywhere",
      why: "A page that may be pinned gets no hint in any mapping.",
      evidence: { kind: "read", where: "7.1.5 mm/mprotect.c; 7.0's mm/mempolicy.c was not read" },
    },
  },
};
