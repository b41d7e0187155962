/**
 * Peter Xu's second version: write-protect, then test, then put the old entry back; memory is
 * allocated outside the locks.
 */
import type { KernelFile } from "./kernel.ts";

export const peter_xu_v2: KernelFile = {
  name: "peter-xu-v2",
  extends: "v5.9-rc4",
  mainline: false,
  summary: "Peter Xu's second series, 25 Sep 2020, as posted.",
  decisions: {
    "pin.hasPinned": {
      value: true,
      why: "Set before a pin, asked by fork.",
      evidence: { kind: "mail", where: "20200925222600.6832-1" },
    },
    "fork.copyPinned": {
      value: true,
      why: "A pinned page is copied for the child.",
      evidence: { kind: "mail", where: "20200925222600.6832-4" },
    },
    "fork.presentPte": {
      value: "protect-then-test",
      why: "Protect first, so that GUP-fast must notice; test; restore if pinned.",
      evidence: { kind: "mail", where: "20200925222600.6832-4" },
    },
    "fork.hugePmd": {
      value: "split-if-pinned",
      why: "The parent's PMD is split when the huge page of a COW mapping may be pinned.",
      evidence: { kind: "mail", where: "20200925222600.6832-1, patch 4/4" },
    },
  },
};
