/**
 * Linus's simple fix: write-protect, test, copy from an atomic allocation under the page-table
 * locks. Small pages only; no has_pinned.
 */
import type { KernelFile } from "./kernel.ts";

export const linus_2020_09_25: KernelFile = {
  name: "linus-2020-09-25",
  extends: "v5.9-rc4",
  mainline: false,
  summary: "Linus's patch of 25 Sep 2020: copy_normal_page() with GFP_ATOMIC.",
  decisions: {
    "fork.copyPinned": {
      value: true,
      why: "A pinned page is copied for the child.",
      evidence: { kind: "mail", where: "CAHk-=whDSH_MRMt80, 25 Sep 2020" },
    },
    "fork.preconditions": {
      value: "counts-first",
      why: "ref and map are read before anon_vma and the dirty bit have their say.",
      evidence: { kind: "mail", where: "CAHk-=whDSH_MRMt80, 25 Sep 2020" },
    },
    "fork.presentPte": {
      value: "linus-atomic",
      why: "Protect, then test ref, map, anon_vma and dirty; allocate under the locks.",
      evidence: { kind: "mail", where: "CAHk-=whDSH_MRMt80, 25 Sep 2020" },
    },
  },
};
