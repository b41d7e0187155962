/**
 * v5.9-rc4 to rc6: reuse asks for a single reference, so that every pin forces a copy away from the
 * page the device has.
 */
import type { KernelFile } from "./kernel.ts";

export const v5_9_rc4: KernelFile = {
  name: "v5.9-rc4",
  extends: "v5.8",
  mainline: true,
  summary: "The regression window: a write fault copies any page with more than one reference.",
  decisions: {
    "gup.readForcesCow": {
      value: false,
      why: "A read reference takes whatever is mapped again.",
      commit: "a308c71bf1e6",
      evidence: { kind: "read", where: "mm/gup.c of v5.9-rc4" },
    },
    "gup.force": {
      value: "cow-flag",
      why: "A forced write needs FOLL_COW and a dirty entry.",
      commit: "a308c71bf1e6",
      evidence: { kind: "read", where: "mm/gup.c of v5.9-rc4" },
    },
    "wp.reuse": {
      value: "refcount",
      why: "Only a page with a single reference, mapped once, is reused.",
      commit: "09854ba94c6a",
      evidence: { kind: "read", where: "mm/memory.c at 09854ba94c6a:do_wp_page()" },
    },
    "wp.unlocksPageLate": {
      value: true,
      why: "The page is unlocked after the page table is.",
      commit: "09854ba94c6a",
      evidence: { kind: "read", where: "mm/memory.c at 09854ba94c6a:do_wp_page()" },
    },
  },
};
