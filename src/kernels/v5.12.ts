/**
 * v5.12: the early copy reaches hugetlb. Nothing changed for base pages.
 */
import type { KernelFile } from "./kernel.ts";

export const v5_12: KernelFile = {
  name: "v5.12",
  extends: "v5.11",
  mainline: true,
  summary: "fork copies pinned hugetlb pages, too.",
  decisions: {
    "wp.flushesPending": {
      value: true,
      why: "A write fault in userfaultfd's memory flushes first if a write-protection has not yet.",
      commit: "6ce64428d620",
      evidence: { kind: "read", where: "5.12.9 mm/memory.c:do_wp_page()" },
    },
    "fork.copiesHugetlbWritable": {
      value: true,
      why: "The copy's entry is made writable without a look at VM_WRITE.",
      commit: "4eae4efa2c29",
      evidence: {
        kind: "read",
        where: "5.12.9 mm/hugetlb.c:hugetlb_install_page(), Debian 6.12.118",
      },
    },
    "fork.hugetlb": {
      value: "copy-if-pinned",
      why: "A private hugetlb page that may be pinned is copied for the child.",
      commit: "4eae4efa2c29",
      evidence: { kind: "read", where: "5.12.9 mm/hugetlb.c:copy_hugetlb_page_range()" },
    },
  },
};
