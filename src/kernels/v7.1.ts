/**
 * v7.1: every swap-in goes through the swap cache; pinned pages get no NUMA hint anywhere.
 */
import type { KernelFile } from "./kernel.ts";

export const v7_1: KernelFile = {
  name: "v7.1",
  extends: "v6.18",
  mainline: true,
  summary: "The newest kernel read.",
  decisions: {
    "advice.doforkHugetlb": {
      value: false,
      why: "MADV_DOFORK is refused for VM_SPECIAL, which holds the VM_DONTEXPAND of hugetlb memory.",
      evidence: {
        kind: "read",
        where: "Debian 7.2.13 and 7.1.5 mm/madvise.c:madvise_vma_behavior(), not in 6.18.2",
      },
    },
    "swap.skipsCache": {
      value: false,
      why: "A swap-in goes through the cache; mapped, it leaves it if the device is fast or a write waits.",
      evidence: {
        kind: "read",
        where: "7.1.5 mm/memory.c:do_swap_page(); 7.2.13 should_try_to_free_swap()",
      },
    },
    "numa.skips": {
      value: "pinned-anywhere",
      why: "A page that may be pinned gets no hint in any mapping.",
      evidence: { kind: "read", where: "7.1.5 mm/mprotect.c" },
    },
  },
};
