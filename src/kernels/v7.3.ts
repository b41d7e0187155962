/**
 * The 7.3 that Debian ships (read in 7.3.4; its candidates, up to rc7, are v7.2).
 */
import type { KernelFile } from "./kernel.ts";

const source = "Debian 7.3.4";

export const v7_3: KernelFile = {
  name: "v7.3",
  extends: "v7.2",
  mainline: false,
  summary: "Debian's 7.3.",
  decisions: {
    "reclaim.lazyfreePmd": {
      value: "split",
      why: "A PMD is split before what it maps is unmapped.",
      evidence: { kind: "read", where: `${source} mm/rmap.c:try_to_unmap_one()` },
    },
    "uffd.movesHeld": {
      value: "busy",
      why: "A large folio that cannot be split is refused: others may hold it for ever.",
      evidence: { kind: "read", where: `${source} mm/userfaultfd.c:move_pages_ptes()` },
    },
  },
};
