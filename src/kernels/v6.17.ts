/**
 * v6.17: as v6.16, but for mremap().
 */
import type { KernelFile } from "./kernel.ts";

export const v6_17: KernelFile = {
  name: "v6.17",
  extends: "v6.16",
  mainline: true,
  summary: "A move takes several areas at once.",
  decisions: {
    "mremap.severalVmas": {
      value: true,
      why: "A move keeps the gaps between the VMAs of the range.",
      evidence: { kind: "derived", where: "v6.17; read in Debian 7.2.13 mm/mremap.c:remap_move()" },
    },
  },
};
