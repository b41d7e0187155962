/**
 * The late 5.10.y that Debian ships: write_protect_seq, the test for pins in clear_refs, and early
 * copies of anonymous pages only.
 */
import type { KernelFile } from "./kernel.ts";

export const stable_5_10: KernelFile = {
  name: "stable-5.10",
  extends: "v5.9",
  mainline: false,
  summary: "Debian's late 5.10.y: v5.9 with the sequence count and the soft-dirty test.",
  decisions: {
    "fork.writeProtectSeq": {
      value: true,
      why: "The count is odd while a COW VMA is walked.",
      commit: "57efa1fe5957",
      evidence: { kind: "read", where: "5.10.7 mm/memory.c" },
    },
    "gup.checksSequence": {
      value: true,
      why: "A FOLL_PIN that began before or during a fork is undone.",
      commit: "57efa1fe5957",
      evidence: { kind: "read", where: "5.10.7 mm/gup.c" },
    },
    "softDirty.skipsPinned": {
      value: true,
      why: "clear_refs leaves pages alone that look pinned.",
      commit: "9348b73c2e1b",
      evidence: { kind: "derived", where: "stable backport list" },
    },
    "fork.copiesAnonOnly": {
      value: true,
      why: "Only anonymous pages are copied early.",
      evidence: { kind: "mail", where: "20221028030705.2840539-1" },
    },
  },
};
