/**
 * v5.9 (and 5.10.0): the write-protection trick is gone; a pin that GUP-fast takes between the test
 * and the protection is not seen.
 */
import type { KernelFile } from "./kernel.ts";

export const v5_9: KernelFile = {
  name: "v5.9",
  extends: "v5.9-rc7",
  mainline: true,
  summary: "The fix as released: test for pins, then share and protect. GUP-fast can race it.",
  decisions: {
    "fork.presentPte": {
      value: "test-then-share",
      why: "Test for pins; else share, then protect.",
      commit: "f3c64eda3e50",
      evidence: { kind: "read", where: "5.9.2 mm/memory.c:copy_present_pte()" },
    },
  },
};
