/**
 * Linus's draft that became f3c64eda3e50: the write-protection trick goes, a page mapped more than
 * once is shared without asking for pins. The mapcount test was not merged.
 */
import type { KernelFile } from "./kernel.ts";

export const linus_2020_09_28: KernelFile = {
  name: "linus-2020-09-28",
  extends: "v5.9-rc7",
  mainline: false,
  summary: "Linus's draft of 28 Sep 2020: no trick, and a mapcount test.",
  decisions: {
    "fork.presentPte": {
      value: "test-mapcount-then-share",
      why: "A page mapped twice is shared; else test for pins, share, protect.",
      evidence: { kind: "mail", where: "CAHk-=wiWr+gO0, 28 Sep 2020" },
    },
  },
};
