/**
 * Peter Xu's first version: reference first, then the pin test, then the write-protection, so that
 * GUP-fast fits between. A pinned page whose entry is read-only is still shared.
 */
import type { KernelFile } from "./kernel.ts";

export const peter_xu_v1: KernelFile = {
  name: "peter-xu-v1",
  extends: "v5.9-rc4",
  mainline: false,
  summary: "Peter Xu's first series, 21 Sep 2020: has_pinned, early copy without the locks.",
  decisions: {
    "pin.hasPinned": {
      value: true,
      why: "Set before a pin, asked by fork.",
      evidence: { kind: "mail", where: "20200921211744.24758-1" },
    },
    "fork.copyPinned": {
      value: true,
      why: "A pinned page is copied for the child.",
      evidence: { kind: "mail", where: "20200921212028.25184-1" },
    },
    "fork.presentPte": {
      value: "peter-xu-v1",
      why: "Reference, pin test, copy without locks; protect after.",
      evidence: { kind: "mail", where: "20200921212028.25184-1" },
    },
    "fork.hugePmd": {
      value: "split-if-pinned-anywhere",
      why: "The parent's PMD is split when the huge page may be pinned, whatever the mapping.",
      evidence: { kind: "mail", where: "20200921212031.25233-1" },
    },
  },
};
