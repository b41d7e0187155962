/**
 * v6.18: nothing changed for base pages.
 */
import type { KernelFile } from "./kernel.ts";

export const v6_18: KernelFile = {
  name: "v6.18",
  extends: "v6.12",
  mainline: true,
  summary: "Large folios are reused by mm ids.",
  decisions: {
    "thp.largeReuse": {
      value: "mm-ids",
      why: "A large folio is reused when one mm alone maps it and every reference is a mapping.",
      commit: "1da190f4d0a6",
      evidence: { kind: "read", where: "6.18.2 mm/memory.c:wp_can_reuse_anon_folio()" },
    },
  },
};
