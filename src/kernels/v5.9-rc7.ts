/**
 * v5.9-rc7: Peter Xu's second version as merged, with the write-protection trick.
 */
import type { KernelFile } from "./kernel.ts";

export const v5_9_rc7: KernelFile = {
  name: "v5.9-rc7",
  extends: "v5.9-rc4",
  mainline: true,
  summary: "The merged fix, first form: protect, test, restore.",
  decisions: {
    "pin.hasPinned": {
      value: true,
      why: "Set before a pin, asked by fork.",
      commit: "008cfe4418b3",
      evidence: { kind: "mail", where: "20200925222600.6832-1" },
    },
    "fork.copyPinned": {
      value: true,
      why: "A pinned page is copied for the child.",
      commit: "70e806e4e645",
      evidence: { kind: "mail", where: "20200925222600.6832-4" },
    },
    "fork.presentPte": {
      value: "protect-then-test",
      why: "Protect first, so that GUP-fast must notice; test; restore if pinned.",
      commit: "70e806e4e645",
      evidence: { kind: "mail", where: "20200925222600.6832-4" },
    },
    "wp.unlocksPageLate": {
      value: false,
      why: "The page is unlocked before the entry is made writable.",
      commit: "be068f29034f",
      evidence: { kind: "mail", where: "shortlog of 5.9-rc7" },
    },
    "fork.hugePmd": {
      value: "split-if-pinned",
      why: "The parent's PMD is split when the huge page of a COW mapping may be pinned; its small pages follow one by one.",
      commit: "d042035eaf5f",
      evidence: { kind: "mail", where: "20200925222600.6832-1, patch 4/4" },
    },
  },
};
