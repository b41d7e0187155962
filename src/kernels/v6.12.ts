/**
 * v6.12: nothing changed for base pages.
 */
import type { KernelFile } from "./kernel.ts";

export const v6_12: KernelFile = {
  name: "v6.12",
  extends: "v6.6",
  mainline: true,
  summary: "fork treats a large folio in batches.",
  decisions: {
    "thp.largeReuse": {
      value: "never",
      why: "A large folio that is not exclusive is always copied.",
      evidence: { kind: "read", where: "Debian 6.12.117 mm/memory.c:wp_can_reuse_anon_folio()" },
    },
  },
};
