/**
 * v6.18: the tests for collapsing and moving huge pages; nothing changed for base pages.
 */
import type { KernelFile } from "./kernel.ts";

export const v6_18: KernelFile = {
  name: "v6.18",
  extends: "v6.17",
  mainline: true,
  summary: "A range of read-only entries is collapsed, too.",
  decisions: {
    "collapse.needsWritable": {
      value: false,
      why: "A range of read-only entries is collapsed, too.",
      evidence: {
        kind: "derived",
        where: "series of 9 September 2025, recalled for v6.18; read in Debian 7.2.13",
      },
    },
    "thp.splitZeroKeepsMarks": {
      value: true,
      why: "The entry of the zero page is as soft-dirty and as protected as the one it replaces.",
      commit: "9658d698a8a8",
      evidence: {
        kind: "derived",
        where:
          "v6.18 recalled; read in Debian 6.12.118, 7.2.13 mm/migrate.c:try_to_map_unused_to_zeropage()",
      },
    },
    "uffd.movesAgain": {
      value: "until-refused",
      why: "The error of a try that has to be repeated is not forgotten when the next one succeeds.",
      evidence: {
        kind: "derived",
        where:
          "Debian 6.18.15, 6.19.14, 7.0.13 and 7.1.13 say EEXIST; read of a backport's move_pages()",
      },
    },
  },
};
