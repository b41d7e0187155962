/**
 * Debian's 6.12.y up to 6.12.115 (read in 6.12.95, 6.12.107 and 6.12.115): base and huge pages as v6.12.
 */
import type { KernelFile } from "./kernel.ts";

const source = "Debian 6.12.95";

export const stable_6_12_115: KernelFile = {
  name: "stable-6.12.115",
  extends: "v6.12",
  mainline: false,
  summary: "Debian's 6.12.y up to 6.12.115.",
  decisions: {
    "mremap.keepsUffdWp": {
      value: false,
      why: "A moved entry loses the mark of who watched it.",
      commit: "0cef0bb836e3",
      evidence: { kind: "read", where: `${source} mm/mremap.c:move_ptes()` },
    },
    "thp.splitZeroKeepsMarks": {
      value: true,
      why: "The entry of the zero page keeps the marks, a backport from v6.18.",
      commit: "9658d698a8a8",
      evidence: { kind: "read", where: `${source} mm/migrate.c:try_to_map_unused_to_zeropage()` },
    },
  },
};
