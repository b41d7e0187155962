/**
 * v5.8: GUP breaks copy-on-write even to read, so that a reference taken after fork is to a page of
 * one's own.
 */
import type { KernelFile } from "./kernel.ts";

export const v5_8: KernelFile = {
  name: "v5.8",
  extends: "v5.7",
  mainline: true,
  summary: "A read reference in a COW mapping is taken as a write (CVE-2020-29374).",
  decisions: {
    "gup.readForcesCow": {
      value: true,
      why: "A reference in a COW mapping is taken as a write.",
      commit: "17839856fd58",
      evidence: { kind: "read", where: "5.8.1 mm/gup.c:should_force_cow_break()" },
    },
    "gup.force": {
      value: "cow-flag-any-write",
      why: "Once a fault broke copy-on-write, a dirty entry may be followed without FOLL_FORCE.",
      commit: "17839856fd58",
      evidence: { kind: "read", where: "5.8.1 mm/gup.c:can_follow_write_pte()" },
    },
    "thp.otherwise": {
      value: "split",
      why: "The fault splits the PMD and goes on with one small page.",
      commit: "3917c80280c9",
      evidence: { kind: "read", where: "5.8.1 mm/huge_memory.c:do_huge_pmd_wp_page()" },
    },
    "thp.hugeZeroWrite": {
      value: "split",
      why: "A write to the huge zero page splits its PMD and goes on with one small page.",
      commit: "3917c80280c9",
      evidence: { kind: "read", where: "Debian 5.10.262 mm/huge_memory.c:do_huge_pmd_wp_page()" },
    },
    "thp.splitLocksPage": {
      value: true,
      why: "Splitting a PMD takes the page lock, under which the reuse test reads mapcounts.",
      commit: "c444eb564fb1",
      evidence: { kind: "mail", where: "message of c444eb564fb1" },
    },
    "collapse.takesShared": {
      value: true,
      why: "Pages shared across fork and parts of huge pages are collapsed if every reference is a mapping.",
      commit: "71a2c112a0f6",
      evidence: {
        kind: "derived",
        where: "recalled from the series of 9445689f3b61 and 5503fbf2b0b8",
      },
    },
  },
};
