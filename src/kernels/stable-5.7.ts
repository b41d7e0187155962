/**
 * 5.7.14 of the stable tree: references for reading break copy-on-write.
 */
import type { KernelFile } from "./kernel.ts";

export const stable_5_7: KernelFile = {
  name: "stable-5.7",
  extends: "v5.7",
  mainline: false,
  summary: "5.7.14: v5.7 with the enforced copy-on-write of v5.8.",
  decisions: {
    "gup.readForcesCow": {
      value: true,
      why: "A reference in a COW mapping is taken as a write.",
      commit: "17839856fd58",
      evidence: { kind: "read", where: "5.7.14 mm/gup.c:should_force_cow_break()" },
    },
    "gup.force": {
      value: "cow-flag-any-write",
      why: "Once a fault broke copy-on-write, a dirty entry may be followed without FOLL_FORCE.",
      commit: "17839856fd58",
      evidence: { kind: "read", where: "5.7.14 mm/gup.c" },
    },
    "thp.splitLocksPage": {
      value: true,
      why: "Splitting a PMD takes the page lock (backported to 5.7.5).",
      commit: "c444eb564fb1",
      evidence: { kind: "mail", where: "message of c444eb564fb1" },
    },
  },
};
