/**
 * v7.0: every swap-in goes through the swap cache.
 */
import type { KernelFile } from "./kernel.ts";

export const v7_0: KernelFile = {
  name: "v7.0",
  extends: "v6.18",
  mainline: true,
  summary: "Every swap-in goes through the swap cache.",
  decisions: {
    "advice.doforkHugetlb": {
      value: false,
      why: "MADV_DOFORK is refused for VM_SPECIAL, which holds the VM_DONTEXPAND of hugetlb memory.",
      evidence: {
        kind: "read",
        where:
          "7.1.5 and Debian 7.2.13 mm/madvise.c:madvise_vma_behavior(); Debian 7.0.13 says EINVAL",
      },
    },
    "swap.skipsCache": {
      value: false,
      why: "A swap-in goes through the cache; mapped, it leaves it if the device is fast or a write waits.",
      evidence: {
        kind: "read",
        where: "7.0.0 and 7.1.5 mm/memory.c:do_swap_page(); 7.2.13 should_try_to_free_swap()",
      },
    },
  },
};
