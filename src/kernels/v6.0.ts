/**
 * v6.0: FOLL_COW is gone, forced writes need an exclusive page; mprotect may set the write bit of
 * dirty exclusive pages itself.
 */
import type { KernelFile } from "./kernel.ts";

export const v6_0: KernelFile = {
  name: "v6.0",
  extends: "v5.19",
  mainline: true,
  summary: "FOLL_FORCE and mprotect ask for exclusive pages.",
  decisions: {
    "gup.forcesHugetlb": {
      value: false,
      why: "A write fault without VM_WRITE fails; from v6.2 on GUP refuses before it (f347454d0341).",
      commit: "1d8d14641fd9",
      evidence: {
        kind: "read",
        where: "6.1.170 mm/gup.c:check_vma_flags(), mm/hugetlb.c:hugetlb_wp()",
      },
    },
    "gup.force": {
      value: "exclusive",
      why: "A forced write may follow an entry of an exclusive anonymous page.",
      commit: "5535be309971",
      evidence: { kind: "read", where: "6.0.1 mm/gup.c:can_follow_write_pte()" },
    },
    "softDirty.mprotectAsks": {
      value: true,
      why: "An entry that is not soft-dirty stays read-only while the bits are followed.",
      commit: "76aefad628aa",
      evidence: {
        kind: "derived",
        where: "read in 6.1.192 mm/mprotect.c:can_change_pte_writable()",
      },
    },
    "mprotect.restoresWrite": {
      value: "exclusive-dirty",
      why: "mprotect makes dirty entries of exclusive pages writable.",
      commit: "64fe24a3e05e",
      evidence: { kind: "read", where: "6.0.1 mm/mprotect.c:can_change_pte_writable()" },
    },
    "fork.walksHugetlb": {
      value: false,
      why: "A VMA without anonymous pages is not walked, hugetlb or not; the child faults for itself.",
      commit: "bcd51a3c679d",
      evidence: {
        kind: "derived",
        where: "v6.0 recalled; read in Debian 6.1.192 mm/memory.c:vma_needs_copy()",
      },
    },
    "gup.rechecksPmd": {
      value: true,
      why: "GUP-fast reads the PMD again, since a collapse may have taken the table out.",
      commit: "70cbc3cc78a9",
      evidence: { kind: "read", where: "6.0.1 mm/gup.c:gup_pte_range()" },
    },
  },
};
