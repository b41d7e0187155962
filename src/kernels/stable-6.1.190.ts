/**
 * Debian's 6.1.y up to 6.1.190 (read in 6.1.170 and 6.1.190): base and huge pages as v6.1.
 */
import type { KernelFile } from "./kernel.ts";

const source = "Debian 6.1.170";

export const stable_6_1_190: KernelFile = {
  name: "stable-6.1.190",
  extends: "v6.1",
  mainline: false,
  summary: "Debian's 6.1.y up to 6.1.190.",
  decisions: {
    "uffd.hearsShared": {
      value: true,
      why: "A shared mapping that is watched wants to hear of each first write, a backport from v6.2.",
      commit: "51d3d5eb74ff",
      evidence: { kind: "read", where: `${source} mm/mmap.c:vma_wants_writenotify()` },
    },
    "wp.leavesHugetlbUffdWp": {
      value: true,
      why: "A marked entry is left alone, a backport from v6.3; fork still hands the mark to the child.",
      commit: "60d5b473d61b",
      evidence: { kind: "read", where: `${source} mm/hugetlb.c:hugetlb_wp()` },
    },
    "advice.freeShared": {
      value: "head",
      why: "The mapcount of the folio's first part says whether it is shared, a backport from v6.5.",
      commit: "0e0e9bd5f7b9",
      evidence: { kind: "read", where: `${source} mm/madvise.c:madvise_free_pte_range()` },
    },
  },
};
